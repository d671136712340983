// The program under test in the small world: a sidecar whose waits are seconds, the origin sending through it, and what
// its commands say of an erasure.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { freePorts } from '../lib/fediverse.mjs';
import { Sidecar } from '../lib/sidecar.mjs';
import { HOSTS, SERVERS } from './hosts.mjs';
import { eventually, populate, turnBad } from './scenario.mjs';
import { startWorld } from './start.mjs';

// Days become seconds; nothing else is other than in earnest. On a busy machine a server that behaves may take seconds to
// answer, and a test seconds to go on: neither may pass for a server that fails.
export const SHORT = {
  timeout: '8s',
  retry_first: '1s',
  retry_most: '2s',
  give_up_after: '10m',
  resend_window: '20s',
  origin_quiet: '8s',
  origin_intervals: ['1s'],
  origin_pause: '1s',
  look_intervals: ['1s', '2s', '3s', '4s'],
};

// Gives {world, sidecar, stop}. `people` are names; `erasure` changes SHORT; `more`, `policies` and `serveEnv` are as Sidecar takes
// them.
export async function startErasure({ binary, dir, people, servers = SERVERS, erasure = {}, more = {}, policies, serveEnv }) {
  const [proxyPort, apiPort] = await freePorts(2);
  const ca = join(dir, 'trusted.pem');
  let sidecar;
  const world = await startWorld({
    dir,
    origin: { host: 'origin.test', people: people.map((name) => ({ name })) },
    servers,
    proxy: { url: `http://127.0.0.1:${proxyPort}`, ca },
    beforeStart: async ({ ca: worldCa, ports, keys }) => {
      const settings = { ...more, erasure: { keys_folder: keys, contact_url: 'https://origin.test/privacy', ...SHORT, ...erasure } };
      sidecar = new Sidecar({ binary, dir, origin: 'origin.test', proxyPort, apiPort, extraCa: worldCa, ports, policies, serveEnv, more: settings });
      writeFileSync(ca, readFileSync(await sidecar.init(), 'utf8') + readFileSync(worldCa, 'utf8'));
      sidecar.start();
      await sidecar.ready();
    },
  }).catch(async (error) => {
    await sidecar?.stop();  // or its process keeps the test waiting until the time limit
    throw error;
  });
  const stop = async () => {
    await world.stop();
    await sidecar.stop();
  };
  return { world, sidecar, stop };
}

// Opens and starts an erasure; gives its number.
export async function erase(sidecar, subject, ...words) {
  return JSON.parse(await sidecar.mustRun('erase', subject, '--json', ...words)).number;
}

export async function requestOf(sidecar, number) {
  return JSON.parse(await sidecar.mustRun('requests', 'show', String(number), '--json'));
}

// {state, presence, …} of every recipient, by host.
export async function noticesOf(sidecar, number) {
  const { notices } = JSON.parse(await sidecar.mustRun('requests', 'show', String(number), '--notices', '--json'));
  return Object.fromEntries(notices.map((notice) => [notice.recipient, notice]));
}

// The same of one recipient, with everything that happened.
export async function historyOf(sidecar, number, host) {
  return JSON.parse(await sidecar.mustRun('requests', 'show', String(number), '--recipient', host, '--json'));
}

const FINAL = ['verified_gone', 'still_present', 'not_visible', 'unprobeable', 'refused', 'unreachable', 'escalated', 'disproportionate'];

// Whether nothing more is to be sent, and every look that could still say something else has been made.
export const isSettled = ({ state, next_at: next, next_look_at: look }) => next === null && (FINAL.includes(state) || look === null);

// Those that are tried to the end of all attempts, which takes minutes; days.test.mjs gets there.
export const ENDLESS = HOSTS.filter(({ bad }) => ['cut', 'hang'].includes(bad?.name)).map(({ host }) => host);

// Those that erase everything at the first message; one of them slowly.
export const PROMPT = ['fedify.test', 'mastodon.test', 'peertube.test', 'slow.test'];

// Throws while something may still change.
export function assertSettled(notices) {
  const open = Object.values(notices).filter((notice) => !ENDLESS.includes(notice.recipient) && !isSettled(notice));
  assert.deepEqual(open.map(({ recipient, state }) => `${recipient}: ${state}`), []);
}

// One erasure of everything at everybody, to its end: {copies, states} by host, and which hosts pass on (`passing`).
export async function runErasure({ binary, dir }) {
  const { world, sidecar, stop } = await startErasure({ binary, dir, people: ['alice'] });
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  try {
    const { alice } = await world.people();
    await populate(world, 'alice');
    await turnBad(world);
    const number = await erase(sidecar, alice.handle);
    await eventually(async () => {
      const copies = await world.copies(alice.actor);
      for (const host of PROMPT) assert.equal(copies[host].rows, 0, host);
    }, 120_000, 500);
    await world.act('gone', { as: 'alice' });
    await pause(3_000);
    await world.mode('down.test', { name: 'honest' });
    await eventually(async () => assertSettled(await noticesOf(sidecar, number)), 180_000, 500);
    const notices = Object.entries(await noticesOf(sidecar, number));
    const passing = notices.filter(([, notice]) => notice.passes_on).map(([host]) => host);
    const states = Object.fromEntries(notices.map(([host, { state }]) => [host, state]));
    return { copies: await world.copies(alice.actor), states, passing };
  } finally {
    await stop();
  }
}
