// The log of the real program, checked by golang.org/x/mod/sumdb; and refused by it with anything broken.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

import { LOG, makeScene, said, sizeOf, urlOf, WITNESS } from './scene.mjs';

const { SIDECAR_BINARY: binary, LOG_VERIFIER: verifier } = process.env;
const run = promisify(execFile);
const FULL = 256;

let dir;
let scene;
let mirror; // what the verifier read of the log, as files
let good; // what it said then
before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'fedtrail-log-'));
  scene = await makeScene(binary, dir);
  mirror = join(dir, 'mirror');
});
after(async () => {
  await scene?.stop();
  if (process.env.KEEP_DATA) console.log(`kept: ${dir}`);
  else rmSync(dir, { recursive: true, force: true });
});

let notes = 0;
function kept(note) {
  notes += 1;
  const file = join(dir, `note-${notes}`);
  writeFileSync(file, note);
  return file;
}

// Gives {code, verdict, stderr}.
async function verify(place, { key = scene.key, witnesses = [scene.witnessKey], older = [], keep } = {}) {
  const options = [
    ...witnesses.flatMap((witness) => ['-witness', witness]),
    ...older.flatMap((note) => ['-older', kept(note)]),
    ...(keep ? ['-keep', keep] : []),
  ];
  try {
    const { stdout } = await run(verifier, [...options, place, key]);
    return { code: 0, verdict: JSON.parse(stdout), stderr: '' };
  } catch (error) {
    if (typeof error.code !== 'number') throw error;
    return { code: error.code, verdict: null, stderr: error.stderr };
  }
}

async function assertGood(place, options) {
  const { code, verdict, stderr } = await verify(place, options);
  assert.equal(stderr, '');
  assert.equal(code, 0);
  return verdict;
}

async function assertRefused(what, why, options) {
  const { code, stderr } = await verify(mirror, options);
  assert.equal(code, 1, `${what}: ended with ${code}: ${stderr}`);
  assert.match(stderr, why, what);
}

// With one file of the mirror changed; afterwards it is as it was.
async function assertBroken(what, file, octets, why, options) {
  const path = join(mirror, file);
  const whole = readFileSync(path);
  assert.notDeepEqual(octets, whole, `${what} of ${file} changes nothing`);
  try {
    writeFileSync(path, octets);
    await assertRefused(`${what} of ${file}`, why, options);
  } finally {
    writeFileSync(path, whole);
  }
}

const flipped = (octets, at) => octets.map((octet, i) => (i === at ? octet ^ 1 : octet));

// {text, lines}: a note's text, and the lines of its signatures.
function partsOf(note) {
  const gap = note.lastIndexOf('\n\n');
  return { text: note.slice(0, gap + 1), lines: note.slice(gap + 2).trimEnd().split('\n') };
}
const noteOf = ({ text, lines }) => `${text}\n${lines.map((line) => `${line}\n`).join('')}`;
const checkpoint = () => readFileSync(join(mirror, 'checkpoint'), 'utf8');
const lineOf = (lines, name) => lines.findIndex((line) => line.startsWith(`\u2014 ${name} `));

test('the log is good: every entry included, cosigned, and the continuation of whatever it showed before', async () => {
  const older = scene.older;
  assert.ok(older.length > 2 && sizeOf(older[0]) < FULL, 'checkpoints from before the first full tile');
  good = await assertGood(urlOf(scene.log), { older, keep: mirror });
  const now = await said(scene.log);
  assert.equal(good.size, now.size);
  assert.equal(Buffer.from(good.root, 'base64').toString('hex'), now.root);
  assert.equal(good.origin, LOG);
  assert.equal(good.entries, good.size);
  assert.deepEqual(good.older, older.map(sizeOf));
  const age = Date.now() - Date.parse(good.witnesses[WITNESS]);
  assert.ok(age > -1_000 && age < 300_000, `cosigned at ${good.witnesses[WITNESS]}`);
});

test('two full tiles, the rest and the tile above them were read', () => {
  const rest = good.size - 2 * FULL;
  assert.ok(rest > 0 && rest < FULL, `${good.size} leaves`);
  const wanted = ['tile/0', 'tile/entries'].flatMap((level) => [`${level}/000`, `${level}/001`, `${level}/002.p/${rest}`]);
  assert.deepEqual([...good.read].sort(), ['checkpoint', 'tile/1/000.p/2', ...wanted].sort());
});

test('the copy that was kept of it is as good', async () => {
  assert.deepEqual((await assertGood(mirror)).root, good.root);
});

test('what the witness remembers is of the same history', async () => {
  const id = createHash('sha256').update(LOG).digest('hex');
  const answer = await fetch(`http://127.0.0.1:${scene.witness.apiPort}/witness/${id}/checkpoint`);
  assert.equal(answer.status, 200);
  const remembered = await answer.text();
  assert.deepEqual((await assertGood(mirror, { older: [remembered] })).older, [good.size]);
});

test('a tile or a bundle with one octet changed, cut short, longer or missing is refused', async () => {
  const files = good.read.filter((name) => name !== 'checkpoint');
  assert.equal(files.length, 7);
  for (const file of files) {
    const whole = readFileSync(join(mirror, file));
    const why = file.startsWith('tile/entries/') ? /^refused: (entry \d+|tile\/entries\/\S+): / : /^refused: (entry \d+|tiles): /;
    const places = new Set([0, 1, 2, whole.length - 1]);
    for (let at = 517; at < whole.length; at += 517) places.add(at); // here and there, at another place of an entry each time
    for (const at of places) {
      await assertBroken(`octet ${at}`, file, flipped(whole, at), why);
    }
    for (const cut of [1, 32, 35, whole.length]) {
      await assertBroken(`the last ${cut} octets`, file, whole.subarray(0, whole.length - Math.min(cut, whole.length)), why);
    }
    await assertBroken('more at the end', file, Buffer.concat([whole, Buffer.alloc(1)]), why);
    const path = join(mirror, file);
    try {
      renameSync(path, `${path}.away`);
      await assertRefused(`${file} missing`, new RegExp(`^refused: .*${file}: `));
    } finally {
      renameSync(`${path}.away`, path);
    }
  }
});

test('entries in another order are refused, at the first that is in the wrong place', async () => {
  const file = 'tile/entries/001';
  const whole = readFileSync(join(mirror, file));
  const at = (n) => whole.subarray(35 * n, 35 * (n + 1));
  const other = Buffer.concat([at(0), at(2), at(1), whole.subarray(35 * 3)]);
  await assertBroken('another order', file, other, new RegExp(`^refused: entry ${FULL + 1}: `));
});

test('a checkpoint with any octet of its text changed is refused', async () => {
  const octets = Buffer.from(checkpoint());
  const { length } = Buffer.from(partsOf(checkpoint()).text);
  assert.ok(length > 50);
  for (let at = 0; at < length; at += 1) {
    await assertBroken(`octet ${at}`, 'checkpoint', flipped(octets, at), /^refused: checkpoint: /);
  }
});

for (const [whose, name, size] of [
  ["the log's signature", LOG, 4 + 64],
  ["the witness's cosignature", WITNESS, 4 + 8 + 64],
]) {
  test(`${whose} with any octet changed is refused`, async () => {
    const { text, lines } = partsOf(checkpoint());
    const mine = lineOf(lines, name);
    const [dash, , base64] = lines[mine].split(' ');
    const octets = Buffer.from(base64, 'base64');
    assert.equal(octets.length, size);
    for (let at = 0; at < size; at += 1) {
      const line = `${dash} ${name} ${Buffer.from(flipped(octets, at)).toString('base64')}`;
      const note = noteOf({ text, lines: lines.with(mine, line) });
      await assertBroken(`octet ${at} of ${whose}`, 'checkpoint', Buffer.from(note), /^refused: checkpoint: /);
    }
  });

  test(`a checkpoint without ${whose} is refused`, async () => {
    const { text, lines } = partsOf(checkpoint());
    const note = noteOf({ text, lines: lines.filter((line) => !line.startsWith(`\u2014 ${name} `)) });
    await assertBroken(`no line of ${name}`, 'checkpoint', Buffer.from(note), new RegExp(`^refused: checkpoint: ${name} has not`));
  });
}

test('a cosignature of an earlier checkpoint does not hold for this one', async () => {
  const { text, lines } = partsOf(checkpoint());
  const earlier = partsOf(scene.cosigned).lines;
  const line = earlier[lineOf(earlier, WITNESS)];
  assert.ok(line);
  const note = noteOf({ text, lines: lines.with(lineOf(lines, WITNESS), line) });
  await assertBroken('the cosignature', 'checkpoint', Buffer.from(note), /invalid signature for key witness\.test/);
});

// A verifier key that nobody signs with.
function newKey(name, kind) {
  const { x } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
  const octets = Buffer.concat([Buffer.from([kind]), Buffer.from(x, 'base64url')]);
  const id = createHash('sha256').update(`${name}\n`).update(octets).digest('hex').slice(0, 8);
  return `${name}+${id}+${octets.toString('base64')}`;
}

test('who has not signed is not believed to have, whatever their name', async () => {
  const has = (name) => new RegExp(`^refused: checkpoint: ${name} has not signed it`);
  for (const name of [LOG, 'other.test']) await assertRefused(`a log ${name}`, has(name), { key: newKey(name, 1) });
  for (const name of [WITNESS, 'other.test']) {
    await assertRefused(`a witness ${name}`, has(name), { witnesses: [scene.witnessKey, newKey(name, 4)] });
  }
  assert.equal((await verify(mirror, { key: scene.witnessKey })).code, 2, 'the key of a witness is none of a log');
  assert.equal((await verify(mirror, { witnesses: [scene.key] })).code, 2, 'the key of a log is none of a witness');
});

// The line with which the log's own key signs a text.
function signedByLog(text) {
  const [name, seed] = readFileSync(join(scene.log.dataDir, 'log.key'), 'utf8').split('\n');
  const der = Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex'); // RFC 8410
  const signature = sign(null, Buffer.from(text), createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
  const id = Buffer.from(scene.key.split('+')[1], 'hex');
  return `\u2014 ${name} ${Buffer.concat([id, signature]).toString('base64')}`;
}

test('what the log signs is refused as well, if its tiles do not make it', async () => {
  const { text, lines } = partsOf(checkpoint());
  const [origin, size, root] = text.split('\n');
  assert.equal(signedByLog(text), lines[lineOf(lines, LOG)], 'signed as the program signs');
  const other = Buffer.from(flipped(Buffer.from(root, 'base64'), 0)).toString('base64');
  for (const [what, lie, why] of [
    ['another root', [origin, size, other], /^refused: tiles: /],
    ['a leaf more', [origin, Number(size) + 1, root], /^refused: tiles: /],
    ['no leaf', [origin, 0, root], /^refused: checkpoint: it has no leaf/],
    ['another log', ['elsewhere.test', size, root], /^refused: checkpoint: it is of "elsewhere\.test"/],
  ]) {
    const told = `${lie.join('\n')}\n`;
    const note = noteOf({ text: told, lines: [signedByLog(told)] });
    await assertBroken(what, 'checkpoint', Buffer.from(note), why, { witnesses: [] });
  }
});

test('a checkpoint of another history is refused, though the log\'s own key signed it', async () => {
  assert.ok(sizeOf(scene.fork) < good.size);
  await assertRefused('a fork', /^refused: older checkpoint \S+: invalid transparency proof/, { older: [scene.fork] });
});

test('a log that went back is refused', async () => {
  const why = new RegExp(`^refused: older checkpoint \\S+: it has ${good.size} leaves, the log only `);
  await assertBroken('an earlier one', 'checkpoint', Buffer.from(scene.cosigned), why, { older: [checkpoint()] });
});

test('after all that the copy is as good as it was', async () => {
  const { root, size } = await assertGood(mirror);
  assert.deepEqual({ root, size }, { root: good.root, size: good.size });
});
