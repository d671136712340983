// Deliveries that the ledger has no place for must not be taken for recorded: people at a host that the configuration
// forgot, and what names nobody.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { delivery, requestOf, sent, tunnel } from './crash/load.mjs';
import { startSink } from './crash/sink_process.mjs';
import { freePorts, makeCertificates } from './lib/fediverse.mjs';
import { Sidecar } from './lib/sidecar.mjs';

const { SIDECAR_BINARY: binary } = process.env;
const HOST = 'sink-1.test';
const WORLD = { hosts: [HOST], subjects: 1, fanOut: 1 };

let dir;
let sink;
let sidecar;
let socket;
before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'fedtrail-unnamed-'));
  const tls = makeCertificates(join(dir, 'tls'), [HOST]);
  const [sinkPort, proxyPort, apiPort] = await freePorts(3);
  sink = await startSink(dir, tls, sinkPort);
  const place = { dir: join(dir, 'sidecar'), dataDir: join(dir, 'sidecar/data'), proxyPort, apiPort };
  mkdirSync(place.dir);
  const names = { origin: 'web.origin.test', extraCa: tls.ca, ports: { [HOST]: sinkPort }, more: {} };
  sidecar = new Sidecar({ binary, ...place, ...names });
  const ca = readFileSync(await sidecar.init());
  sidecar.start();
  await sidecar.ready();
  socket = await tunnel({ proxyPort, ca, host: HOST });
});
after(async () => {
  socket?.destroy();
  sink?.stop();
  await sidecar?.stop('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

const status = async () => JSON.parse(await sidecar.mustRun('status', '--json'));

test('people at a host that no [[origin]] names: status says which, and what to write', async () => {
  for (let n = 0; n < 3; n += 1) {
    assert.equal((await sent(socket, requestOf(delivery(n, WORLD)))).status, 202);
  }
  const said = await status();
  assert.equal(said.flow.last_hour, 0);
  const wrong = said.wrong.find(({ what }) => what.includes('origin.test'));
  assert.match(wrong.what, /^3 deliveries of people at origin\.test, which no \[\[origin\]\] names/);
  assert.match(wrong.remedy, /aliases = \["origin\.test"\]/);
  assert.ok(!said.wrong.some(({ what }) => what === 'nothing was recorded yet'));
  const told = () => /people at origin\.test leave unrecorded/.test(readFileSync(sidecar.log, 'utf8'));
  for (let tries = 0; tries < 600 && !told(); tries += 1) await new Promise((go) => setTimeout(go, 100));
  assert.ok(told());
});

test('what names nobody is an unread connection', async () => {
  const before = (await status()).ledger.unread_tunnels;
  const body = '[]';
  const head = ['POST /inbox HTTP/1.1', `Host: ${HOST}`, 'Content-Type: application/activity+json'];
  const opaque = [...head, `Content-Length: ${body.length}`, '', body].join('\r\n');
  assert.ok((await sent(socket, opaque)).status >= 200);
  assert.equal((await status()).ledger.unread_tunnels, before + 1);
});
