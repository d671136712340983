// What `tools/run --demo` shows a newcomer, to its end.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const { SIDECAR_BINARY: binary } = process.env;
const demo = fileURLToPath(new URL('demo.mjs', import.meta.url));
const OTHERS = ['birds.test', 'books.test', 'cats.test', 'hoard.test', 'mammoth.test', 'maps.test', 'photos.test', 'trains.test'];

/** The rows below the first line that begins with `heading`, up to the next empty line behind them. */
function rowsBelow(heading, said) {
  const [, rest] = said.split(heading);
  assert.ok(rest, `nothing is said of: ${heading}`);
  return rest.split('\n\n')[1].split('\n');
}

test('the demo names who got her data, and says what became of it when she left', { timeout: 180_000 }, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'fedtrail-demo-'));
  try {
    const { stdout } = await run(process.execPath, [demo, binary, join(dir, 'demo'), '--once']);
    const named = rowsBelow('Who received data of alice@garden.test', stdout).slice(2).map((row) => row.trim().split(/\s+/)[0]);
    assert.deepEqual(named.sort(), OTHERS);
    const page = readFileSync(join(dir, 'demo', 'report.html'), 'utf8');
    for (const host of OTHERS) assert.ok(page.includes(host), `the page does not name ${host}`);
    const became = stdout.slice(stdout.indexOf('What became of her copies'));
    const fate = Object.fromEntries(OTHERS.map((host) => [host, became.split('\n').find((line) => line.includes(host)) ?? '']));
    for (const host of OTHERS) assert.ok(fate[host], `nothing is said of the copies at ${host}`);
    assert.match(fate['mammoth.test'], /gone/);
    assert.doesNotMatch(fate['hoard.test'], /gone/, 'a copy that is kept is not gone');
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
