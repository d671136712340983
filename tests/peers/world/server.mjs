// One server of the small world: an https door, NodeInfo, an inbox that verifies signatures with keys fetched from the
// origin, and the behaviour of its software (software.mjs) or worse (hostile.mjs).
import { createServer } from 'node:https';

import { Copies } from './copies.mjs';
import { HOSTILE } from './hostile.mjs';
import { claimOf, judge } from './signatures.mjs';
import { SOFTWARE, targetOf } from './software.mjs';

const BODY_LIMIT = 1024 * 1024;
const AS = 'application/activity+json';

const json = (status, body) => ({ status, body: JSON.stringify(body), type: 'application/json' });

async function bodyOf(request) {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > BODY_LIMIT) throw new Error('body too large');
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function paramsOf(pattern, pathname) {
  const [wanted, given] = [pattern.split('/'), pathname.split('/')];
  if (wanted.length !== given.length) return null;
  const params = {};
  for (const [i, word] of wanted.entries()) {
    if (word.startsWith(':')) params[word.slice(1)] = decodeURIComponent(given[i]);
    else if (word !== given[i]) return null;
  }
  return params;
}

const withoutFragment = (uri) => uri.split('#')[0];

export class WorldServer {
  copies = new Copies();
  posts = [];
  asked = [];
  counts = {};
  mode = { name: 'honest' };
  #due = [];
  #pending = new Set();
  #sockets = new Set();

  // `software` names a row of the table; `options` vary it; `called` is the name its NodeInfo gives instead, and
  // `keeps` makes it answer as that software does and remove nothing. `clock` gives milliseconds. `behind` are hosts
  // that it passes on to what its communities get, or all that it gets if it is a relay; `neighbour` finds them.
  constructor({ host, port, software, options = {}, called = software, keeps = false, behind = [], key, cert, clock, neighbour }) {
    Object.assign(this, { host, port, options, called, keeps, behind, clock, neighbour });
    this.row = SOFTWARE[software];
    if (!this.row) throw new Error(`no software ${software}`);
    this.server = createServer({ key, cert, keepAliveTimeout: 30_000 }, (request, response) => {
      this.#serve(request, response).catch((error) => {
        if (!response.headersSent) response.writeHead(500);
        response.end(`${error.stack}\n`);
      });
    });
    this.server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  get inboxes() {
    const uri = (path) => (path ? `https://${this.host}${path}` : null);
    return { shared: uri(this.row.shared), personal: uri(this.row.inbox) };
  }

  start() {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject).listen(this.port, '127.0.0.1', resolve);
    });
  }

  stop() {
    return new Promise((resolve) => {
      this.server.close(resolve);
      this.#sockets.forEach((socket) => socket.destroy());
    });
  }

  // 'honest', 'down' (nobody listens), or one of hostile.mjs.
  async setMode(mode) {
    if (mode.name !== 'honest' && mode.name !== 'down' && !HOSTILE[mode.name]) throw new Error(`no mode ${mode.name}`);
    const was = this.mode.name;
    this.mode = mode;
    this.counts = {};
    if (mode.name === 'down' && was !== 'down') await this.stop();
    if (mode.name !== 'down' && was === 'down') await this.start();
  }

  // The truth, once everything that is under way is done.
  async truth(actor) {
    this.#tick();
    while (this.#pending.size) await Promise.all([...this.#pending]);
    return this.copies.of(actor);
  }

  // As when a backup is restored, or somebody looks up the account anew.
  bringBack(account, objects) {
    this.copies.addAccount(account.uri, account);
    objects.forEach(({ uri, text }) => this.copies.addObject(uri, { owner: account.uri, type: 'Note', text }));
  }

  after(ms, run) {
    this.#due.push({ at: this.clock() + ms, run });
  }

  later = (run) => {
    const done = run().finally(() => this.#pending.delete(done));
    this.#pending.add(done);
  };

  isGone = async (uri) => {
    const { status, body } = await this.#get(uri, 'text/html, */*');
    return status === 404 || status === 410 || (status === 200 && /"type":\s*"Tombstone"/.test(body));
  };

  tombstoneAt = async (uri) => {
    const { status, body } = await this.#get(uri, AS);
    return status === 200 && /"type":\s*"Tombstone"/.test(body);
  };

  // The account behind a handle, fetched from its origin: {uri, handle, pem}; null if the origin has none.
  async resolve(handle) {
    const host = handle.split('@').at(-1);
    const finger = await this.#get(`https://${host}/.well-known/webfinger?resource=acct:${handle}`, 'application/jrd+json');
    if (finger.status !== 200) return null;
    return this.#actor(JSON.parse(finger.body).links.find(({ rel }) => rel === 'self').href);
  }

  async importObject(uri) {
    const { status, body } = await this.#get(uri, AS);
    if (status !== 200) return;
    const { attributedTo, type, content } = JSON.parse(body);
    const owner = await this.#actor(attributedTo);
    if (owner) this.bringBack(owner, [{ uri, type, text: content }]);
  }

  async #actor(uri) {
    const { status, body } = await this.#get(uri, AS);
    if (status !== 200) return null;
    const { id, preferredUsername, publicKey } = JSON.parse(body);
    return { uri: id, handle: `${preferredUsername}@${new URL(id).host}`, pem: [publicKey].flat()[0].publicKeyPem };
  }

  async #get(uri, accept) {
    try {
      const response = await fetch(uri, { headers: { accept, 'user-agent': `${this.called}/${this.row.version} (+https://${this.host}/)` } });
      return { status: response.status, body: await response.text() };
    } catch {
      return { status: 0, body: '' };
    }
  }

  #tick() {
    const now = this.clock();
    const due = this.#due.filter(({ at }) => at <= now);
    this.#due = this.#due.filter(({ at }) => at > now);
    due.forEach(({ run }) => run());
  }

  async #serve(request, response) {
    this.#tick();
    const came = this.clock();
    if (this.mode.name === 'slow') await new Promise((resolve) => setTimeout(resolve, this.mode.ms));
    const hostile = HOSTILE[this.mode.name];
    if (hostile?.applies(this, request)) {
      await hostile.run(this, request, response, this.#noted(request));
      return;
    }
    const body = await bodyOf(request);
    const url = new URL(request.url, `https://${this.host}`);
    const query = Object.fromEntries(url.searchParams);
    const { method, headers } = request;
    const ask = { came, method, path: request.url, pathname: url.pathname, query, headers, body };
    const answer = await this.#answer(ask);
    response.writeHead(answer.status, { 'content-type': answer.type ?? 'text/plain', ...(answer.location && { location: answer.location }) }).end(answer.body ?? '');
  }

  // The body of a request that is not answered as usual; a POST is written down at its first byte.
  #noted(request) {
    const note = { at: this.clock(), host: this.host, path: request.url, mode: this.mode.name, status: null };
    if (request.method === 'POST') this.posts.push(note);
    const body = bodyOf(request);
    const known = (bytes) => {
      const { id, type, actor } = JSON.parse(bytes);
      Object.assign(note, { id, type, actor });
    };
    body.then(known).catch(() => {}); // cut off, or nothing to read
    return body;
  }

  async #answer(ask) {
    const { method, pathname } = ask;
    if (method === 'POST' && [this.row.shared, this.row.inbox].includes(pathname)) return this.#receive(ask);
    this.asked.push({ at: this.clock(), host: this.host, method, path: ask.path, agent: ask.headers['user-agent'], signed: claimOf(ask) !== null });
    if (pathname === '/.well-known/nodeinfo') {
      const rel = 'http://nodeinfo.diaspora.software/ns/schema/2.0';
      return json(200, { links: [{ rel, href: `https://${this.host}/nodeinfo/2.0` }] });
    }
    if (pathname === '/nodeinfo/2.0') return json(200, this.#nodeInfo());
    for (const [route, run] of Object.entries(this.row.routes)) {
      const [verb, pattern] = route.split(' ');
      const params = verb === method ? paramsOf(pattern, pathname) : null;
      if (params) return run(this, { ...ask, params });
    }
    return json(404, { error: 'Not found' });
  }

  #nodeInfo() {
    const metadata = { ...this.row.metadata?.(this), maintainer: { email: `admin@${this.host}` } };
    const software = { name: this.called, version: this.row.version };
    return { version: '2.0', software, protocols: ['activitypub'], services: {}, openRegistrations: false, usage: { users: {} }, metadata };
  }

  async #receive(ask) {
    const note = { at: ask.came, host: this.host, path: ask.pathname, mode: this.mode.name, date: ask.headers.date, status: null };
    this.posts.push(note);
    let activity;
    try {
      activity = JSON.parse(ask.body);
    } catch {
      return json((note.status = 400), { error: 'no JSON' });
    }
    const form = typeof activity.object === 'string' ? 'plain' : activity.object?.type;
    Object.assign(note, { id: activity.id, type: activity.type, actor: activity.actor, object: targetOf(activity), form });
    note.scheme = claimOf(ask)?.scheme ?? 'none';
    const early = this.row.early?.(this, activity);
    if (early) return { status: (note.status = early) };
    note.check = await this.#check(ask, activity);
    note.status = this.row.answers[note.check];
    const taken = note.check === 'good' || (this.row.trusts ?? []).includes(note.check);
    if (taken && this.row.passOn) {
      await this.row.passOn(this, activity, ask.body);
    } else if (taken && (this.row.takes?.(activity) ?? true)) {
      await this.take(activity);
      // A community announces what is about posts and comments; what is about an account stays with it.
      const announced = ['Create', 'Update', 'Delete'].includes(activity.type) && targetOf(activity) !== activity.actor;
      if (announced) await Promise.all(this.behind.map((host) => this.neighbour(host).take(activity)));
    }
    return { status: note.status };
  }

  async #check(ask, { actor }) {
    const claim = claimOf(ask);
    if (!claim) return 'unsigned';
    if (!this.row.schemes.includes(claim.scheme)) return 'scheme';
    if (claim.broken || !claim.keyId) return 'forged';
    if (!(Math.abs(this.clock() - claim.created) <= this.row.maxAge * 1000)) return 'stale';
    const known = this.copies.accounts.get(actor) ?? (await this.#actor(withoutFragment(claim.keyId)));
    if (!known) return 'keyless';
    if (known.uri !== actor || !claim.keyId.startsWith(actor)) return 'foreign';
    const path = this.row.signedPath ?? ask.path;
    return judge({ ...ask, path }, claim, known.pem);
  }

  // Does what an activity says that was found to be genuine.
  async take(activity) {
    const { type, actor, object } = activity;
    if (type === 'Delete') return this.keeps ? undefined : this.row.remove(this, activity);
    if (type === 'Undo') return this.keeps ? undefined : this.copies.drop(targetOf(activity));
    const known = this.copies.accounts.get(actor) ?? (await this.#actor(actor));
    if (!known) return undefined;
    this.copies.addAccount(actor, known);
    if (type === 'Follow') this.copies.follows.add(actor);
    else if (type === 'Create' || type === 'Update') this.copies.addObject(object.id, { owner: actor, type: object.type, text: object.content });
    else if (type === 'Like' || type === 'Announce') this.copies.addObject(activity.id, { owner: actor, type, text: type });
    return undefined;
  }
}
