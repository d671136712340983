// The server that Fedtrail runs beside, made plain so that a test decides everything: local people with keys as PEM
// files, posts that leave through the egress proxy, 410 for what is gone whatever is accepted, and the deletions that
// Mastodon does by itself.
//
// node --import ../lib/names.mjs origin.mjs CONFIG.json, with {"control", "certificate", "key", "host", "port", "people",
// "keys": DIR}. Who has "ed25519": true gets a second key. The control port: POST /do {action, …}, GET /sent,
// GET /asked, GET /people.
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer as createControl } from 'node:http';
import { createServer } from 'node:https';
import { basename, join } from 'node:path';

import { signCavage } from './signatures.mjs';

const config = JSON.parse(readFileSync(process.argv[2]));
const AS = 'https://www.w3.org/ns/activitystreams';
const PUBLIC = `${AS}#Public`;
const base = `https://${config.host}`;
const people = new Map();
const objects = new Map();
const gone = new Set();
const sent = [];
const asked = [];
let next = 117_000_000_000_000_001n;

function write(name, key) {
  const file = join(config.keys, name);
  writeFileSync(file, key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  return file;
}

function addPerson({ name, ed25519 }) {
  const actor = `${base}/users/${name}`;
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const keys = [{ id: `${actor}#main-key`, algorithm: 'rsa', file: write(`${name}@${config.host}.pem`, rsa.privateKey) }];
  const document = {
    '@context': [AS, 'https://w3id.org/security/v1'],
    id: actor, type: 'Person', preferredUsername: name, name: `${name} of ${config.host}`,
    inbox: `${actor}/inbox`, outbox: `${actor}/outbox`, followers: `${actor}/followers`, endpoints: { sharedInbox: `${base}/inbox` },
    publicKey: { id: `${actor}#main-key`, owner: actor, publicKeyPem: rsa.publicKey.export({ type: 'spki', format: 'pem' }) },
  };
  if (ed25519) {
    const pair = generateKeyPairSync('ed25519');
    const publicKeyPem = pair.publicKey.export({ type: 'spki', format: 'pem' });
    const id = `${actor}#ed25519-key`;
    keys.push({ id, algorithm: 'ed25519', file: write(`${name}-ed25519.pem`, pair.privateKey) });
    document.publicKey = [document.publicKey, { id, type: 'CryptographicKey', owner: actor, publicKeyPem }];
  }
  people.set(name, { actor, handle: `${name}@${config.host}`, pem: rsa.privateKey, keys, document });
}

async function deliver(person, inbox, activity) {
  const body = JSON.stringify(activity);
  const headers = signCavage({ method: 'POST', url: inbox, body, key: { id: `${person.actor}#main-key`, pem: person.pem }, now: Date.now() });
  const { host } = new URL(inbox);
  const note = { at: Date.now(), host, inbox, id: activity.id, type: activity.type, status: null, error: null, answeredAt: null };
  sent.push(note);
  try {
    const options = { method: 'POST', body, redirect: 'manual', signal: AbortSignal.timeout(20_000) };
    const response = await fetch(inbox, { ...options, headers: { ...headers, 'user-agent': `Mastodon/4.4.8 (http.rb/5.3.1; +${base}/)` } });
    await response.body?.cancel();
    Object.assign(note, { status: response.status, answeredAt: Date.now() });
  } catch (error) {
    note.error = String(error.cause?.message ?? error.message);
  }
  return note;
}

async function send(name, to, fields) {
  const person = people.get(name);
  const audience = { to: [PUBLIC], cc: [`${person.actor}/followers`] };
  const activity = { '@context': AS, actor: person.actor, ...audience, ...fields };
  const deliveries = await Promise.all([...new Set(to)].map((inbox) => deliver(person, inbox, activity)));
  return { activity: activity.id, object: fields.object?.id ?? fields.object, deliveries };
}

const actorOf = (name) => people.get(name).actor;
const objectsOf = (name) => [...objects.values()].filter(({ attributedTo }) => attributedTo === actorOf(name));

// Each that sends gives {activity, object, deliveries}. `to` are inbox URIs.
const actions = {
  note: ({ as, text, to, inReplyTo }) => {
    const id = `${actorOf(as)}/statuses/${next++}`;
    const times = { published: new Date().toISOString().replace(/\.\d+/, '') };
    const audience = { to: [PUBLIC], cc: [`${actorOf(as)}/followers`] };
    const note = { id, type: 'Note', attributedTo: actorOf(as), content: `<p>${text}</p>`, inReplyTo, ...times, ...audience };
    objects.set(id, note);
    return send(as, to, { id: `${id}/activity`, type: 'Create', ...times, object: note });
  },
  follow: ({ as, whom, to }) => send(as, to, { id: `${actorOf(as)}#follows/${next++}`, type: 'Follow', object: whom }),
  like: ({ as, note, to }) => send(as, to, { id: `${actorOf(as)}#likes/${next++}`, type: 'Like', object: note }),
  // What the server itself does when somebody deletes a post …
  delete_post: async ({ as, note, to }) => {
    gone.add(note);
    return send(as, to, { id: `${note}#delete`, type: 'Delete', object: { id: note, type: 'Tombstone', atomUri: note } });
  },
  // … and when somebody leaves: the actor's Delete to every inbox it knows, and none for the posts.
  leave: async ({ as, to }) => {
    actions.gone({ as });
    return send(as, to, { id: `${actorOf(as)}#delete`, type: 'Delete', to: [PUBLIC], cc: undefined, object: actorOf(as) });
  },
  // Tries again where the last of its Deletes got no answer, or one that asks for patience (Mastodon: 16 times, over two
  // to three days).
  leave_again: async ({ as }) => {
    const id = `${actorOf(as)}#delete`;
    const last = new Map(sent.filter((note) => note.id === id).map((note) => [note.inbox, note.status]));
    const to = [...last].filter(([, status]) => status === null || status === 429 || status >= 500).map(([inbox]) => inbox);
    return send(as, to, { id, type: 'Delete', to: [PUBLIC], cc: undefined, object: actorOf(as) });
  },
  // From now on 410 for the actor and all objects, to whatever asks.
  gone: ({ as }) => {
    gone.add(actorOf(as));
    objectsOf(as).forEach(({ id }) => gone.add(id));
  },
  back: ({ as }) => {
    gone.delete(actorOf(as));
    objectsOf(as).forEach(({ id }) => gone.delete(id));
  },
};

function webfinger(resource) {
  const person = [...people.values()].find(({ handle, actor }) => resource === `acct:${handle}` || resource === actor);
  if (!person) return [404, {}];
  if (gone.has(person.actor)) return [410, {}];
  const links = [{ rel: 'self', type: 'application/activity+json', href: person.actor }];
  return [200, { subject: `acct:${person.handle}`, aliases: [person.actor], links }];
}

function answer(url) {
  const uri = `${base}${url.pathname}`;
  if (url.pathname === '/.well-known/webfinger') return webfinger(url.searchParams.get('resource'));
  if (url.pathname === '/.well-known/nodeinfo') {
    return [200, { links: [{ rel: 'http://nodeinfo.diaspora.software/ns/schema/2.0', href: `${base}/nodeinfo/2.0` }] }];
  }
  if (url.pathname === '/nodeinfo/2.0') return [200, { version: '2.0', software: { name: 'mastodon', version: '4.4.8' }, metadata: {} }];
  if (gone.has(uri) || [...gone].some((one) => uri.startsWith(`${one}/`))) return [410, { error: 'Gone' }];
  const person = [...people.values()].find(({ actor }) => actor === uri);
  const found = person?.document ?? objects.get(uri);
  return found ? [200, { '@context': AS, ...found }] : [404, { error: 'Not found' }];
}

function serve(request, response) {
  const { method, headers } = request;
  asked.push({ at: Date.now(), method, path: request.url, agent: headers['user-agent'], accept: headers.accept, signed: 'signature' in headers });
  request.resume().on('end', () => {
    const [status, body] = method === 'POST' ? [202, {}] : answer(new URL(request.url, base));
    response.writeHead(status, { 'content-type': 'application/activity+json' }).end(JSON.stringify(body));
  });
}

const routes = {
  'GET /sent': () => sent,
  'GET /asked': () => asked,
  'GET /people': () =>
    Object.fromEntries([...people].map(([name, { actor, handle, keys, document }]) => [name, { actor, handle, keys, pem: [document.publicKey].flat()[0].publicKeyPem, objects: objectsOf(name) }])),
  'POST /do': async ({ action, ...rest }) => (await actions[action](rest)) ?? {},
};

async function control(request, response) {
  const route = routes[`${request.method} ${request.url}`];
  let text = '';
  for await (const part of request) text += part;
  const body = route ? await route(text ? JSON.parse(text) : {}) : { error: 'no such route' };
  response.writeHead(route ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

// Who has two keys stands in the index of the folder.
function writeIndex() {
  const several = [...people.values()].filter(({ keys }) => keys.length > 1);
  const keys = several.flatMap(({ actor, keys: own }) => own.map(({ id, file }) => ({ actor, file: basename(file), key_id: id })));
  if (keys.length) writeFileSync(join(config.keys, 'keys.json'), JSON.stringify({ format: 'fedtrail/keys/1', keys }));
}

mkdirSync(config.keys, { recursive: true });
config.people.forEach(addPerson);
writeIndex();
createServer({ cert: readFileSync(config.certificate), key: readFileSync(config.key) }, serve).listen(config.port, '127.0.0.1', () => {
  createControl((request, response) => {
    control(request, response).catch((error) => response.writeHead(500).end(JSON.stringify({ error: error.stack })));
  }).listen(config.control, '127.0.0.1', () => console.log('ready'));
});
process.on('disconnect', () => process.exit(0));
