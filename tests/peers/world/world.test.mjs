// The small world by itself, without Fedtrail: its servers take a Delete, and answer a look, as the real ones were seen
// to do. What other tests say of Fedtrail is worth as much as this.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { documentedCopies, told } from './copies_table.mjs';
import { BEHIND, HOSTS, SERVERS } from './hosts.mjs';
import { ownDeletion, populate, turnBad, turnGood } from './scenario.mjs';
import { startWorld } from './start.mjs';
import { ask, deletion, PUBLIC, tell } from './tell.mjs';

const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'grace', 'heidi', 'ivan', 'judy'];
let dir;
let world;
let people;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fedtrail-world-'));
  const origin = { host: 'origin.test', people: NAMES.map((name) => ({ name, ed25519: name === 'carol' })) };
  world = await startWorld({ dir, origin, servers: SERVERS });
  people = await world.people();
});
after(async () => {
  await world?.stop();
  await rm(dir, { recursive: true, force: true });
});

const everywhere = () => HOSTS.map(({ host }) => world.inboxOf(host));

// Two posts of `as` to each of `hosts`, and a Follow of whom WordPress has; gives their URIs.
async function publish(as, hosts) {
  const to = hosts.map((host) => world.inboxOf(host));
  const first = await world.act('note', { as, text: 'first', to });
  const second = await world.act('note', { as, text: 'second', to });
  for (const { host, status } of [...first.deliveries, ...second.deliveries]) assert.ok(status >= 200 && status < 300, `${host}: ${status}`);
  return [first.object, second.object];
}

const get = (host, path, headers = {}) => ask(world, 'GET', `https://${host}${path}`, { headers: { 'user-agent': 'test', ...headers } });
const left = async (host, person) => (await world.copies(person.actor))[host];

test('what is posted is kept by every server, with the account behind it', async () => {
  await publish('alice', HOSTS.map(({ host }) => host));
  const copies = await world.copies(people.alice.actor);
  for (const { host } of HOSTS) {
    assert.deepEqual(copies[host], { account: 'full', objects: { full: 2, hidden: 0, stub: 0 }, content: 3, rows: 3 }, host);
  }
});

test('an account deleted as Mastodon does it is gone at some, and stays at others', async () => {
  const blog = 'wordpress.test';
  await world.act('follow', { as: 'alice', whom: `https://${blog}/?author=1`, to: [world.inboxOf(blog)] });
  await world.act('leave', { as: 'alice', to: everywhere() });
  const copies = await world.copies(people.alice.actor);
  const rest = (host) => [copies[host].content, copies[host].rows];
  for (const host of ['fedify.test', 'mastodon.test', 'misskey.test', 'peertube.test', 'wordpress.test', 'returns.test']) {
    assert.deepEqual(rest(host), [0, 0], host);
  }
  // Lemmy: no removeData; Pixelfed: a string; the others do not know what an actor's Delete is, or are set up so.
  assert.deepEqual(rest('lemmy.test'), [2, 3]);
  for (const host of ['pixelfed.test', 'snac.test', 'nodebb.test', 'epicyon.test', 'pleroma-rejecting.test', 'keeps.test']) {
    assert.deepEqual(rest(host), [3, 3], host);
  }
  assert.deepEqual(rest('gotosocial.test'), [0, 1]);
  assert.deepEqual(rest('mbin.test'), [0, 1]);
  assert.deepEqual(rest('pleroma.test'), [0, 3]);
  assert.deepEqual(rest('piefed.test'), [3, 3]);
  assert.deepEqual(rest('friendica.test'), [1, 1]);
});

test('each software wants its own Delete', async () => {
  const person = people.bob;
  const hosts = ['lemmy.test', 'pixelfed.test', 'peertube.test', 'nodebb.test', 'epicyon-obeying.test', 'snac.test', 'piefed.test', 'mbin.test', 'wordpress.test'];
  const [first, second] = await publish('bob', hosts);
  const tombstone = (uri) => deletion(person, uri, { object: { type: 'Tombstone', id: uri } });
  const send = async (host, activity, how) => {
    await tell(world, host, person, activity, how);
    const { objects } = await left(host, person);
    return [objects.full, objects.hidden, objects.stub];
  };
  assert.deepEqual(await send('pixelfed.test', deletion(person, first)), [2, 0, 0]);
  assert.deepEqual(await send('pixelfed.test', tombstone(first), { inbox: 'https://pixelfed.test/users/reader/inbox' }), [2, 0, 0]);
  assert.deepEqual(await send('pixelfed.test', tombstone(first)), [1, 1, 0]);
  assert.deepEqual(await send('nodebb.test', tombstone(first)), [1, 1, 0]);
  assert.deepEqual(await send('nodebb.test', deletion(person, second)), [0, 1, 0]);
  assert.deepEqual(await send('epicyon-obeying.test', tombstone(first)), [2, 0, 0]);
  assert.deepEqual(await send('epicyon-obeying.test', deletion(person, first, { cc: [] })), [2, 0, 0]);
  assert.deepEqual(await send('epicyon-obeying.test', deletion(person, first)), [1, 0, 0]);
  assert.deepEqual(await send('peertube.test', deletion(person, first, { to: PUBLIC })), [2, 0, 0]);
  assert.deepEqual(await send('peertube.test', deletion(person, first)), [1, 0, 1]);
  assert.deepEqual(await send('peertube.test', deletion(person, person.actor)), [0, 0, 1]);
  assert.deepEqual(await send('snac.test', deletion(person, person.actor)), [2, 0, 0]);
  assert.deepEqual(await send('snac.test', deletion(person, first)), [1, 0, 0]);
  assert.deepEqual(await send('piefed.test', deletion(person, person.actor, { removeData: true })), [0, 0, 0]);
  assert.deepEqual(await send('mbin.test', deletion(person, first)), [1, 1, 0]);
  assert.deepEqual(await send('lemmy.test', deletion(person, first)), [1, 1, 0]);
  assert.deepEqual(await send('lemmy.test', deletion(person, person.actor, { removeData: true })), [0, 0, 2]);
  assert.deepEqual(await send('wordpress.test', deletion(person, first)), [2, 0, 0]);
  await world.act('gone', { as: 'bob' });
  assert.deepEqual(await send('wordpress.test', deletion(person, first), { scheme: 'none' }), [1, 0, 0]);
});

test('a Delete signed in different ways is answered as the real servers answered it', async () => {
  const person = people.carol;
  const hosts = ['fedify.test', 'mastodon.test', 'snac.test', 'misskey.test', 'gotosocial.test', 'peertube.test', 'nodebb.test', 'epicyon.test'];
  const [object] = await publish('carol', hosts);
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' });
  const elsewhere = `${object}-that-nobody-has`;
  const ways = {
    good: {},
    rfc9421: { scheme: 'rfc9421' },
    unsigned: { scheme: 'none' },
    altered: { spoil: true },
    forged: { key: { id: `${person.actor}#main-key`, pem: stranger } },
    stale: { age: 4_000 },
  };
  const table = {
    'fedify.test': { good: 202, rfc9421: 202, unsigned: 401, altered: 401, forged: 401, stale: 401 },
    'mastodon.test': { good: 202, rfc9421: 202, unsigned: 401, altered: 401, forged: 401, stale: 202 },
    'snac.test': { good: 202, rfc9421: 202, unsigned: 202, altered: 400, forged: 202, stale: 202 },
    'misskey.test': { good: 202, rfc9421: 401, unsigned: 401, forged: 202, stale: 401 },
    'gotosocial.test': { good: 202, rfc9421: 401, unsigned: 401, altered: 202, forged: 401, stale: 202 },
    'peertube.test': { good: 204, rfc9421: 403, unsigned: 403, altered: 403, forged: 403, stale: 403 },
    'nodebb.test': { good: 202, rfc9421: 400, unsigned: 401, altered: 400, forged: 400, stale: 400 },
    'epicyon.test': { good: 201, rfc9421: 403, unsigned: 201, altered: 201, forged: 201, stale: 201 },
  };
  for (const [host, wanted] of Object.entries(table)) {
    for (const [way, status] of Object.entries(wanted)) {
      const answer = await tell(world, host, person, deletion(person, elsewhere), ways[way]);
      assert.equal(answer.status, status, `${host}, ${way}`);
    }
    // 2xx or not: what is not properly signed takes no effect.
    for (const way of ['rfc9421', 'unsigned', 'forged']) {
      if (way === 'rfc9421' && (host === 'fedify.test' || host === 'mastodon.test')) continue;
      await tell(world, host, person, deletion(person, object), ways[way]);
      assert.equal((await left(host, person)).objects.full, 2, `${host}, ${way}`);
    }
  }
});

test('an Ed25519 signature by RFC 9421 is verified by a real Fedify server', async () => {
  const person = people.carol;
  const found = person.keys.find(({ algorithm }) => algorithm === 'ed25519');
  const key = { id: found.id, pem: readFileSync(found.file) };
  const { status } = await tell(world, 'fedify.test', person, deletion(person, person.actor), { scheme: 'rfc9421', key });
  assert.equal(status, 202);
  assert.equal((await left('fedify.test', person)).rows, 0);
});

test('a look at Misskey brings the account back while its origin serves it, and says nothing where it hides', async () => {
  const person = people.dave;
  const body = JSON.stringify({ username: 'dave', host: 'origin.test' });
  const show = (host) => ask(world, 'POST', `https://${host}/api/users/show`, { body });
  await publish('dave', ['misskey.test', 'misskey-hiding.test']);
  assert.equal((await show('misskey-hiding.test')).status, 404);
  await tell(world, 'misskey.test', person, deletion(person, person.actor));
  assert.equal((await left('misskey.test', person)).account, 'none');
  assert.equal((await show('misskey.test')).status, 200);
  assert.equal((await left('misskey.test', person)).account, 'full');
  await world.act('gone', { as: 'dave' });
  await tell(world, 'misskey.test', person, deletion(person, person.actor));
  const answer = await show('misskey.test');
  assert.equal(answer.status, 500);
  assert.match(answer.body, /FAILED_TO_RESOLVE_REMOTE_USER/);
  assert.equal((await left('misskey.test', person)).account, 'none');
});

test('a 404 is not always an erased copy', async () => {
  const person = people.erin;
  const [first] = await publish('erin', ['lemmy.test', 'snac.test', 'piefed.test', 'nodebb.test', 'peertube.test']);
  assert.equal((await get('snac.test', '/api/v1/accounts/lookup?acct=erin@origin.test')).status, 404);
  assert.equal((await get('nodebb.test', `/api/v3/posts/${encodeURIComponent(first)}`)).status, 200);
  await tell(world, 'lemmy.test', person, deletion(person, first));
  const hidden = await get('lemmy.test', `/api/v3/resolve_object?q=${encodeURIComponent(first)}`);
  assert.equal(hidden.status, 404);
  assert.equal((await left('lemmy.test', person)).objects.hidden, 1);
  await tell(world, 'piefed.test', person, deletion(person, person.actor));
  assert.equal((await get('piefed.test', '/api/alpha/user?username=erin@origin.test')).status, 400);
  assert.equal((await left('piefed.test', person)).content, 3);
  await tell(world, 'nodebb.test', person, deletion(person, person.actor));
  assert.equal((await get('nodebb.test', '/api/user/erin@origin.test')).status, 200);
  await tell(world, 'peertube.test', person, deletion(person, person.actor));
  assert.equal((await get('peertube.test', '/api/v1/accounts/erin@origin.test')).status, 404);
});

test('Lemmy blanks what was only marked, a month later', async () => {
  const person = people.erin;
  await world.clock(Date.now() + 29 * 86_400_000);
  assert.equal((await left('lemmy.test', person)).objects.hidden, 1);
  await world.clock(Date.now() + 31 * 86_400_000);
  assert.equal((await left('lemmy.test', person)).objects.hidden, 0);
  await world.clock();
});

test('a community passes on what is about a post, and not what is about an account', async () => {
  const person = people.ivan;
  const [first] = await publish('ivan', ['lemmy.test']);
  assert.deepEqual((await left('behind.test', person)).objects, { full: 2, hidden: 0, stub: 0 });
  await tell(world, 'lemmy.test', person, deletion(person, first));
  assert.deepEqual((await left('behind.test', person)).objects, { full: 1, hidden: 1, stub: 0 });
  await tell(world, 'lemmy.test', person, deletion(person, person.actor, { removeData: true }));
  assert.deepEqual((await left('lemmy.test', person)).objects, { full: 0, hidden: 0, stub: 2 });
  assert.deepEqual((await left('behind.test', person)).objects, { full: 1, hidden: 1, stub: 0 });
});

test('GoToSocial takes nothing more after the account, and shows nothing to strangers', async () => {
  const person = people.erin;
  const [first] = await publish('erin', ['gotosocial.test']);
  assert.equal((await tell(world, 'gotosocial.test', person, deletion(person, person.actor))).status, 202);
  assert.equal((await tell(world, 'gotosocial.test', person, deletion(person, first))).status, 403);
  assert.deepEqual(await left('gotosocial.test', person), { account: 'stub', objects: { full: 0, hidden: 0, stub: 0 }, content: 0, rows: 1 });
  assert.equal((await get('gotosocial.test', '/api/v1/accounts/lookup?acct=erin@origin.test')).status, 401);
});

test('an actor that was never known, and is gone, has nothing to delete anywhere', async () => {
  await world.act('gone', { as: 'frank' });
  const person = people.frank;
  const table = { 'mastodon.test': 202, 'misskey.test': 202, 'gotosocial.test': 410, 'peertube.test': 204, 'nodebb.test': 400, 'snac.test': 202 };
  for (const [host, status] of Object.entries(table)) {
    assert.equal((await tell(world, host, person, deletion(person, person.actor))).status, status, host);
  }
});

test('bad servers are as bad as they are said to be', async () => {
  const person = people.grace;
  const bad = HOSTS.filter((row) => row.bad);
  await publish('grace', bad.map(({ host }) => host));
  for (const { host, bad: mode } of bad) await world.mode(host, mode);
  const send = (host) => tell(world, host, person, deletion(person, person.actor));
  const look = (host) => get(host, '/api/v1/accounts/lookup?acct=grace@origin.test');
  assert.match((await send('down.test')).error, /ECONNREFUSED/);
  assert.equal((await send('gone.test')).status, 410);
  assert.equal((await look('gone.test')).status, 410);
  assert.equal((await send('gotosocial-blocking.test')).status, 403);
  assert.ok((await send('cut.test')).error);
  assert.ok((await look('cut.test')).error);
  assert.ok((await look('liar.test')).error);
  assert.equal((await look('flood.test')).error, 'endless');
  assert.equal((await ask(world, 'POST', world.inboxOf('hang.test'), { body: '{}', timeout: 300 })).error, 'timeout');
  const elsewhere = await send('redirect.test');
  assert.deepEqual([elsewhere.status, elsewhere.headers.location], [307, 'https://collector.test/inbox']);
  assert.deepEqual([(await send('busy.test')).status, (await send('busy.test')).status, (await send('busy.test')).status], [429, 429, 202]);
  const since = Date.now();
  assert.equal((await send('slow.test')).status, 202);
  assert.ok(Date.now() - since >= 500);
  const copies = await world.copies(person.actor);
  for (const { host, bad: mode } of bad) assert.equal(copies[host].content, ['slow', 'busy'].includes(mode.name) ? 0 : 3, host);
  for (const { host } of bad) await world.mode(host, { name: 'honest' });
  assert.equal((await send('down.test')).status, 202);
});

test('a copy can come back', async () => {
  const person = people.heidi;
  const [first] = await publish('heidi', ['returns.test']);
  await tell(world, 'returns.test', person, deletion(person, person.actor));
  assert.equal((await left('returns.test', person)).rows, 0);
  await world.bringBack('returns.test', { uri: person.actor, handle: person.handle, pem: person.pem }, [{ uri: first, text: 'first' }]);
  assert.equal((await left('returns.test', person)).rows, 2);
  assert.equal((await get('returns.test', '/api/v1/accounts/lookup?acct=heidi@origin.test')).status, 200);
});

test("docs/erasure.md says what a server's own deletion leaves", async () => {
  await populate(world, 'judy');
  await turnBad(world);
  const copies = await ownDeletion(world, 'judy');
  await turnGood(world);
  const hosts = [...HOSTS, BEHIND].map(({ host }) => host);
  const documented = documentedCopies();
  const said = Object.fromEntries(hosts.map((host) => [host, documented[host].own]));
  assert.deepEqual(said, Object.fromEntries(hosts.map((host) => [host, told(copies[host])])));
});
