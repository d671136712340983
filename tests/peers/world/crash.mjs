// Kills the sidecar with SIGKILL at random moments of erasures, and then asks the servers and Fedtrail: no message and no
// letter is lost, none arrives twice without need, everything that was seen to arrive was written down before it left. The
// same where the origin deletes an account by itself.
//
// node crash.mjs FEDTRAIL-BINARY ROUNDS: a round is a kill; every fifth round another person is erased, and another one
// leaves. Letters and who leaves have some more kills.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { MailServer } from '../lib/mail.mjs';
import { byMessage, historiesOf, tooEarly, unwrittenOf } from './arrivals.mjs';
import { erase, noticesOf, startErasure } from './erasure.mjs';
import { killedLeaving, leftOf, observedOf } from './leaving.mjs';
import { hastyPolicies, killedBeforeAnswer, lettersOf, RUNGS } from './letters.mjs';
import { eventually, populate } from './scenario.mjs';

const [, , binary, roundsText] = process.argv;
const rounds = Number(roundsText);
const KILLS = 5;
const POSTS = 6;
const WINDOW = 6_000;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const names = Array.from({ length: Math.ceil(rounds / KILLS) }, (_, i) => `person${i + 1}`);
const leavers = names.map((name) => `leaving-${name}`);
// "keeps" answers as Mastodon does, and removes nothing.
const kinds = ['snac', 'gotosocial', 'nodebb', 'mastodon', 'peertube', 'misskey', 'wordpress', 'keeps'];
const softwareOf = (kind) => (kind === 'keeps' ? { software: 'mastodon', keeps: true } : { software: kind });
const servers = kinds.flatMap((kind) => [1, 2].map((n) => ({ host: `${kind}-${n}.test`, kind, ...softwareOf(kind) })));
const hosts = servers.map(({ host }) => host);
const keepers = servers.filter(({ kind }) => ['nodebb', 'keeps'].includes(kind)).map(({ host }) => host);
// The origin does not know all of them when somebody leaves.
const knownToOrigin = hosts.filter((host) => !['mastodon-2.test', 'peertube-2.test'].includes(host));
const isSlow = (i) => i % 2 === 0; // else everybody answers right before the first kill
const slowOnes = knownToOrigin.filter((host) => host.endsWith('-2.test'));
const kills = []; // when, in milliseconds

let passed = 0;
let failed = 0;
function expect(what, holds, detail) {
  console.log(`${holds ? 'ok  ' : 'FAIL'}  ${what}: ${detail}`);
  if (holds) passed += 1;
  else failed += 1;
}

async function kill(sidecar, ms) {
  await pause(ms);
  kills.push(Date.now());
  await sidecar.stop('SIGKILL');
  sidecar.start();
  await sidecar.ready();
}

// One erasure, killed `times` times on its way; gives its number.
async function killedErasure({ world, sidecar }, name, times) {
  const number = await erase(sidecar, `${name}@origin.test`);
  for (let n = 0; n < times; n += 1) {
    if (n === times - 1) await world.act('gone', { as: name });
    await kill(sidecar, Math.random() * (n % 2 ? 3_000 : 600));
  }
  await eventually(async () => {
    const notices = Object.values(await noticesOf(sidecar, number));
    const open = notices.filter((notice) => notice.next_at !== null || notice.messages_done < notice.messages);
    assert.deepEqual(open.map(({ recipient, state }) => `${recipient}: ${state}`), []);
  }, 180_000, 500);
  await kill(sidecar, Math.random() * 1_500); // among the looks
  return number;
}

// What the looks must say in the end, and the letters after them.
const VERDICT = { snac: 'unprobeable', nodebb: 'escalated', gotosocial: 'unprobeable', mastodon: 'verified_gone', peertube: 'verified_gone', misskey: 'verified_gone', wordpress: 'not_visible', keeps: 'escalated' };
async function looked({ world, sidecar }, name, number) {
  const { [name]: person } = await world.people();
  const wrong = [];
  await eventually(async () => {
    const notices = await noticesOf(sidecar, number);
    const other = servers.filter(({ host, kind }) => notices[host]?.state !== VERDICT[kind] || notices[host].next_at !== null);
    assert.deepEqual(other.map(({ host }) => `${host}: ${notices[host]?.state}`), []);
  }, 180_000, 500);
  const copies = await world.copies(person.actor);
  const histories = await historiesOf(sidecar, number, hosts);
  for (const [host, { state, look_history: looks }] of Object.entries(histories)) {
    if (state === 'verified_gone' && copies[host].rows > 0) wrong.push(`${host} is said to be gone: ${JSON.stringify(copies[host])}`);
    if (state === 'verified_gone' && looks.length === 0) wrong.push(`${host} is said to be gone without a look`);
  }
  return { wrong, histories };
}

// What must be left of a person on each server that obeys.
const REST = { snac: 1, nodebb: 1, gotosocial: 1, mastodon: 0, peertube: 0, misskey: 0, wordpress: 0, keeps: POSTS + 1 };

// Everything that was asked for: {name, number} of each request. checkCopies() adds `histories`, by host.
async function storm(run) {
  const { world, sidecar } = run;
  const requests = [];
  for (const [i, name] of names.entries()) {
    requests.push({ name, number: await killedErasure(run, name, Math.min(KILLS, rounds - i * KILLS)) });
    const leaver = leavers[i];
    const killIn = (ms) => kill(sidecar, ms);
    await killedLeaving(world, { as: leaver, to: knownToOrigin, slow: isSlow(i) ? slowOnes : [], kill: killIn });
    await killedBeforeAnswer(run, killIn);
    await killIn(Math.random() * 1_000); // among the letters
    const observed = await observedOf(sidecar, `${leaver}@origin.test`);
    expect('a deletion by the origin has one request', observed.length === 1, `${observed.length}`);
    requests.push(...observed.map((number) => ({ name: leaver, number })));
  }
  return requests;
}

async function checkMessages(run, requests) {
  const arrivals = byMessage(await run.world.posts());
  const twice = [...arrivals].filter(([, times]) => times.length > 1);
  const early = requests.flatMap((request) => tooEarly(request, twice, WINDOW));
  console.log(`${kills.length} kills, ${arrivals.size} messages, ${twice.length} of them arrived twice`);
  expect('messages arrived', arrivals.size >= names.length * hosts.length, `${arrivals.size}`);
  expect('none arrived twice within the window', early.length === 0, early.join(', ') || 'none did');
  expect('a kill costs at most one repetition a server', twice.length <= kills.length * hosts.length, `${twice.length} repetitions`);
  const unwritten = [];
  for (const request of requests) unwritten.push(...unwrittenOf(request, arrivals));
  expect('every message that arrived was written down before', unwritten.length === 0, unwritten.join(', ') || 'all were');
}

async function checkCopies(run, requests) {
  const wrong = [];
  for (const request of requests) {
    const { wrong: lies, histories } = await looked(run, request.name, request.number);
    request.histories = histories;
    wrong.push(...lies);
  }
  expect('the looks went on after the kills, and none says gone of a copy', wrong.length === 0, wrong.join(', ') || 'every verdict has its look');
  const people = await run.world.people();
  const left = [];
  for (const { name } of requests) {
    const copies = await run.world.copies(people[name].actor);
    for (const { host, kind } of servers) if (copies[host].rows !== REST[kind]) left.push(`${host}: ${JSON.stringify(copies[host])}`);
  }
  expect('no message was lost: every server erased what it erases', left.length === 0, left.join(', ') || 'nothing left');
}

async function checkLetters(run, requests) {
  const none = (what, list) => expect(what, list.length === 0, list.join(', ') || 'none');
  const { count, again, missing, stray, twice, unwritten } = await lettersOf(run, requests.map(({ number }) => number), keepers);
  const due = requests.length * keepers.length * RUNGS.length;
  console.log(`${count} letters, ${again} arrivals more`);
  expect('every letter that was due has arrived', count === due && missing.length === 0, missing.join(', ') || `${count} of ${due}`);
  none('letters that nobody should have got', stray);
  none('letters that arrived and were not written down before and after', unwritten);
  none('letters that arrived again without need', twice);
  expect('what was killed between arrival and record left again', again > 0 && again <= kills.length, `${again} did`);
}

async function checkLeavers(run, requests) {
  const { world } = run;
  const [people, posts, sent] = [await world.people(), await world.posts(), await world.sent()];
  for (const { name, histories } of requests.filter(({ name: of }) => leavers.includes(of))) {
    const { before, uncounted, again, untold } = leftOf(run, { actor: people[name].actor, histories, posts, sent });
    expect('some were seen to be reached before a kill', before > 0 || !isSlow(leavers.indexOf(name)), `${before} of ${name}'s`);
    expect('whom the origin was seen to reach is counted', uncounted.length === 0, uncounted.join(', ') || 'all are');
    expect('and not told again', again.length === 0, again.join(', ') || 'nobody was');
    expect('everybody else was told', untold.length === 0, untold.join(', ') || 'all were');
  }
}

async function main(dir) {
  // Longer than it takes the origin to tell its slowest server, two kills included (leaving.mjs).
  const erasure = { timeout: '4s', resend_window: `${WINDOW / 1000}s`, origin_quiet: '20s', look_intervals: ['1s', '2s', '3s'] };
  const mail = new MailServer(join(dir, 'mail'), 'slow');
  const smtp = { url: await mail.ready(), from: 'Privacy <privacy@origin.test>' };
  const people = [...names, ...leavers];
  const run = { mail, kills, servers, ...(await startErasure({ binary, dir, people, servers, erasure, more: { smtp }, policies: hastyPolicies(dir) })) };
  const { world, sidecar } = run;
  try {
    for (const [i, name] of names.entries()) await Promise.all([name, leavers[i]].map((one) => populate(world, one, hosts, POSTS)));
    for (const host of hosts) await world.mode(host, { name: 'slow', ms: 120 });
    const requests = await storm(run);
    await checkCopies(run, requests);
    await checkLetters(run, requests);
    await checkMessages(run, requests);
    await checkLeavers(run, requests);
    const doctor = await sidecar.command('doctor');
    expect('the stores are whole after the last kill', doctor.code === 0, `fedtrail doctor ended with ${doctor.code}`);
  } finally {
    await run.stop().catch(() => sidecar.stop('SIGKILL'));
    await mail.stop();
  }
}

const dir = mkdtempSync(join(tmpdir(), 'fedtrail-erase-crash-'));
try {
  await main(dir);
  if (failed === 0) rmSync(dir, { recursive: true });
  else console.log(`kept for a look: ${dir}`);
} catch (error) {
  console.log(`FAIL  ${error.stack}\nkept for a look: ${dir}`);
  failed += 1;
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
