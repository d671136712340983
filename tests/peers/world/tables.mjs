// Prints, or with --write puts into docs/erasure.md, its two tables: node tables.mjs BINARY [--write]
//
// "software" is made by tools/software_table.py from policies/dialects.json and probes.json; "copies" from two runs in the small world, one with the
// server's own deletion alone and one with the program.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { runErasure } from './erasure.mjs';
import { copiesTable, document, filled } from './copies_table.mjs';
import { SERVERS } from './hosts.mjs';
import { ownDeletion, populate, turnBad } from './scenario.mjs';
import { startWorld } from './start.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');

const softwareTable = () => execFileSync('python3', [join(root, 'tools/software_table.py')], { encoding: 'utf8' }).trimEnd();

async function own(dir) {
  const world = await startWorld({ dir, origin: { host: 'origin.test', people: [{ name: 'alice' }] }, servers: SERVERS });
  try {
    await populate(world, 'alice');
    await turnBad(world);
    return await ownDeletion(world, 'alice');
  } finally {
    await world.stop();
  }
}

async function main(binary, write) {
  const dir = mkdtempSync(join(tmpdir(), 'fedtrail-tables-'));
  try {
    const before = await own(join(dir, 'own'));
    const after = await runErasure({ binary, dir: join(dir, 'fedtrail') });
    const tables = { software: softwareTable(), copies: copiesTable(before, after) };
    if (!write) Object.values(tables).forEach((table) => console.log(`${table}\n`));
    else writeFileSync(document, Object.entries(tables).reduce((text, [name, table]) => filled(text, name, table), readFileSync(document, 'utf8')));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const [, , binary, flag] = process.argv;
await main(binary, flag === '--write');
