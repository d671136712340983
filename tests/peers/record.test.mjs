// An origin's deliveries run through the sidecar to real ActivityPub servers; afterwards the ledger must say what
// those servers say they got: the same people, objects, servers, kinds of data and certainty, and nothing else.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { assertAgrees, Expected } from './lib/expected.mjs';
import { freePorts, startFediverse } from './lib/fediverse.mjs';
import { holdersOf, missingFrom } from './lib/ledger.mjs';
import { Sidecar } from './lib/sidecar.mjs';

const { SIDECAR_BINARY: binary, LEDGER_READER: reader } = process.env;
const PEERS = ['peer-a.test', 'peer-b.test', 'peer-c.test', 'peer-d.test'];
const TUNNEL = 'peer-tunnel.test'; // on the bypass list: its connections are not read
const ALICE = 'https://origin.test/users/alice';
const BOB = 'https://origin.test/users/bob';
const expected = new Expected();

let dir;
let sidecar;
let world;
before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'fedtrail-record-'));
  const [proxyPort, apiPort] = await freePorts(2);
  const ca = join(dir, 'trusted.pem');
  world = await startFediverse({
    dir,
    origin: { host: 'origin.test', people: ['alice', 'bob'] },
    recipients: [
      { host: 'peer-a.test', people: ['reader', 'writer'] },
      { host: 'peer-b.test', people: ['reader'], sharedInbox: false },
      { host: 'peer-c.test', people: ['reader'] },
      { host: 'peer-d.test', people: ['reader'] },
      { host: TUNNEL, people: ['reader'] },
    ],
    proxy: { url: `http://127.0.0.1:${proxyPort}`, ca },
    // The origin trusts Fedtrail's authority, and the peers' own for the one that is not intercepted.
    beforeStart: async ({ ca: peersCa, ports }) => {
      const more = { proxy: { bypass: [TUNNEL] } };
      sidecar = new Sidecar({ binary, dir, origin: 'origin.test', proxyPort, apiPort, extraCa: peersCa, ports, more });
      writeFileSync(ca, readFileSync(await sidecar.init(), 'utf8') + readFileSync(peersCa, 'utf8'));
      sidecar.start();
      await sidecar.ready();
    },
  });
});
after(async () => {
  await world?.stop();
  await sidecar?.stop();
  if (process.env.KEEP_DATA) console.log(`kept: ${dir}`);
  else rmSync(dir, { recursive: true, force: true });
});

const act = (action, what) => world.origin.do('origin.test', action, what);
const readable = (deliveries) => deliveries.filter(({ host }) => host !== TUNNEL);

function remember({ deliveries, activity }, shares, modes) {
  const people = shares.map(([subject, object, ...categories]) => {
    return { subject, object: object ?? activity, categories: ['handle', ...categories] };
  });
  expected.add({ activity, deliveries: readable(deliveries), shares: people, modes });
}

// The answer of a delivery is written down after it was given: wait for it, but not for ever.
async function eventually(check) {
  const end = Date.now() + 60_000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function ledgerAgrees() {
  for (const [subject, handle] of [[ALICE, 'alice@origin.test'], [BOB, 'bob@origin.test']]) {
    const wanted = expected.recipientsOf(subject);
    if (wanted.length === 0) continue;
    await eventually(async () => {
      assertAgrees(await sidecar.report(subject), wanted);
      assertAgrees(await sidecar.report(handle), wanted);
    });
  }
}

test('the Accepts of four followers are in the ledger', async () => {
  for (const host of [...PEERS, TUNNEL]) {
    const follow = await world.recipients.do(host, 'follow', { as: 'reader', whom: ALICE });
    assert.equal(follow.error, null);
  }
  const sent = await world.origin.get('/sent');
  assert.deepEqual(sent.map((one) => one.type), ['Accept', 'Accept', 'Accept', 'Accept', 'Accept']);
  for (const one of sent) remember({ deliveries: [one], activity: one.id }, [[ALICE, null, 'follow_relation']]);
  await ledgerAgrees();
});

let note;
test('a public post with a picture is text and media at every follower', async () => {
  note = await act('note', { as: 'alice', text: 'hello', image: 'https://origin.test/media/1.png' });
  assert.equal(note.deliveries.length, 5);
  remember(note, [[ALICE, note.object, 'post_text', 'media']]);
  await ledgerAgrees();
});

test('an edit is another disclosure of the same object', async () => {
  remember(await act('edit', { as: 'alice', note: note.object, text: 'hello again' }), [[ALICE, note.object, 'post_text', 'media']]);
  await ledgerAgrees();
});

test('a mentioned neighbour has their handle disclosed with somebody else\'s post', async () => {
  const sent = await act('note', { as: 'alice', text: 'with bob', mention: [BOB] });
  const out = sent.deliveries.filter((delivery) => delivery.host !== 'origin.test');
  assert.equal(out.length, 5);
  remember({ ...sent, deliveries: out }, [[ALICE, sent.object, 'post_text'], [BOB, null]]);
  await ledgerAgrees();
});

test('a profile change is profile and media', async () => {
  const sent = await act('profile', { as: 'alice', name: 'Alice A.', image: 'https://origin.test/media/a.png' });
  remember(sent, [[ALICE, ALICE, 'profile', 'media']]);
  await ledgerAgrees();
});

test('a direct message goes to its one server as a direct message', async () => {
  const sent = await act('note', { as: 'bob', text: 'psst', to: 'direct', mention: [world.actor('peer-c.test', 'reader')] });
  assert.deepEqual(sent.deliveries.map(({ host }) => host), ['peer-c.test']);
  remember(sent, [[BOB, sent.object, 'direct_message']]);
  await ledgerAgrees();
});

test('a post to followers only, and one that mentions a stranger\'s server', async () => {
  const quiet = await act('note', { as: 'alice', text: 'between us', to: 'followers' });
  remember(quiet, [[ALICE, quiet.object, 'post_text']]);
  const mention = [world.actor('peer-a.test', 'writer')];
  const loud = await act('note', { as: 'bob', text: 'hello writer', mention });
  assert.deepEqual(loud.deliveries.map(({ host }) => host), ['peer-a.test']);
  remember(loud, [[BOB, loud.object, 'post_text']]);
  await ledgerAgrees();
});

test('a Like, an Announce and a Follow of others\' things are the person\'s own activities', async () => {
  const author = world.actor('peer-a.test', 'writer');
  const theirs = await world.recipients.do('peer-a.test', 'note', { as: 'writer', text: 'mine' });
  remember(await act('like', { as: 'alice', note: theirs.object, author }), [[ALICE, null, 'reaction']]);
  remember(await act('announce', { as: 'alice', note: theirs.object, author }), [[ALICE, null, 'boost']]);
  const follow = await act('follow', { as: 'bob', whom: author });
  remember(follow, [[BOB, null, 'follow_relation']]);
  await ledgerAgrees();
});

test('an answer of 404 or 500, a late one, and a connection closed after the body count as received', async () => {
  const modes = {
    'peer-a.test': { name: 'status', status: 404 },
    'peer-b.test': { name: 'status', status: 500 },
    'peer-c.test': { name: 'slow', ms: 400 },
    'peer-d.test': { name: 'close_late' },
  };
  for (const host of PEERS) await world.recipients.mode(host, modes[host]);
  const sent = await act('note', { as: 'alice', text: 'who hears me' });
  remember(sent, [[ALICE, sent.object, 'post_text']]);
  await ledgerAgrees();
  const object = { actor: ALICE, object: sent.object };
  await eventually(async () => {
    const holders = [...(await holdersOf(reader, sidecar, [object])).values()][0];
    assert.deepEqual(Object.fromEntries(holders), {
      'peer-a.test': 'sent',
      'peer-b.test': 'sent',
      'peer-c.test': 'accepted',
      'peer-d.test': 'sent',
    });
  });
});

test('a server that cannot be reached got nothing', async () => {
  for (const host of PEERS) await world.recipients.mode(host, { name: 'accept' });
  await world.recipients.mode('peer-d.test', { name: 'refuse' });
  const sent = await act('note', { as: 'alice', text: 'is anybody there' });
  remember(sent, [[ALICE, sent.object, 'post_text']], { 'peer-d.test': 'refuse' });
  await world.recipients.mode('peer-d.test', { name: 'accept' });
  await ledgerAgrees();
});

test('what a transfer rule keeps from a server does not reach it, and the origin is told which rule it was', async () => {
  const rulesAre = async (list) => {
    writeFileSync(join(sidecar.dataDir, 'transfer-rules.json'), JSON.stringify({ format: 'fedtrail/transfer-rules/1', rules: list }));
    await eventually(async () => {
      assert.equal(JSON.parse(await sidecar.mustRun('status', '--json')).rules.in_force, list.length);
    });
  };
  await rulesAre([{ name: 'not-to-d', effect: 'block', recipient: { hosts: ['peer-d.test'] }, why: 'A test.' }]);
  const sent = await act('note', { as: 'alice', text: 'not for all' });
  const kept = sent.deliveries.filter(({ host }) => host === 'peer-d.test');
  // Fedify knocks twice: with another kind of signature after the first 403.
  assert.ok(kept.length > 0 && kept.every(({ status }) => status === 403), JSON.stringify(kept));
  remember({ ...sent, deliveries: sent.deliveries.filter(({ host }) => host !== 'peer-d.test') }, [[ALICE, sent.object, 'post_text']]);
  await ledgerAgrees();
  const accepted = await world.recipients.get('/accepted');
  assert.deepEqual(accepted.filter(({ host, id }) => host === 'peer-d.test' && id === sent.activity), []);
  await eventually(async () => {
    const status = JSON.parse(await sidecar.mustRun('status', '--json'));
    assert.equal(status.rules.prevented, kept.length);
    // In the ledger, two knocks within one second are one.
    const { prevented } = JSON.parse(await sidecar.mustRun('subjects', 'show', ALICE, '--json'));
    assert.ok(prevented >= 1 && prevented <= kept.length, `${prevented} of ${kept.length}`);
  });
  await rulesAre([]);
});

test('a Delete of a post and of the account is recorded as deletion', async () => {
  remember(await act('delete', { as: 'alice', note: note.object }), [[ALICE, note.object, 'deletion']]);
  remember(await act('leave', { as: 'alice' }), [[ALICE, ALICE, 'deletion']]);
  await ledgerAgrees();
});

test('every byte arrived as it was sent', async () => {
  const sent = (await world.origin.get('/sent')).filter(({ host }) => host !== 'origin.test');
  const accepted = (await world.recipients.get('/accepted')).filter(({ actor }) => new URL(actor).host === 'origin.test');
  const line = ({ host, id, sha256 }) => `${host} ${id} ${sha256}`;
  const out = sent.filter(({ status }) => status >= 200 && status < 300);
  assert.ok(accepted.length > 40, `${accepted.length} accepted`);
  assert.deepEqual(accepted.map(line).sort(), out.map(line).sort());
});

test('every object is held, in the ledger, by exactly the servers that got it', async () => {
  const wanted = expected.holders();
  const things = [...wanted.keys()].map((key) => ({ actor: key.split('\t')[0], object: key.split('\t')[1] }));
  const plain = (map) => Object.fromEntries([...map].map(([key, hosts]) => [key, Object.fromEntries([...hosts].sort())]));
  await eventually(async () => assert.deepEqual(plain(await holdersOf(reader, sidecar, things)), plain(wanted)));
});

test('an unknown person is exit code 3 and a sentence', async () => {
  const { code, stderr } = await sidecar.command('report', 'nobody@origin.test');
  assert.equal(code, 3);
  assert.match(stderr, /\S+ \S+/);
});

test('a restart keeps everything, and a delivery that went around the sidecar is seen to be missing', async () => {
  await sidecar.stop();
  sidecar.start();
  await sidecar.ready();
  await ledgerAgrees();
  const around = { actor: ALICE, object: `${ALICE}/never-sent`, host: 'peer-a.test' };
  const known = { actor: ALICE, object: note.object, host: 'peer-a.test' };
  assert.deepEqual(await missingFrom(reader, sidecar, [known, around]), [around]);
});

test('connections that could not be read are named as such once they end', async () => {
  await world.stop();
  world = null;
  await eventually(async () => {
    const report = await sidecar.report(ALICE);
    const unread = report.not_established.find(({ code }) => code === 'unread_connections');
    assert.ok(unread, JSON.stringify(report.not_established.map(({ code }) => code)));
    assert.ok(!report.recipients.some(({ host }) => host === TUNNEL));
  });
});
