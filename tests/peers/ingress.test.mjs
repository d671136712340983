// A real nginx before a real ActivityPub server: others come and fetch, signed and not, while its log is rotated and
// the sidecar killed. What nginx says it served is what the ledger says, and nothing twice.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { freePorts, startFediverse } from './lib/fediverse.mjs';
import { Sidecar } from './lib/sidecar.mjs';
import { WebServer } from './lib/web_server.mjs';

const { SIDECAR_BINARY: binary } = process.env;
const ORIGIN = 'origin.test';
const ALICE = `https://${ORIGIN}/users/alice`;

let dir;
let sidecar;
let nginx;
let world;
before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'fedtrail-ingress-'));
  const [proxyPort, apiPort, webPort] = await freePorts(3);
  const ca = join(dir, 'trusted.pem');
  world = await startFediverse({
    dir,
    origin: { host: ORIGIN, people: ['alice'] },
    recipients: [
      { host: 'follower.test', people: ['reader'] },
      { host: 'visitor.test', people: ['reader'] },
      { host: 'silent.test', people: ['reader'] },
    ],
    faces: { [ORIGIN]: webPort },
    proxy: { url: `http://127.0.0.1:${proxyPort}`, ca },
    beforeStart: async ({ ca: peersCa, ports, certificate, key }) => {
      const syslog = join(dir, 'log.sock');
      nginx = new WebServer({ dir, host: ORIGIN, port: webPort, behind: ports[ORIGIN], certificate, key, syslog });
      const more = { ingress: { access_log: nginx.log, syslog: `unix:${syslog}` } };
      sidecar = new Sidecar({ binary, dir, origin: ORIGIN, proxyPort, apiPort, extraCa: peersCa, ports, more });
      writeFileSync(ca, readFileSync(await sidecar.init(), 'utf8') + readFileSync(peersCa, 'utf8'));
      sidecar.start();
      await sidecar.ready();
      await nginx.start();
    },
  });
});
after(async () => {
  await world?.stop();
  await nginx?.stop();
  await sidecar?.stop();
  if (process.env.KEEP_DATA) console.log(`kept: ${dir}`);
  else rmSync(dir, { recursive: true, force: true });
});

const get = (host, uri, signed) => world.recipients.do(host, 'fetch', { as: 'reader', uri, signed });
const linesOf = (file) => readFileSync(file, 'utf8').split('\n').length - 1;

// Who fetched what in which second, as nginx's own log says.
function expectedOf(notes) {
  const wanted = new Map();
  for (const { second, status, method, path, agent, signature } of nginx.answered()) {
    const object = path === '/users/alice' ? ALICE : notes.find((note) => new URL(note).pathname === path);
    const key = signature.match(/keyid="([^"]+)"/i)?.[1];
    const host = key ? new URL(key).host : agent.match(/\+https:\/\/([^/)]+)/)?.[1];
    if (status !== 200 || method !== 'GET' || !object || !host) continue;
    const entry = wanted.get(host) ?? { channels: new Set(), fetches: new Set(), objects: new Set() };
    entry.channels.add(key ? 'signed_pull' : 'anonymous_pull');
    entry.fetches.add(`${second} ${object} ${Boolean(key)}`);
    entry.objects.add(object);
    wanted.set(host, entry);
  }
  return wanted;
}

async function eventually(check) {
  const end = Date.now() + 120_000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

test('what nginx served is what the ledger says, through rotation and kill -9', { skip: !binary }, async () => {
  assert.equal((await world.recipients.do('follower.test', 'follow', { as: 'reader', whom: ALICE })).error, null);
  const notes = [];
  for (const text of ['one', 'two', 'three']) {
    const sent = await world.origin.do(ORIGIN, 'note', { as: 'alice', text });
    assert.equal(sent.error, null);
    notes.push(sent.object);
  }
  const [one, two, three] = notes;
  await get('visitor.test', one, true);
  await get('silent.test', one, false);
  await get('visitor.test', ALICE, true);
  await sidecar.stop('SIGKILL');
  await get('visitor.test', two, true);
  renameSync(nginx.log, `${nginx.log}.1`);
  await get('silent.test', two, false); // still into the renamed one
  nginx.reopen();
  await eventually(() => linesOf(nginx.log));
  await get('visitor.test', three, true);
  sidecar.start();
  await sidecar.ready();
  await get('silent.test', three, false);
  await get('silent.test', `https://${ORIGIN}/notes/404`, false);

  // nginx writes down what it served after it did.
  const wanted = await eventually(() => {
    assert.ok(nginx.answered().some(({ path }) => path === '/notes/404'));
    const all = expectedOf(notes);
    assert.deepEqual(['visitor.test', 'silent.test'].map((host) => all.get(host)?.objects.size), [4, 3]);
    return all;
  });
  assert.deepEqual([...wanted.keys()].filter((host) => host !== 'follower.test').sort(), ['silent.test', 'visitor.test']);
  for (const [host, { channels, fetches, objects }] of wanted) {
    if (host === 'follower.test') continue; // it was sent the same things
    await eventually(async () => {
      const { recipients } = await sidecar.report(ALICE);
      const found = recipients.find((one) => one.host === host);
      assert.ok(found, `${host} is in the report`);
      assert.equal(found.evidence, 'fetched');
      assert.deepEqual(new Set(found.channels), channels);
      assert.equal(found.disclosures, fetches.size);
      assert.equal(found.objects, objects.size);
    });
  }
  const metrics = await (await fetch(`http://127.0.0.1:${sidecar.apiPort}/metrics`)).text();
  assert.match(metrics, /^fedtrail_ingress_rejected_total 0$/m);
  assert.match(metrics, /^fedtrail_ingress_gaps_total 0$/m);
  assert.doesNotMatch(metrics, /alice|visitor/);
  assert.doesNotMatch(readFileSync(sidecar.log, 'utf8'), /alice|visitor/);
});
