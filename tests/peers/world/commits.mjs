// Lets the program die at commit after commit of a small erasure, starts it again, and then asks the servers and Fedtrail: no
// message is lost, none arrives twice within the window, there is one request, the stores are whole.
//
// node commits.mjs FEDTRAIL-BINARY DIES-AT-COMMIT.so POINTS: a point is a commit, torn or unheard of (dies_at_commit.cpp), of
// the command that asks for the erasure or of the sidecar. POINTS of them, spread over the whole erasure, or "all".
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { byMessage, historiesOf, tooEarly, unwrittenOf } from './arrivals.mjs';
import { noticesOf, startErasure } from './erasure.mjs';
import { eventually, populate } from './scenario.mjs';

const [, , binary, library, pointsText] = process.argv;
const LANES = 3; // worlds beside each other: most of the time is waiting
const MOST_POINTS = 150; // somebody is made for each before they are counted
const POSTS = 2;
const WINDOW = 4_000; // longer than a restart takes, or a message sent at once would look as if it had waited
const HOW = { torn: 1n, unheard: 2n };
const NEVER = 1n << 40n;
// What must be left, and said, of a person at each: one hears of each post, one of the account, one asks the origin first.
const ENDS = {
  'snac.test': { rows: 1, state: 'unprobeable' },
  'mastodon.test': { rows: 0, state: 'verified_gone' },
  'misskey.test': { rows: 0, state: 'verified_gone' },
};
const hosts = Object.keys(ENDS);
const servers = hosts.map((host) => ({ host, software: host.split('.')[0] }));

let passed = 0;
let failed = 0;
function expect(what, holds, detail) {
  if (!holds) console.log(`FAIL  ${what}: ${detail}`);
  if (holds) passed += 1;
  else failed += 1;
}

// The three numbers that dies_at_commit.cpp shares.
class Orders {
  constructor(file) {
    this.file = file;
    this.tell(0n, 0n, 0n);
  }

  tell(dieAt, how, count) {
    closeSync(openSync(this.file, 'a')); // it is there, with what it holds
    const handle = openSync(this.file, 'r+');
    writeSync(handle, Buffer.from(BigUint64Array.of(0n, how, count).buffer), 0, 24, 0);
    writeSync(handle, Buffer.from(BigUint64Array.of(dieAt).buffer), 0, 8, 0);
    closeSync(handle);
  }

  get count() {
    return Number(readFileSync(this.file).readBigUint64LE(16));
  }

  // Whether somebody obeyed, or is about to.
  get spent() {
    return readFileSync(this.file).readBigUint64LE(0) === 0n;
  }
}

// One world with its sidecar, for some people one after the other.
class Lane {
  constructor(dir, people) {
    Object.assign(this, { dir, people });
    mkdirSync(dir);
    this.orders = new Orders(join(dir, 'orders'));
    this.dying = { LD_PRELOAD: library, DIES_AT_COMMIT: this.orders.file };
  }

  async start() {
    const erasure = { timeout: '10s', resend_window: `${WINDOW / 1000}s`, origin_quiet: '1s', look_intervals: ['1s'] };
    const { dir, people, dying: serveEnv } = this;
    Object.assign(this, await startErasure({ binary, dir, people, servers, erasure, serveEnv }));
  }

  // Whether the command lived; the sidecar may have died meanwhile.
  ask(subject) {
    const words = ['erase', subject, '--json', '--config', this.sidecar.config];
    const options = { env: { ...this.sidecar.env, ...this.dying } };
    return new Promise((resolve) => {
      execFile(binary, words, options, (error, _, said) => resolve(error ? error.signal ?? `${error.code}: ${said}` : null));
    });
  }

  async requestsOf(subject) {
    const { requests } = JSON.parse(await this.sidecar.mustRun('requests', 'list', '--all', '--subject', subject, '--json'));
    return requests;
  }

  // Starts the sidecar again if it died.
  async tend(point) {
    if (this.sidecar.running) return;
    const { code, signal } = await this.sidecar.exited;
    expect('it dies by our hand alone', signal === 'SIGKILL' && !point.died, `${point.text}: ${signal ?? code}, died before: ${point.died}`);
    point.died = 'sidecar';
    this.orders.tell(0n, 0n, 0n);
    this.sidecar.start();
    await this.sidecar.ready();
  }

  // At the end: whoever obeyed since the last look is missed now.
  async disarm(point) {
    point.count = this.orders.count;
    if (this.orders.spent && !point.died) await this.sidecar.exited;
    this.orders.tell(0n, 0n, 0n);
    await this.tend(point);
  }

  tended(point, check) {
    return eventually(async () => {
      await this.tend(point);
      return check();
    }, 30_000, 200);
  }

  // As somebody does whose command died: looks what came of it, and does what is missing.
  async asked(point, subject) {
    const ended = await this.ask(subject);
    await this.tend(point);
    if (ended === 'SIGKILL') {
      point.died = 'command';
      this.orders.tell(0n, 0n, 0n);
    } else if (ended) throw new Error(`erase ended with ${ended}`);
    const [request] = await this.requestsOf(subject);
    if (!request) expect('it is asked for again', (await this.ask(subject)) === null, point.text);
    else if (request.state === 'received') await this.sidecar.mustRun('requests', 'start', String(request.number));
  }

  async rows(actor) {
    const copies = await this.world.copies(actor);
    return Object.fromEntries(hosts.map((host) => [host, copies[host].rows]));
  }

  // One erasure to its end, with the death of `point` on its way.
  async run(name, point) {
    const { [name]: { actor, handle } } = await this.world.people();
    await populate(this.world, name, hosts, POSTS);
    this.orders.tell(point.at, HOW[point.how] ?? 0n, 0n);
    await this.asked(point, handle);
    await this.tended(point, async () => {
      const { 'misskey.test': _, ...first } = await this.rows(actor);
      assert.deepEqual(first, { 'snac.test': 1, 'mastodon.test': 0 });
    });
    await this.world.act('gone', { as: name });
    const numbers = (await this.requestsOf(handle)).map(({ number }) => number);
    expect('there is one request', numbers.length === 1, `${point.text}: ${numbers}`);
    const wanted = Object.fromEntries(Object.entries(ENDS).map(([host, { state }]) => [host, state]));
    await this.tended(point, async () => {
      const notices = await noticesOf(this.sidecar, numbers[0]);
      assert.deepEqual(Object.fromEntries(hosts.map((host) => [host, notices[host]?.state])), wanted);
      assert.ok(hosts.every((host) => notices[host].next_at === null && notices[host].next_look_at === null));
    });
    await this.disarm(point);
    await this.check(point, actor, numbers[0]);
  }

  async check(point, actor, number) {
    const none = (what, list) => expect(what, list.length === 0, `${point.text}: ${list.join(', ')}`);
    const histories = await historiesOf(this.sidecar, number, hosts);
    const arrivals = byMessage((await this.world.posts()).filter(({ actor: by }) => by === actor));
    const twice = [...arrivals].filter(([, times]) => times.length > 1);
    point.again = twice.length;
    none('no message arrives twice within the window', tooEarly({ number, histories }, twice, WINDOW));
    none('what arrived was written down before', unwrittenOf({ number, histories }, arrivals));
    expect('a death repeats at most one message a server', twice.every(([, times]) => times.length === 2) && twice.length <= hosts.length, point.text);
    const rows = await this.rows(actor);
    none('no message is lost', hosts.filter((host) => rows[host] !== ENDS[host].rows).map((host) => `${host} keeps ${rows[host]}`));
    const doctor = await this.sidecar.command('doctor');
    expect('the stores are whole', doctor.code === 0, `${point.text}: ${doctor.stdout}`);
  }
}

const named = (at, how) => ({ at: BigInt(at), how, text: `commit ${at}, ${how}` });

function pointsOf(count) {
  if (pointsText === 'all') return Array.from({ length: count }, (_, i) => Object.keys(HOW).map((how) => named(i + 1, how))).flat();
  const points = Math.min(Number(pointsText), count);
  return Array.from({ length: points }, (_, i) => named(1 + Math.floor((i * count) / points), Object.keys(HOW)[i % 2]));
}

async function main(dir) {
  const each = pointsText === 'all' ? MOST_POINTS / LANES : Math.ceil(Number(pointsText) / LANES) + 1;
  const people = Array.from({ length: each + 1 }, (_, i) => `person${i}`);
  const lanes = Array.from({ length: LANES }, (_, i) => new Lane(join(dir, `lane${i}`), people));
  try {
    await Promise.all(lanes.map((lane) => lane.start()));
    const whole = { at: NEVER, text: 'the one that lives' };
    await lanes[0].run('person0', whole);
    const points = pointsOf(whole.count);
    console.log(`${whole.count} commits from the command to the last look; ${points.length} deaths among them`);
    const left = [...points];
    const ends = await Promise.allSettled(lanes.map(async (lane) => {
      for (const name of people.slice(1)) {
        const point = left.shift();
        if (!point) return;
        await lane.run(name, point);
        console.log(`${point.text}: ${point.died ? `the ${point.died} died` : 'outlived'}, ${point.again} arrived again`);
      }
    }));
    // All have ended: whoever went on would start its sidecar again while that is stopped.
    for (const { reason } of ends) if (reason) throw reason;
    expect('every point had its turn', left.length === 0, `${left.length} had none`);
    const dead = points.filter(({ died }) => died);
    expect('the command died', dead.some(({ died }) => died === 'command'), 'at no point');
    // Two erasures differ by some commits, so the last points may not be reached.
    expect('the program died at most points', dead.length >= points.length * 0.7, `at ${dead.length} of ${points.length}`);
  } finally {
    await Promise.all(lanes.map((lane) => lane.stop?.()));
  }
}

const dir = mkdtempSync(join(tmpdir(), 'fedtrail-commits-'));
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
