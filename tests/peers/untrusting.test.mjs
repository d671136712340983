// Programs that do not trust the sidecar's authority, beside a server that does: each is served as it can be, and
// none takes another's recording away.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

import { delivery, requestOf } from './crash/load.mjs';
import { startSink } from './crash/sink_process.mjs';
import { freePorts, makeCertificates } from './lib/fediverse.mjs';
import { missingFrom } from './lib/ledger.mjs';
import { Sidecar } from './lib/sidecar.mjs';

const run = promisify(execFile);
const { SIDECAR_BINARY: binary, LEDGER_READER: reader } = process.env;
const [OPEN, OTHER, BLOCKED] = ['sink-1.test', 'sink-2.test', 'sink-3.test'];

let dir;
let sink;
let sidecar;
let programs;
let next = 0;
before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'fedtrail-untrusting-'));
  const tls = makeCertificates(join(dir, 'tls'), [OPEN, OTHER, BLOCKED]);
  const [proxyPort, apiPort, sinkPort] = await freePorts(3);
  sink = await startSink(dir, tls, sinkPort);
  const ports = Object.fromEntries([OPEN, OTHER, BLOCKED].map((host) => [host, sinkPort]));
  sidecar = new Sidecar({ binary, dir, origin: 'origin.test', proxyPort, apiPort, extraCa: tls.ca, ports });
  const ours = await sidecar.init();
  mkdirSync(sidecar.dataDir, { recursive: true });
  const rules = [{ name: 'not-there', why: 'a test', effect: 'block', recipient: { hosts: [BLOCKED] } }];
  const file = { format: 'fedtrail/transfer-rules/1', rules };
  writeFileSync(join(sidecar.dataDir, 'transfer-rules.json'), JSON.stringify(file));
  sidecar.start();
  await sidecar.ready();
  programs = {
    server: ['--cacert', ours],
    helper: ['--cacert', tls.ca], // with the server's TLS, and without its trust
    lemmy: ['--cacert', tls.ca, '--tls-max', '1.2'], // with a TLS of its own
  };
});
after(async () => {
  await sidecar?.stop('SIGKILL');
  sink?.stop();
  rmSync(dir, { recursive: true, force: true });
});

// One delivery by curl, which ends a handshake that it does not trust with an alert; 0 if it did.
async function deliver(program, host) {
  const what = delivery(next++, { hosts: [host], subjects: 3, fanOut: 1 });
  const [head, body] = requestOf(what).split('\r\n\r\n');
  const headers = head.split('\r\n').slice(1).filter((line) => !/^(host|content-length):/i.test(line));
  const words = ['-s', '-o', '/dev/null', '-w', '%{http_code}', '--http1.1', '-m', '90', '--proxy', `http://127.0.0.1:${sidecar.proxyPort}`];
  for (const line of headers) words.push('-H', line);
  try {
    const { stdout } = await run('curl', [...words, ...programs[program], '--data-binary', body, `https://${host}/inbox`]);
    return Number(stdout);
  } catch {
    return 0;
  }
}

const refusals = async () => {
  const metrics = await (await fetch(`http://127.0.0.1:${sidecar.apiPort}/metrics`)).text();
  return Number(/^fedtrail_proxy_ca_refused_total (\d+)$/m.exec(metrics)[1]);
};

// The same by one that does not trust what it sees; once the sidecar has noticed, which may be after the program ended.
async function refused(program, host) {
  const before = await refusals();
  const status = await deliver(program, host);
  for (const end = Date.now() + 10_000; Date.now() < end && (await refusals()) === before; ) await new Promise((go) => setTimeout(go, 20));
  return status;
}

const unrecorded = async () => (await missingFrom(reader, sidecar, await sink.received())).length;

test('a program that cannot trust the authority is passed on from its second connection on', async () => {
  assert.equal(await refused('lemmy', OPEN), 0);
  assert.equal(await deliver('lemmy', OPEN), 202);
  assert.equal(await unrecorded(), 1, 'it was not read');
});

test('a server that trusts it is recorded at the same host all the same', async () => {
  assert.equal(await deliver('server', OPEN), 202);
  for (let n = 0; n < 2; n += 1) assert.equal(await refused('helper', OPEN), 0);
  assert.equal(await refused('helper', OTHER), 0);
  assert.equal(await deliver('server', OPEN), 202);
  assert.equal(await deliver('server', OTHER), 202);
  assert.equal(await unrecorded(), 1);
});

test('a host that a transfer rule blocks stays blocked', async () => {
  assert.equal(await deliver('server', BLOCKED), 403);
  for (let n = 0; n < 3; n += 1) assert.equal(await refused('lemmy', BLOCKED), 0);
  assert.ok((await sink.received()).every(({ host }) => host !== BLOCKED));
});

test('the log, status and doctor say which servers and how many connections', async () => {
  const warnings = readFileSync(sidecar.log, 'utf8').split('\n').filter((line) => / warning .*does not trust/.test(line));
  assert.equal(warnings.filter((line) => line.includes(OPEN)).length, 1);
  const status = JSON.parse(await sidecar.mustRun('status', '--json'));
  assert.deepEqual(status.untrusted.most, [{ host: OPEN, connections: 1 }]);
  assert.ok(status.wrong.some(({ what }) => what.includes(`${OPEN} (1)`)));
  assert.equal(status.ledger.unread_tunnels, 1);
  const metrics = await (await fetch(`http://127.0.0.1:${sidecar.apiPort}/metrics`)).text();
  assert.match(metrics, /^fedtrail_proxy_untrusted_tunnels_total 1$/m);
  assert.doesNotMatch(metrics, /sink-\d/);
  const { stdout } = await sidecar.command('doctor', '--json');
  const clients = JSON.parse(stdout).checks.find(({ name }) => name === 'clients');
  assert.equal(clients.verdict, 'warn');
  assert.ok(clients.finding.includes(OPEN));
});
