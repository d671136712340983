// An erasure over six weeks, in a minute: servers that are down for days, come back, ask for patience, or bring a copy
// back. The real parts of Fedtrail, real TLS and real servers; only the clock is told what time it is.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { DAY, Days, HOUR } from './days.mjs';
import { erase, noticesOf, startErasure } from './erasure.mjs';
import { populate } from './scenario.mjs';

const { SIDECAR_BINARY: binary, ERASURE_DAYS: program } = process.env;
const kinds = ['mastodon', 'misskey', 'peertube', 'wordpress', 'gotosocial', 'lemmy', 'snac'];
const others = ['keeps', 'down', 'busy', 'returns', 'hang', 'cut', 'gone'];
const servers = [
  ...kinds.map((software) => ({ host: `${software}.test`, software })),
  ...others.map((name) => ({ host: `${name}.test`, software: 'mastodon', keeps: name === 'keeps' })),
];
const hosts = servers.map(({ host }) => host);

let dir;
let run;
let days;
let number;
let alice;
let objects;
before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'fedtrail-days-'));
  // In earnest, but that nobody waits half a minute for a server that says nothing.
  const erasure = { timeout: '4s', retry_first: '5m', retry_most: '12h', give_up_after: '7d', resend_window: '10m', origin_intervals: ['15m', '1h', '6h'], look_intervals: ['1h', '1d', '7d', '30d'] };
  run = await startErasure({ binary, dir, people: ['alice'], servers, erasure });
  ({ alice } = await run.world.people());
  objects = await populate(run.world, 'alice', hosts);
  await run.sidecar.stop();
  days = new Days({ program, config: run.sidecar.config, world: run.world, start: Date.now() });
});
after(async () => {
  await days?.stop();
  await run?.stop();
  if (process.env.KEEP_DATA) console.log(`kept: ${dir}`);
  else rmSync(dir, { recursive: true, force: true });
});

const rest = async (host) => (await run.world.copies(alice.actor))[host];
const state = async (host) => (await noticesOf(run.sidecar, number))[host].state;

async function noLies() {
  const notices = await noticesOf(run.sidecar, number);
  const copies = await run.world.copies(alice.actor);
  const lies = hosts.filter((host) => notices[host].state === 'verified_gone' && copies[host].rows > 0);
  assert.deepEqual(lies, []);
}

test('on the first day everybody who can be told is told', async () => {
  const { world, sidecar } = run;
  await world.mode('down.test', { name: 'down' });
  await world.mode('busy.test', { name: 'busy', times: 2, seconds: 3_600 });
  await world.mode('hang.test', { name: 'hang' });
  await world.mode('cut.test', { name: 'cut' });
  await world.mode('gone.test', { name: 'gone' });
  await world.mode('peertube.test', { name: 'status', status: 503 });
  number = await erase(sidecar, 'alice@origin.test');
  await days.pass(2 * HOUR);
  for (const host of ['mastodon.test', 'misskey.test', 'returns.test']) assert.equal((await rest(host)).rows, 0, host);
  assert.equal((await rest('peertube.test')).rows, 4);
  await world.mode('peertube.test', { name: 'honest' });
  await noLies();
});

test('no copy is looked at before the account is gone at home', async () => {
  // GoToSocial's own inbox lies among those of its users.
  const looks = (await run.world.asked()).filter(({ path }) => /alice|users/.test(path) && !path.endsWith('/inbox'));
  assert.deepEqual(looks, []);
});

test('a message that waited for hours is signed anew', async () => {
  await run.world.act('gone', { as: 'alice' });
  await days.pass(22 * HOUR);
  assert.equal((await rest('peertube.test')).rows, 0);
  const dates = (await run.world.posts()).filter(({ host, type, date }) => host === 'peertube.test' && type === 'Delete' && date);
  for (const { at, date } of dates) assert.ok(Math.abs(at - Date.parse(date)) < 5_000, `${at} ${date}`);
});

test('a server that asks for an hour gets an hour', async () => {
  const tries = (await run.world.posts()).filter(({ host, type }) => host === 'busy.test' && type === 'Delete').map(({ at }) => at);
  assert.equal(tries.length, 3);
  assert.ok(tries[1] - tries[0] >= HOUR && tries[2] - tries[1] >= HOUR, tries.join(' '));
  assert.equal((await rest('busy.test')).rows, 0);
});

test('what asks the origin has erased after the second wave', async () => {
  assert.equal((await rest('wordpress.test')).rows, 0);
  assert.equal(await state('mastodon.test'), 'verified_gone');
  assert.equal(await state('misskey.test'), 'verified_gone');
  await noLies();
});

test('a server that was down for three days is told when it is back', async () => {
  await days.pass(2 * DAY);
  assert.equal((await rest('down.test')).rows, 4);
  await run.world.mode('down.test', { name: 'honest' });
  await days.pass(2 * DAY);
  assert.equal((await rest('down.test')).rows, 0);
  assert.equal(await state('down.test'), 'verified_gone');
  await noLies();
});

test('a server that never answers is given up after a week, and one that is gone is not called erased', async () => {
  await days.pass(5 * DAY);
  assert.equal(await state('hang.test'), 'unreachable');
  assert.equal(await state('cut.test'), 'unreachable');
  assert.notEqual(await state('gone.test'), 'verified_gone');
  assert.equal((await noticesOf(run.sidecar, number))['hang.test'].next_at, null);
});

test('a copy that comes back from a backup is found by the last look, and its server told anew', async () => {
  const told = async () => (await run.world.posts()).filter(({ host, type }) => host === 'returns.test' && type === 'Delete').length;
  assert.equal(await state('returns.test'), 'verified_gone');
  const before = await told();
  await run.world.bringBack('returns.test', { uri: alice.actor, handle: alice.handle, pem: alice.pem }, [{ uri: objects[0], text: 'post' }]);
  assert.ok((await rest('returns.test')).rows > 0);
  await days.pass(32 * DAY);
  assert.ok((await told()) > before);
  assert.equal((await rest('returns.test')).rows, 0);
  assert.equal(await state('returns.test'), 'verified_gone');
  await noLies();
});

test('nothing arrived twice in six weeks', async () => {
  const seen = new Map();
  for (const { host, id, status } of await run.world.posts()) {
    if (status >= 200 && status < 300) seen.set(`${host} ${id}`, (seen.get(`${host} ${id}`) ?? 0) + 1);
  }
  assert.deepEqual([...seen].filter(([, times]) => times > 1), []);
});
