// A log of the real program that grows beyond two full tiles, another instance that witnesses it, and a fork of it.
import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { freePorts } from '../peers/lib/fediverse.mjs';
import { Sidecar } from '../peers/lib/sidecar.mjs';

export const LOG = 'origin.test';
export const WITNESS = 'witness.test';
const OBJECTIONS = '/api/v1/subjects/alice%40origin.test/objections';
const BEFORE = 300; // leaves that the older checkpoint covers at least
const AFTER = 250; // and that come after it
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function place({ binary, dir, name, origin = LOG, dataDir, log = {}, witness = {} }) {
  const [proxyPort, apiPort] = await freePorts(2);
  const more = { ledger: { ballast: 0 }, log: { interval: '1s', ...log }, witness };
  return new Sidecar({ binary, dir: join(dir, name), dataDir, origin, proxyPort, apiPort, extraCa: '', ports: {}, more });
}

export const urlOf = (sidecar) => `http://127.0.0.1:${sidecar.apiPort}/log/`;
// What `fedtrail audit checkpoint` says.
export const said = async (sidecar) => JSON.parse(await sidecar.mustRun('audit', 'checkpoint', '--json'));
export const sizeOf = (note) => Number(note.split('\n')[1]);

// The checkpoint as it is served, as soon as `enough` says so of it.
async function served(sidecar, enough = () => true) {
  for (const end = Date.now() + 60_000; Date.now() < end; await pause(50)) {
    const answer = await fetch(`${urlOf(sidecar)}checkpoint`);
    const note = answer.ok ? await answer.text() : null;
    if (note && enough(note)) return note;
  }
  throw new Error(`no such checkpoint; see ${sidecar.log}`);
}

async function started(sidecar) {
  sidecar.start();
  await sidecar.ready();
}

// That many leaves: alice objects to a server, takes it back, objects again. Gives every checkpoint that was served
// meanwhile, the last with all of them.
async function happen(sidecar, leaves) {
  const token = readFileSync(join(sidecar.dataDir, 'local.token'), 'utf8').trim();
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ recipient: 'far.test' });
  const size = sizeOf(await served(sidecar)) + leaves;
  const notes = [];
  for (let n = 0; n < leaves; n += 1) {
    const url = `http://127.0.0.1:${sidecar.apiPort}${OBJECTIONS}${n % 2 === 0 ? '' : '/lifting'}`;
    const answer = await fetch(url, { method: 'POST', headers, body });
    assert.equal(answer.status, 200, await answer.text());
    if (n % 20 === 0) notes.push(await served(sidecar));
  }
  notes.push(await served(sidecar, (note) => sizeOf(note) >= size));
  return [...new Map(notes.map((note) => [sizeOf(note), note])).values()];
}

// Makes alice known.
async function seen(sidecar) {
  const file = join(sidecar.dir, 'seen.ndjson');
  const digest = {
    actor: `https://${LOG}/users/alice`,
    username: 'alice',
    object: `https://${LOG}/users/alice/statuses/1`,
    categories: ['handle', 'post_text'],
  };
  const outcome = { kind: 'accepted', status: 202 };
  const at = new Date().toISOString();
  writeFileSync(file, `${JSON.stringify({ at, channel: 'push', recipient: 'far.test', outcome, digest })}\n`);
  await sidecar.mustRun('import', 'ndjson', file);
}

const witnessKey = (witness) => /cosigns 1 log as (\S+)/.exec(readFileSync(witness.log, 'utf8'))[1];

const isCosigned = (note) => note.includes(`\n\u2014 ${WITNESS} `);

// `log` and `witness` run, `key` and `witnessKey` are their verifier keys; `older` are checkpoints that `log` showed, the
// smallest first; `cosigned` is an earlier one with its cosignature; `fork` is of another history, signed by the same key.
export async function makeScene(binary, dir) {
  const running = [];
  const start = async (sidecar) => {
    running.push(sidecar);
    await started(sidecar);
  };
  const stop = () => Promise.all(running.map((sidecar) => sidecar.stop()));
  try {
    const alone = await place({ binary, dir, name: 'log' });
    await alone.init();
    await seen(alone);
    await start(alone);
    await served(alone);
    const { key } = await said(alone);
    await alone.stop();

    const witness = await place({ binary, dir, name: 'witness', origin: WITNESS, witness: { logs: [key] } });
    await witness.init();
    await start(witness);
    const witnesses = [`http://127.0.0.1:${witness.apiPort}/witness ${witnessKey(witness)}`];
    const log = await place({ binary, dir, name: 'log', log: { witnesses } });
    await start(log);
    const older = await happen(log, BEFORE);
    const cosigned = await served(log, isCosigned);
    await log.stop();

    const dataDir = join(dir, 'forked');
    cpSync(log.dataDir, dataDir, { recursive: true });
    const forked = await place({ binary, dir, name: 'fork', dataDir });
    await start(forked);
    const fork = (await happen(forked, 3)).at(-1);
    await forked.stop();

    await started(log);
    older.push(...(await happen(log, AFTER)));
    await served(log, isCosigned);
    return { log, witness, key, witnessKey: witnessKey(witness), older, cosigned, fork, stop };
  } catch (error) {
    await stop();  // or their processes keep the test waiting until the time limit
    throw error;
  }
}
