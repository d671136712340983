// The peers among themselves: they speak real ActivityPub, and refuse what is not signed properly.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { startFediverse } from './lib/fediverse.mjs';

let dir;
let world;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fedtrail-peers-'));
  world = await startFediverse({
    dir,
    origin: { host: 'origin.test', people: ['alice'] },
    recipients: [
      { host: 'peer-a.test', people: ['reader'] },
      { host: 'peer-b.test', people: ['reader'], firstKnock: 'draft-cavage-http-signatures-12' },
    ],
  });
});
after(async () => {
  await world?.stop();
  await rm(dir, { recursive: true, force: true });
});

function post(host, path, headers, body) {
  const options = { method: 'POST', path, ca: readFileSync(world.ca), servername: host, headers: { host, ...headers } };
  return new Promise((resolve, reject) => {
    request({ ...options, host: '127.0.0.1', port: world.ports[host] }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    })
      .on('error', reject)
      .end(body);
  });
}

test('a Follow across servers is verified, kept and answered with an Accept', async () => {
  const whom = world.actor('origin.test', 'alice');
  for (const host of ['peer-a.test', 'peer-b.test']) {
    const follow = await world.recipients.do(host, 'follow', { as: 'reader', whom });
    assert.equal(follow.error, null);
  }
  const followers = await world.origin.get('/followers', { server: 'origin.test', of: 'alice' });
  assert.deepEqual(followers.sort(), ['peer-a.test', 'peer-b.test'].map((host) => world.actor(host, 'reader')));
  const accepted = await world.recipients.get('/accepted');
  assert.deepEqual(accepted.map((note) => note.type), ['Accept', 'Accept']);
});

test('a post reaches every follower with the bytes that were sent', async () => {
  const note = await world.origin.do('origin.test', 'note', { as: 'alice', text: 'hello' });
  assert.equal(note.error, null);
  assert.equal(note.deliveries.length, 2);
  const accepted = (await world.recipients.get('/accepted')).filter((got) => got.id === note.activity);
  assert.equal(accepted.length, 2);
  for (const got of accepted) {
    const out = note.deliveries.find((delivery) => delivery.host === got.host);
    assert.equal(got.sha256, out.sha256);
    assert.equal(createHash('sha256').update(Buffer.from(got.body, 'base64')).digest('hex'), got.sha256);
    assert.notEqual(got.signature, 'none');
  }
});

test('an unsigned or altered activity is refused and not counted as accepted', async () => {
  const before = await world.recipients.get('/accepted');
  const genuine = JSON.parse(Buffer.from(before.at(-1).body, 'base64'));
  const { proof, signature, ...unsigned } = genuine;
  assert.ok(proof, 'the origin proves its objects, which authenticates an activity without any HTTP signature');
  const altered = { ...genuine, to: 'https://peer-a.test/nobody' };
  for (const activity of [unsigned, altered]) {
    const body = JSON.stringify(activity);
    const plain = { 'content-type': 'application/activity+json', 'content-length': Buffer.byteLength(body) };
    const digest = `SHA-256=${createHash('sha256').update(body).digest('base64')}`;
    const key = `keyId="${genuine.actor}#main-key",algorithm="rsa-sha256",headers="(request-target) host date digest"`;
    const forged = { date: new Date().toUTCString(), digest, signature: `${key},signature="${btoa('not signed')}"` };
    assert.equal(await post('peer-a.test', '/inbox', plain, body), 401);
    assert.equal(await post('peer-a.test', '/inbox', { ...plain, ...forged }, body), 401);
  }
  assert.equal((await world.recipients.get('/accepted')).length, before.length);
});

test('a server in each mode does what the mode says', async () => {
  const send = () => world.origin.do('origin.test', 'note', { as: 'alice', text: 'mode' });
  const outcome = (sent, host) => {
    const { status, error } = sent.deliveries.find((delivery) => delivery.host.startsWith(host));
    return status ?? (error ? 'failed' : null);
  };
  for (const [mode, expected] of [
    [{ name: 'status', status: 404 }, 404],
    [{ name: 'status', status: 500 }, 500],
    [{ name: 'slow', ms: 300 }, 202],
    [{ name: 'close_early' }, 'failed'],
    [{ name: 'close_late' }, 'failed'],
    [{ name: 'refuse' }, 'failed'],
    [{ name: 'accept' }, 202],
  ]) {
    await world.recipients.mode('peer-a.test', mode);
    const sent = await send();
    assert.equal(outcome(sent, 'peer-a'), expected, mode.name);
    assert.equal(outcome(sent, 'peer-b'), 202, mode.name);
  }
});
