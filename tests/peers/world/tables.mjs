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
import { BEHIND, HOSTS, SERVERS } from './hosts.mjs';
import { ownDeletion, populate, THINGS, turnBad } from './scenario.mjs';
import { startWorld } from './start.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const document = join(root, 'docs/erasure.md');

function markdown(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

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

function told({ account, content, objects, rows }) {
  const hidden = objects.hidden + (account === 'hidden' ? 1 : 0);
  const more = [hidden && `${hidden} hidden`, rows > content && `${rows - content} empty`].filter(Boolean);
  return [`${THINGS - content} of ${THINGS}`, ...more].join(', ');
}

export function copiesTable(before, { copies, states, passing }) {
  const rows = HOSTS.map(({ host, label, software }) => [label ?? software, told(before[host]), told(copies[host]), `\`${states[host]}\``]);
  const front = HOSTS.findIndex(({ behind }) => behind);
  if (!passing.includes(HOSTS[front].host)) throw new Error('the program does not say that the community passes on');
  const said = states[BEHIND.host] ? `\`${states[BEHIND.host]}\`` : 'not known';
  const beyond = [`${BEHIND.label} (told by it alone)`, told(before[BEHIND.host]), told(copies[BEHIND.host]), said];
  rows.splice(front + 1, 0, beyond);
  const sum = (all) => HOSTS.reduce((total, { host }) => total + THINGS - all[host].content, 0);
  const last = ['**all**', `**${sum(before)} of ${HOSTS.length * THINGS}**`, `**${sum(copies)} of ${HOSTS.length * THINGS}**`, ''];
  return markdown(['server', 'gone after its own deletion', 'gone after Fedtrail', 'what Fedtrail says'], [...rows, last]);
}

function filled(text, name, table) {
  const [first, last] = [`<!-- generated:${name} -->`, `<!-- /generated:${name} -->`];
  const [head, rest] = text.split(first);
  if (!rest?.includes(last)) throw new Error(`${document} has no place for ${name}`);
  return `${head}${first}\n${table}\n${last}${rest.split(last)[1]}`;
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
