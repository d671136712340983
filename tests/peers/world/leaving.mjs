// Accounts that their own server deletes while the sidecar is killed: what was seen of that, and what it left out.
import assert from 'node:assert/strict';

import { eventually } from './scenario.mjs';

const SLACK = 2_000; // from an answer that passed until that is written down
const OBEYING = ['mastodon', 'peertube', 'gotosocial', 'keeps']; // nothing is left to say to them

const isOwn = (actor) => ({ id, status }) => id === `${actor}#delete` && status >= 200 && status < 300;

// `as` leaves; the origin tells `to` through the sidecar, which `kill` ends twice, and tells again who did not answer, as
// Mastodon does. The first time some were seen to answer, while `slow` were not; if there are none, all just were.
export async function killedLeaving(world, { as, to, slow, kill }) {
  const { [as]: { actor } } = await world.people();
  for (const host of slow) await world.mode(host, { name: 'slow', ms: SLACK + 500 });
  let telling = world.act('leave', { as, to: to.map((host) => world.inboxOf(host)) });
  await eventually(async () => {
    const answers = (await world.sent()).filter(isOwn(actor)).length;
    assert.ok(answers >= (slow.length ? 1 : to.length), `${answers} answers`);
  }, 60_000, 5);
  await kill(slow.length ? SLACK + 100 : 0);
  await telling;
  telling = world.act('leave_again', { as });
  await kill(Math.random() * (SLACK + 700));
  for (const host of slow) await world.mode(host, { name: 'slow', ms: 120 });
  await eventually(async () => {
    await telling;
    telling = world.act('leave_again', { as });
    assert.deepEqual((await telling).deliveries, []);
  }, 120_000);
}

// Numbers of the requests that were opened because the origin deleted this person.
export async function observedOf(sidecar, handle) {
  const { requests } = JSON.parse(await sidecar.mustRun('requests', 'list', '--all', '--subject', handle, '--json'));
  return requests.filter(({ source }) => source === 'observed').map(({ number }) => number);
}

// What is wrong with the request of one who left: hosts that the origin was seen to reach and that are not counted, or
// were told again, and hosts that nobody told. `before` is how many were seen to be reached before a kill.
export function leftOf({ kills, servers }, { actor, histories, posts, sent }) {
  const theirs = posts.filter(({ actor: by, type }) => by === actor && type === 'Delete');
  const ours = theirs.filter(({ id }) => id.includes('#fedtrail-'));
  const told = theirs.filter(({ status }) => status >= 200 && status < 300).map(({ host }) => host);
  const passed = sent.filter(isOwn(actor));
  // An answer that passed in the moment before a kill may be unknown.
  const seen = passed.filter(({ answeredAt: at }) => !kills.some((kill) => kill >= at && kill <= at + SLACK));
  const before = seen.filter(({ answeredAt: at }) => kills.some((kill) => kill > at && kill < at + SLACK + 5_000)).length;
  const wrong = { before, uncounted: [], again: [], untold: [] };
  for (const { host, kind } of servers) {
    const { attempt_history: attempts, seen_from_origin: marked } = histories[host];
    const reached = seen.some((one) => one.host === host);
    const heeds = OBEYING.includes(kind);
    const counted = attempts.some(({ scheme }) => scheme === 'origin') && (marked || !heeds);
    if (reached && !counted) wrong.uncounted.push(host);
    if (reached && heeds && ours.some((one) => one.host === host)) wrong.again.push(host);
    if (!told.includes(host)) wrong.untold.push(host);
  }
  return wrong;
}
