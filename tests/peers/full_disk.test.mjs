// What the sidecar does when its ledger cannot be written: a data directory on a small file system that is full.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { delivery, post, tunnel } from './crash/load.mjs';
import { startSink } from './crash/sink_process.mjs';
import { freePorts, makeCertificates } from './lib/fediverse.mjs';
import { missingFrom } from './lib/ledger.mjs';
import { Sidecar } from './lib/sidecar.mjs';

const { SIDECAR_BINARY: binary, LEDGER_READER: reader } = process.env;
const skip = process.getuid() === 0 ? false : 'mounting a small file system needs root';
const HOST = 'sink-1.test';
const WORLD = { hosts: [HOST], subjects: 1, fanOut: 1 };

let dir;
let disk;
let tls;
let sink;
let sinkPort;
let next = 0;
before(async () => {
  if (skip) return;
  dir = mkdtempSync(join(tmpdir(), 'fedtrail-disk-'));
  disk = join(dir, 'disk');
  mkdirSync(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=32m', 'tmpfs', disk]);
  tls = makeCertificates(join(dir, 'tls'), [HOST]);
  [sinkPort] = await freePorts(1);
  sink = await startSink(dir, tls, sinkPort);
});
after(() => {
  if (skip) return;
  sink?.stop();
  execFileSync('umount', [disk]);
  rmSync(dir, { recursive: true, force: true });
});

function fillDisk() {
  const file = openSync(join(disk, 'filler'), 'a');
  for (let size = 1 << 20; size >= 1; size >>= 1) {
    const block = Buffer.alloc(size, 1);
    try {
      while (writeSync(file, block) === size);
    } catch (error) {
      if (error.code !== 'ENOSPC') throw error;
    }
  }
  closeSync(file);
}

const freeDisk = () => rmSync(join(disk, 'filler'), { force: true });

async function startSidecar(name, onLedgerFailure, ballast) {
  const [proxyPort, apiPort] = await freePorts(2);
  const more = { ledger: { ballast }, proxy: { on_ledger_failure: onLedgerFailure } };
  const place = { dir: join(dir, name), dataDir: join(disk, name), origin: 'origin.test', proxyPort, apiPort };
  const sidecar = new Sidecar({ binary, ...place, extraCa: tls.ca, ports: { [HOST]: sinkPort }, more });
  const ca = readFileSync(await sidecar.init());
  sidecar.start();
  await sidecar.ready();
  const deliver = async () => {
    const what = delivery(next++, WORLD);
    const socket = await tunnel({ proxyPort, ca, host: HOST });
    const answer = await post(socket, what);
    socket.destroy();
    return { ...answer, what };
  };
  return { sidecar, deliver };
}

const got = async ({ id }) => (await sink.received()).some((one) => one.id === id);

// Until the ledger has used up what room it still had; everything that passed before must be in it.
async function deliverUntil(deliver, status) {
  const passed = [];
  for (let n = 0; n < 2_000; n += 1) {
    fillDisk();
    const one = await deliver();
    if (one.status === status) return { one, passed };
    assert.equal(one.status, 202);
    passed.push(one.what);
  }
  assert.fail(`never answered ${status} on a full disk`);
}

for (const ballast of [0, '4MiB']) {
  test(`a full disk holds deliveries back and loses none (ballast ${ballast})`, { skip }, async () => {
    const { sidecar, deliver } = await startSidecar(`hold-${ballast}`, 'hold', ballast);
    try {
      assert.equal((await deliver()).status, 202);
      const { one, passed } = await deliverUntil(deliver, 503);
      assert.match(one.head, /^retry-after: *\d+/im);
      assert.equal(await got(one.what), false, 'nothing may reach the server unrecorded');
      freeDisk();
      const again = await deliver();
      assert.equal(again.status, 202, 'works again when there is room');
      await sidecar.stop();
      assert.deepEqual(await missingFrom(reader, sidecar, await sink.received()), []);
      assert.ok(passed.every((what) => what.id !== one.what.id));
    } finally {
      freeDisk();
      await sidecar.stop('SIGKILL');
      rmSync(join(disk, `hold-${ballast}`), { recursive: true, force: true });
      await sink.forget();
    }
  });
}

test('on_ledger_failure = "pass" lets deliveries through and records the gap', { skip }, async () => {
  const { sidecar, deliver } = await startSidecar('pass', 'pass', 0);
  try {
    assert.equal((await deliver()).status, 202);
    let unrecorded = [];
    for (let n = 0; n < 200 && unrecorded.length < 3; n += 1) {
      fillDisk();
      assert.equal((await deliver()).status, 202, 'pass means pass');
      if (n % 20 === 19) unrecorded = await missingFrom(reader, sidecar, await sink.received());
    }
    assert.ok(unrecorded.length >= 3, 'the disk was never full for the ledger');
    freeDisk();
    assert.equal((await deliver()).status, 202);
    await sidecar.stop();
    const lost = await missingFrom(reader, sidecar, await sink.received());
    const report = await sidecar.report(lost[0].actor);
    const gap = report.not_established.find(({ code }) => code === 'unrecorded_deliveries');
    assert.ok(gap, `${lost.length} passed unrecorded and the report does not say so`);
    assert.equal(gap.figures.deliveries, lost.length);
  } finally {
    freeDisk();
    await sidecar.stop('SIGKILL');
  }
});
