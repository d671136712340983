// One post is erased, the account stays: by the real program, over real TLS. Whoever keeps it must be found out wherever
// single posts can be looked for, and where they cannot, the answer must say that and no more.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { assertSettled, erase, noticesOf, startErasure } from './erasure.mjs';
import { eventually, populate } from './scenario.mjs';

const binary = process.env.SIDECAR_BINARY;
const SECONDS = 1_000;
// More than one page of what is listed.
const POSTS = 42;

const SERVERS = [
  { host: 'mastodon.test', software: 'mastodon', verdict: 'not_visible' },
  { host: 'mastodon-keeps.test', software: 'mastodon', keeps: true, verdict: 'still_present' },
  { host: 'mastodon-closed.test', software: 'mastodon', options: { closed: true }, verdict: 'acknowledged' },
  { host: 'misskey.test', software: 'misskey', verdict: 'not_visible' },
  { host: 'misskey-keeps.test', software: 'misskey', keeps: true, verdict: 'still_present' },
  { host: 'misskey-hiding.test', software: 'misskey', keeps: true, options: { visitors: 'local' }, verdict: 'acknowledged' },
  { host: 'mbin.test', software: 'mbin', verdict: 'not_visible' },
  { host: 'mbin-keeps.test', software: 'mbin', keeps: true, verdict: 'still_present' },
  { host: 'wordpress.test', software: 'wordpress', keeps: true, verdict: 'unprobeable', reason: 'no_post_probe' },
  { host: 'gotosocial.test', software: 'gotosocial', keeps: true, verdict: 'unprobeable', reason: '' },
];

let dir;
let stop;
let world;
let sidecar;
before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'fedtrail-posts-'));
  ({ world, sidecar, stop } = await startErasure({ binary, dir, people: ['erin'], servers: SERVERS }));
});
after(async () => {
  await stop?.();
  if (process.env.KEEP_DATA) console.log(`kept: ${dir}`);
  else rmSync(dir, { recursive: true, force: true });
});

let number;
let notices;
test('an erasure of one post comes to an end for every server', async () => {
  const [oldest] = await populate(world, 'erin', SERVERS.map(({ host }) => host), POSTS);
  number = await erase(sidecar, 'erin@origin.test', '--object', oldest);
  await eventually(async () => {
    // Some wait for the second wave.
    const told = Object.values(await noticesOf(sidecar, number)).filter(({ state }) => ['acknowledged', 'sent'].includes(state));
    assert.equal(told.length, SERVERS.length);
  }, 120 * SECONDS, 300);
  await world.act('delete_post', { as: 'erin', note: oldest, to: [] });
  notices = await eventually(async () => {
    const seen = await noticesOf(sidecar, number);
    assertSettled(seen);
    return seen;
  }, 240 * SECONDS, 500);
});

test('each server ends with the verdict that it deserves', () => {
  const said = SERVERS.map(({ host }) => [host, notices[host].state, notices[host].reason ?? '']);
  assert.deepEqual(said, SERVERS.map(({ host, verdict, reason = '' }) => [host, verdict, reason]));
});

test('nothing made a server fetch the account anew', async () => {
  const asked = (await world.asked()).map(({ path }) => path);
  assert.ok(asked.some((path) => path.includes('max_id=')), 'a second page was read');
  assert.deepEqual(asked.filter((path) => /users\/show|ap\/show/.test(path)), []);
});

test('nobody is blamed for what nobody saw', async () => {
  const { software } = JSON.parse(await sidecar.mustRun('recipients', 'software', '--json'));
  const rates = Object.fromEntries(software.map(({ software: name, told, present, not_visible: hidden, honour_percent: rate }) => [name, { told, present, hidden, rate }]));
  assert.deepEqual(rates.gotosocial, { told: 1, present: 0, hidden: 0, rate: null });
  assert.deepEqual(rates.wordpress, { told: 1, present: 0, hidden: 0, rate: null });
  assert.deepEqual(rates.mbin, { told: 2, present: 1, hidden: 1, rate: 0 });
  const paper = await sidecar.mustRun('assess', 'gotosocial.test');
  assert.doesNotMatch(paper, /does not honour/);
});

test('the answer says where single posts cannot be looked for', async () => {
  await sidecar.mustRun('requests', 'close', String(number));
  const answer = await sidecar.mustRun('requests', 'answer', String(number));
  const line = (host) => answer.split('\n').find((one) => one.includes(`- ${host}:`)) ?? '';
  assert.match(line('wordpress.test'), /no way to look for single posts/);
  assert.match(line('gotosocial.test'), /does not let us look/);
  assert.match(line('mastodon-keeps.test'), /still there/);
  assert.match(line('mastodon.test'), /no longer be seen/);
});
