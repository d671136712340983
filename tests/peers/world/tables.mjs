// Prints, or with --write puts into docs/erasure.md, its two tables: node tables.mjs BINARY [--write]
//
// "software" comes from policies/dialects.json and probes.json; "copies" from two runs in the small world, one with the
// server's own deletion alone and one with the program.
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
const policy = (name) => JSON.parse(readFileSync(join(root, 'policies', name)));

function markdown(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

export function softwareTable() {
  const { probes } = policy('probes.json');
  const plans = {
    actor_only: 'the account',
    objects_first: 'each post, then the account',
    objects_only: 'each post; it does not understand the Delete of an account',
  };
  const forms = { plain: 'URI', typed: 'typed object', tombstone: 'Tombstone' };
  const seen = { run: 'seen', read: 'read', unverified: 'assumed' };
  const rows = policy('dialects.json').dialects.map((dialect) => {
    const { software, account, actor_forms: actor, object_forms: object, remove_data: all, asks_origin: asks } = dialect;
    const shown = [...new Set(account === 'objects_only' ? object : actor)].map((form) => forms[form]).join(', then ');
    const extra = [all && '`removeData`', asks && 'again when the origin answers 404 or 410'].filter(Boolean);
    const looked = ['account', 'object'].filter((target) => probes.some((probe) => probe.target === target && probe.software.some((name) => software.includes(name))));
    const doors = looked.map((target) => ({ account: 'account', object: 'post' })[target]).join(', ');
    const names = software.length ? software.join(', ') : 'any other';
    return [names, plans[account], [shown, ...extra].join('; '), dialect.leaves || '–', doors || 'no', seen[dialect.evidence]];
  });
  return markdown(['software', 'Deletes for', 'form', 'what stays even so', 'can be looked at', 'known from'], rows);
}

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
