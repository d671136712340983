// Software that ignores every proxy setting: the firewall's redirection (nftables, as docs/proxy.md shows it) in a
// network namespace of its own.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const rules = 'add table inet t; add chain inet t o { type nat hook output priority -100; }';
const possible = spawnSync('unshare', ['--net', 'sh', '-c', `ip link set lo up && nft '${rules}'`]).status === 0;
const skip = possible ? false : 'a network namespace with nftables needs root and the programs ip and nft';

let dir;
let seen;
before(() => {
  if (skip) return;
  dir = mkdtempSync(join(tmpdir(), 'fedtrail-redirected-'));
  // Where another user may read it.
  const open = mkdtempSync('/tmp/fedtrail-client-');
  execFileSync('chmod', ['755', open]);
  copyFileSync(join(here, 'redirected/client.mjs'), join(open, 'client.mjs'));
  const scene = [process.execPath, join(here, 'redirected/scene.mjs'), dir, join(open, 'client.mjs')];
  try {
    const lines = execFileSync('unshare', ['--net', ...scene], { encoding: 'utf8', timeout: 240_000 });
    seen = JSON.parse(lines.trim().split('\n').at(-1));
  } finally {
    rmSync(open, { recursive: true });
  }
});
after(() => dir && rmSync(dir, { recursive: true, force: true }));

test('a redirected delivery is read, recorded and passed on to the host it names', { skip }, () => {
  assert.equal(seen.read.status, 202);
  assert.match(seen.read.issuer, /^Fedtrail/);
  assert.deepEqual(seen.received.map(({ path, host }) => ({ path, host }))[0], { path: '/inbox/read', host: 'far.test' });
  assert.deepEqual(seen.holders, [['far.test', 'accepted']]);
});

test('a redirected connection that names no host goes to where it was going, unread and counted', { skip }, () => {
  assert.equal(seen.unread.status, 202);
  assert.equal(seen.unread.issuer, 'Fedtrail test peers');
  assert.equal(seen.received.length, 2);
  const far = seen.recipients.recipients.find(({ host }) => host === '203.0.113.9');
  assert.equal(far.unread_tunnels, 1);
});

test('a connection over IPv6, which the listener cannot take, is refused and does not leave unseen', { skip }, () => {
  assert.equal(seen.direct6, 'ECONNREFUSED');
});
