// Kills the sidecar with SIGKILL at random moments under load, many times, and then asks the ledger about every
// delivery and every unread connection that arrived: none may be missing.
// node crash.mjs FEDTRAIL-BINARY LEDGER-READER ROUNDS
//
// The test proves that it can fail: at its end one delivery goes around the sidecar, and must be found missing.
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';

import { freePorts, makeCertificates } from '../lib/fediverse.mjs';
import { missingFrom } from '../lib/ledger.mjs';
import { Sidecar } from '../lib/sidecar.mjs';
import { delivery, Load, post } from './load.mjs';
import { startSink } from './sink_process.mjs';
import { Tunnels } from './tunnels.mjs';

const [, , binary, reader, roundsText] = process.argv;
const rounds = Number(roundsText);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const DARK = 'dark.test:7000'; // on the bypass list: its connections are not read
const hosts = Array.from({ length: 8 }, (_, i) => `sink-${i + 1}.test`);

let passed = 0;
let failed = 0;
function expect(what, holds, detail) {
  console.log(`${holds ? 'ok  ' : 'FAIL'}  ${what}: ${detail}`);
  if (holds) passed += 1;
  else failed += 1;
}

// Most rounds are killed under load; every fifth while it starts.
async function round(n, sidecar) {
  sidecar.start();
  if (n % 5 === 4) {
    await pause(Math.random() * 60);
  } else {
    await sidecar.ready();
    await pause(50 + Math.random() * 600);
  }
  await sidecar.stop('SIGKILL');
}

async function unreadTunnels(sidecar) {
  return JSON.parse(await sidecar.mustRun('status', '--json')).ledger.unread_tunnels;
}

// Every connection of which an octet arrived is in the ledger, and one that is still open too.
async function checkTunnels(sidecar, tunnels) {
  const { received } = tunnels;
  const written = await unreadTunnels(sidecar);
  expect('unread connections arrived', enoughTunnels(tunnels), `${received} received`);
  expect('every unread connection that arrived is in the ledger', written >= received, `${written} written`);
  const open = await tunnels.open();
  const during = await unreadTunnels(sidecar);
  expect('one that is open is in the ledger already', open && during === written + 1, `${during} written`);
  open?.destroy();
}

// What the checks ask for; under load a machine may take a while for it.
const enoughTunnels = ({ received }) => received > rounds * 4;
const enoughDeliveries = (received) => received.length > rounds * 20;

async function untilEnough(sink, tunnels) {
  for (const end = Date.now() + 120_000; Date.now() < end; await pause(300)) {
    if (enoughTunnels(tunnels) && enoughDeliveries(await sink.received())) return;
  }
}

async function aroundTheSidecar(port, ca, what) {
  const socket = connect({ host: '127.0.0.1', port, servername: what.host, ca });
  await once(socket, 'secureConnect');
  await post(socket, what);
  socket.destroy();
}

async function main(dir) {
  const [proxyPort, apiPort, sinkPort] = await freePorts(3);
  const tls = makeCertificates(join(dir, 'tls'), hosts);
  const sink = await startSink(dir, tls, sinkPort);
  const ports = Object.fromEntries(hosts.map((host) => [host, sinkPort]));
  const tunnels = new Tunnels({ proxyPort, host: DARK, connections: 6 });
  ports[DARK] = await tunnels.listen();
  const more = {
    ledger: { retry_horizon: '1m', fold_interval: '1s', ballast: 0 },
    proxy: { bypass: [DARK.split(':')[0]] },
  };
  const sidecar = new Sidecar({ binary, dir, origin: 'origin.test', proxyPort, apiPort, extraCa: tls.ca, ports, more });
  const ca = readFileSync(await sidecar.init());
  const load = new Load({ proxyPort, ca, hosts, subjects: 40, fanOut: 4, connections: 16 });
  load.start();
  tunnels.start();
  try {
    for (let n = 0; n < rounds; n += 1) await round(n, sidecar);
    sidecar.start();
    await sidecar.ready();
    await pause(300);
    await untilEnough(sink, tunnels);
    await load.stop();
    await tunnels.stop();
    await checkTunnels(sidecar, tunnels);
    await sidecar.stop();

    const received = await sink.received();
    const missing = await missingFrom(reader, sidecar, received);
    console.log(`${rounds} rounds, answers ${JSON.stringify(load.answers)}, connections lost ${load.lost}`);
    expect('deliveries arrived', enoughDeliveries(received), `${received.length} received`);
    expect('every delivery that arrived is in the ledger', missing.length === 0, `${missing.length} missing`);
    const doctor = await sidecar.command('doctor');
    expect('the ledger is whole after the last kill', doctor.code === 0, `fedtrail doctor ended with ${doctor.code}`);

    const around = delivery(load.next, load.options);
    await aroundTheSidecar(sinkPort, readFileSync(tls.ca), around);
    const found = await missingFrom(reader, sidecar, await sink.received());
    const exactly = found.length === missing.length + 1 && found.some((one) => one.id === around.id);
    expect('a delivery that went around the sidecar is found missing', exactly, `${found.length} missing`);
  } finally {
    load.stopped = true;
    tunnels.stopped = true;
    await sidecar.stop('SIGKILL');
    sink.stop();
  }
}

const dir = mkdtempSync(join(tmpdir(), 'fedtrail-crash-'));
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
