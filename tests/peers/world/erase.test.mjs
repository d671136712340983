// An erasure by the real program, over real TLS, in the small world: for each server the table in hosts.mjs says what
// Fedtrail must find out, and at no time may it say "gone" where the back door shows a copy.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { documentedCopies, told } from './copies_table.mjs';
import { assertSettled, erase, noticesOf, PROMPT, startErasure } from './erasure.mjs';
import { BEHIND, COLLECTOR, HOSTS } from './hosts.mjs';
import { eventually, populate, THINGS, turnBad } from './scenario.mjs';

const binary = process.env.SIDECAR_BINARY;
const ALICE = 'alice@origin.test';
const SECONDS = 1_000;

let dir;
let stop;
let world;
let sidecar;
let people;
let number;
before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'fedtrail-erase-'));
  ({ world, sidecar, stop } = await startErasure({ binary, dir, people: ['alice', 'bob', 'carol'] }));
  people = await world.people();
});
after(async () => {
  await stop?.();
  if (process.env.KEEP_DATA) console.log(`kept: ${dir}`);
  else rmSync(dir, { recursive: true, force: true });
});

const lies = [];
// One look at everything: what Fedtrail says first, the truth afterwards.
async function compare() {
  const notices = await noticesOf(sidecar, number);
  const copies = await world.copies(people.alice.actor);
  for (const [host, { state }] of Object.entries(notices)) {
    if (state === 'verified_gone' && copies[host].rows > 0) lies.push(`${host}: ${JSON.stringify(copies[host])}`);
  }
  return { notices, copies };
}

async function settled(ms) {
  return eventually(async () => {
    const seen = await compare();
    assertSettled(seen.notices);
    return seen;
  }, ms, 300);
}

let objects;
test('every server of the world is a recipient in the plan', async () => {
  objects = { alice: await populate(world, 'alice'), bob: await populate(world, 'bob') };
  await eventually(async () => {
    const plan = JSON.parse(await sidecar.mustRun('erase', ALICE, '--dry-run', '--json'));
    assert.deepEqual(plan.recipients.map(({ host }) => host).sort(), HOSTS.map(({ host }) => host).sort());
    assert.equal(plan.totals.unreachable, 0);
  });
});

let goneAt;
let final;
test('an erasure comes to an end for every server, bad ones too', async () => {
  await turnBad(world);
  number = await erase(sidecar, ALICE);
  // Wave one leaves while the account is still there.
  await eventually(async () => {
    const { copies } = await compare();
    for (const host of PROMPT) assert.equal(copies[host].rows, 0, host);
  }, 120 * SECONDS, 300);
  goneAt = Date.now();
  await world.act('gone', { as: 'alice' });
  await new Promise((resolve) => setTimeout(resolve, 4 * SECONDS));
  await world.mode('down.test', { name: 'honest' });
  final = await settled(180 * SECONDS);
});

test('each server ends with the verdict that its behaviour deserves', () => {
  const said = Object.fromEntries(HOSTS.map(({ host }) => [host, final.notices[host]?.state]));
  const wanted = Object.fromEntries(HOSTS.map(({ host, verdict }) => [host, [verdict].flat().includes(said[host]) ? said[host] : verdict]));
  assert.deepEqual(said, wanted);
});

test('at no time a copy was called gone that was there', () => {
  assert.deepEqual(lies, []);
  assert.ok(HOSTS.some(({ verdict }) => verdict === 'verified_gone'));
});

test('whoever obeys at all has nothing left', () => {
  const rest = Object.fromEntries(HOSTS.map(({ host }) => [host, final.copies[host].content]));
  const wanted = Object.fromEntries(HOSTS.map(({ host, left = 0 }) => [host, left]));
  assert.deepEqual(rest, wanted);
});

test('docs/erasure.md says what is left, and what Fedtrail says of it', () => {
  const documented = documentedCopies();
  const hosts = [...HOSTS, BEHIND].map(({ host }) => host);
  const said = Object.fromEntries(hosts.map((host) => [host, documented[host].ours]));
  assert.deepEqual(said, Object.fromEntries(hosts.map((host) => [host, told(final.copies[host])])));
  for (const { host, verdict } of HOSTS) assert.ok([verdict].flat().includes(documented[host].said), `${host}: ${documented[host].said}`);
});

test('a community passes on what it was told of each post', () => {
  assert.equal(final.copies[BEHIND.host].objects.full, 0);
});

test('of a community the answer says that it passes on, and of nobody who does not', async () => {
  const { recipients } = JSON.parse(await sidecar.mustRun('requests', 'answer', String(number), '--json'));
  const passing = recipients.filter((recipient) => recipient.passes_on).map(({ host }) => host);
  assert.deepEqual(passing.sort(), Object.keys(final.notices).filter((host) => final.notices[host].passes_on).sort());
  assert.ok(passing.includes('lemmy.test'), passing.join(' '));
  assert.ok(!passing.includes('mastodon.test'), passing.join(' '));
  assert.equal(final.notices[BEHIND.host], undefined);
});

test('nobody else lost anything', async () => {
  const copies = await world.copies(people.bob.actor);
  for (const { host } of HOSTS) assert.equal(copies[host].content, THINGS, host);
});

test('nobody was looked at before the account was gone at home', async () => {
  const looks = (await world.asked()).filter(({ path }) => /alice|users\/show|resolve_object|lookup|search/.test(path));
  assert.ok(looks.length > 10, `${looks.length} looks`);
  assert.deepEqual(looks.filter(({ at }) => at < goneAt), []);
});

test('every request says who asks, and where to complain', async () => {
  for (const { agent, host, path } of await world.asked()) assert.match(agent ?? '', /^Fedtrail\/\S+ .*https:\/\/origin\.test\/privacy/, `${host}${path}`);
});

test('no message arrived twice', async () => {
  const seen = new Map();
  for (const { host, id, status, type, actor } of await world.posts()) {
    if (type !== 'Delete' || actor !== people.alice.actor || !(status >= 200 && status < 300)) continue;
    const key = `${host} ${id}`;
    seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  assert.ok(seen.size >= HOSTS.length - 8, `${seen.size} messages`);
  assert.deepEqual([...seen].filter(([, times]) => times > 1), []);
});

test('a redirected message goes nowhere else', async () => {
  assert.deepEqual((await world.posts()).filter(({ host }) => host === COLLECTOR.host), []);
});

test('a server that asks for patience gets it', async () => {
  const tries = (await world.posts()).filter(({ host, type }) => host === 'busy.test' && type === 'Delete').map(({ at }) => at);
  assert.ok(tries.length >= 3, `${tries.length} tries`);
  for (let i = 1; i < 3; i += 1) assert.ok(tries[i] - tries[i - 1] >= 2 * SECONDS - 50, `${tries[i] - tries[i - 1]} ms`);
});

test('every try was signed anew', async () => {
  const deletes = (await world.posts()).filter(({ type }) => type === 'Delete');
  const dated = deletes.filter(({ date }) => date).map(({ host, at, date }) => ({ host, at, date: Date.parse(date) }));
  const late = Math.max(...dated.map(({ at, date }) => Math.abs(at - date)));
  assert.ok(late < 30 * SECONDS, `${late} ms`);
  // What was tried before in vain, after that; a Date has whole seconds.
  const [, second] = deletes.filter(({ host }) => host === 'busy.test');
  for (const [host, since] of [['busy.test', second.at], ['down.test', goneAt]]) {
    const dates = dated.filter((one) => one.host === host).map(({ date }) => date);
    assert.ok(dates.length > 0 && Math.min(...dates) + SECONDS > since, `${host}: ${dates} after ${since}`);
  }
});

test('what the origin deletes by itself is seen, and only what that left is sent', async () => {
  const bob = people.bob.actor;
  await world.act('leave', { as: 'bob', to: HOSTS.map(({ host }) => world.inboxOf(host)) });
  const behaved = HOSTS.filter(({ bad, keeps, options }) => !bad && !keeps && !options?.rejects);
  await eventually(async () => {
    const copies = await world.copies(bob);
    const rest = Object.fromEntries(behaved.map(({ host }) => [host, copies[host].content]));
    assert.deepEqual(rest, Object.fromEntries(behaved.map(({ host, left = 0 }) => [host, left])));
  }, 120 * SECONDS, 300);
  const { requests } = JSON.parse(await sidecar.mustRun('requests', 'list', '--json'));
  assert.deepEqual(requests.map(({ source }) => source), ['admin', 'observed']);
  const ours = (await world.posts()).filter(({ actor, id }) => actor === bob && id.includes('#fedtrail-')).map(({ host }) => host);
  for (const host of ['mastodon.test', 'peertube.test', 'friendica.test']) assert.ok(!ours.includes(host), host);
  for (const host of ['lemmy.test', 'pixelfed.test', 'snac.test', 'nodebb.test']) assert.ok(ours.includes(host), host);
});
