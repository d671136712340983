// Kills the sidecar with SIGKILL at random moments of erasures, and then asks the servers and Fedtrail: no message is
// lost, none arrives twice within the window, everything that was seen to arrive was written down before it left.
//
// node crash.mjs FEDTRAIL-BINARY ROUNDS: a round is a kill; every fifth round another person is erased.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { erase, historyOf, noticesOf, startErasure } from './erasure.mjs';
import { eventually, populate } from './scenario.mjs';

const [, , binary, roundsText] = process.argv;
const rounds = Number(roundsText);
const KILLS = 5;
const POSTS = 6;
const WINDOW = 2_000;
const SLACK = 250; // between writing an attempt down and its arrival
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const names = Array.from({ length: Math.ceil(rounds / KILLS) }, (_, i) => `person${i + 1}`);
const kinds = ['snac', 'gotosocial', 'nodebb', 'mastodon', 'peertube', 'misskey', 'wordpress'];
const servers = kinds.flatMap((software) => [1, 2].map((n) => ({ host: `${software}-${n}.test`, software })));

let passed = 0;
let failed = 0;
function expect(what, holds, detail) {
  console.log(`${holds ? 'ok  ' : 'FAIL'}  ${what}: ${detail}`);
  if (holds) passed += 1;
  else failed += 1;
}

async function kill(sidecar, ms) {
  await pause(ms);
  await sidecar.stop('SIGKILL');
  sidecar.start();
  await sidecar.ready();
}

// One erasure, killed `kills` times on its way; gives its number.
async function killedErasure({ world, sidecar }, name, kills) {
  const number = await erase(sidecar, `${name}@origin.test`);
  for (let n = 0; n < kills; n += 1) {
    if (n === kills - 1) await world.act('gone', { as: name });
    await kill(sidecar, Math.random() * (n % 2 ? 3_000 : 600));
  }
  await eventually(async () => {
    const notices = Object.values(await noticesOf(sidecar, number));
    const open = notices.filter((notice) => notice.next_at !== null || notice.messages_done < notice.messages);
    assert.deepEqual(open.map(({ recipient, state }) => `${recipient}: ${state}`), []);
  }, 60_000, 500);
  await kill(sidecar, Math.random() * 1_500); // among the looks
  return number;
}

// What the looks must say in the end.
const VERDICT = { snac: 'unprobeable', nodebb: 'still_present', gotosocial: 'unprobeable', mastodon: 'verified_gone', peertube: 'verified_gone', misskey: 'verified_gone', wordpress: 'not_visible' };
async function looked({ world, sidecar }, name, number) {
  const { [name]: person } = await world.people();
  const wrong = [];
  await eventually(async () => {
    const notices = await noticesOf(sidecar, number);
    const other = servers.filter(({ host, software }) => notices[host].state !== VERDICT[software]);
    assert.deepEqual(other.map(({ host }) => `${host}: ${notices[host].state}`), []);
  }, 60_000, 500);
  const copies = await world.copies(person.actor);
  for (const [host, { state }] of Object.entries(await noticesOf(sidecar, number))) {
    if (state === 'verified_gone' && copies[host].rows > 0) wrong.push(`${host} is said to be gone: ${JSON.stringify(copies[host])}`);
    const { look_history: looks } = await historyOf(sidecar, number, host);
    if (state === 'verified_gone' && looks.length === 0) wrong.push(`${host} is said to be gone without a look`);
  }
  return wrong;
}

function byMessage(posts) {
  const arrivals = new Map();
  for (const { host, id, type, at, status } of posts) {
    if ((type === 'Delete' || type === 'Undo') && status >= 200 && status < 300) arrivals.set(`${host} ${id}`, [...(arrivals.get(`${host} ${id}`) ?? []), at]);
  }
  return arrivals;
}

// What must be left of a person on each server that obeys.
const REST = { snac: 1, nodebb: 1, gotosocial: 1, mastodon: 0, peertube: 0, misskey: 0, wordpress: 0 };

async function main(dir) {
  const erasure = { resend_window: `${WINDOW / 1000}s`, look_intervals: ['2s', '3s', '4s'] };
  const run = await startErasure({ binary, dir, people: names, servers, erasure });
  const { world, sidecar } = run;
  try {
    const hosts = servers.map(({ host }) => host);
    for (const name of names) await populate(world, name, hosts, POSTS);
    for (const host of hosts) await world.mode(host, { name: 'slow', ms: 120 });
    const numbers = [];
    for (const [i, name] of names.entries()) numbers.push(await killedErasure(run, name, Math.min(KILLS, rounds - i * KILLS)));

    const arrivals = byMessage(await world.posts());
    const twice = [...arrivals.values()].filter((times) => times.length > 1);
    const early = twice.filter((times) => times.some((at, i) => i > 0 && at - times[i - 1] < WINDOW - SLACK));
    console.log(`${rounds + names.length} kills, ${arrivals.size} messages, ${twice.length} of them arrived twice`);
    expect('messages arrived', arrivals.size >= names.length * hosts.length, `${arrivals.size}`);
    expect('none arrived twice within the window', early.length === 0, `${early.length} did`);
    expect('a kill costs at most one repetition a server', twice.length <= rounds * hosts.length, `${twice.length} repetitions`);

    const people = await world.people();
    const left = [];
    for (const name of names) {
      const copies = await world.copies(people[name].actor);
      for (const { host, software } of servers) if (copies[host].rows !== REST[software]) left.push(`${host}: ${JSON.stringify(copies[host])}`);
    }
    expect('no message was lost: every server erased what it erases', left.length === 0, left.join(', ') || 'nothing left');

    const wrong = [];
    for (const [i, name] of names.entries()) wrong.push(...(await looked(run, name, numbers[i])));
    expect('the looks went on after the kills, and none says gone of a copy', wrong.length === 0, wrong.join(', ') || 'every verdict has its look');

    const unwritten = [];
    for (const number of numbers) unwritten.push(...(await unwrittenOf(run, number, arrivals)));
    expect('every message that arrived was written down before', unwritten.length === 0, unwritten.join(', ') || 'all were');
    const doctor = await sidecar.command('doctor');
    expect('the stores are whole after the last kill', doctor.code === 0, `fedtrail doctor ended with ${doctor.code}`);
  } finally {
    await run.stop().catch(() => sidecar.stop('SIGKILL'));
  }
}

// Hosts at which more messages of a request arrived than Fedtrail has attempts for.
async function unwrittenOf({ sidecar }, number, arrivals) {
  const missing = [];
  for (const { host } of servers) {
    const { attempt_history: attempts } = await historyOf(sidecar, number, host);
    const came = [...arrivals].filter(([key]) => key.startsWith(`${host} `) && new RegExp(`#fedtrail-[a-z]+-${number}-`).test(key));
    const total = came.reduce((sum, [, times]) => sum + times.length, 0);
    if (attempts.length < total) missing.push(`${host}: ${attempts.length} written, ${total} arrived`);
  }
  return missing;
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
