// What went to a relay lies at whoever subscribes there, and nobody knows who that is. The relay is told as well, in a
// document that bears the person's own signature, so that a real Fedify server behind it, which gets it from the relay
// alone, verifies and obeys it; and Fedtrail says of the relay that it passes on, and of what lies behind nothing.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { erase, noticesOf, startErasure } from './erasure.mjs';
import { eventually, populate, POSTS } from './scenario.mjs';

const binary = process.env.SIDECAR_BINARY;
const SECONDS = 1_000;
const ALICE = 'alice@origin.test';
const RELAY = { host: 'relay.test', software: 'activityrelay', behind: ['subscriber.test'] };
const SERVERS = [RELAY, { host: 'subscriber.test', software: 'fedify' }, { host: 'mastodon.test', software: 'mastodon' }];
const TOLD = [RELAY.host, 'mastodon.test'];

let dir;
let stop;
let world;
let sidecar;
let alice;
before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'fedtrail-relay-'));
  ({ world, sidecar, stop } = await startErasure({ binary, dir, people: ['alice'], servers: SERVERS }));
  ({ alice } = await world.people());
});
after(async () => {
  await stop?.();
  if (process.env.KEEP_DATA) console.log(`kept: ${dir}`);
  else rmSync(dir, { recursive: true, force: true });
});

const behind = async () => (await world.copies(alice.actor))['subscriber.test'];

test('what a relay passes on lies at a server that the plan does not know', async () => {
  await populate(world, 'alice', TOLD);
  assert.deepEqual((await behind()).objects, { full: POSTS, hidden: 0, stub: 0 });
  await eventually(async () => {
    const { recipients } = JSON.parse(await sidecar.mustRun('erase', ALICE, '--dry-run', '--json'));
    assert.deepEqual(recipients.map(({ host }) => host).sort(), [...TOLD].sort());
  });
});

let number;
test('an erasure reaches what lies behind a relay, signed by the person', async () => {
  number = await erase(sidecar, ALICE);
  await eventually(async () => assert.equal((await behind()).rows, 0), 60 * SECONDS);
  const passed = (await world.posts()).filter(({ host }) => host === 'subscriber.test');
  assert.deepEqual([...new Set(passed.map(({ type, status }) => `${type} ${status}`))], ['Delete 202']);
  assert.equal(passed.length, POSTS + 1);
  for (const { id } of passed) assert.match(id, /#fedtrail-/);
});

test('of a relay it is said that it passes on, and of what lies behind nothing', async () => {
  await world.act('gone', { as: 'alice' });
  const notices = await eventually(async () => {
    const seen = await noticesOf(sidecar, number);
    assert.equal(seen['mastodon.test'].state, 'verified_gone');
    assert.equal(seen[RELAY.host].state, 'unprobeable');
    return seen;
  }, 60 * SECONDS, 300);
  assert.deepEqual(Object.keys(notices).sort(), [...TOLD].sort());
  assert.equal(notices[RELAY.host].passes_on, true);
  const { recipients } = JSON.parse(await sidecar.mustRun('requests', 'answer', String(number), '--json'));
  assert.deepEqual(recipients.filter((one) => one.passes_on).map(({ host }) => host), [RELAY.host]);
});
