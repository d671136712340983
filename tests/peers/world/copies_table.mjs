// The table "copies" of docs/erasure.md: made of what was seen in the small world, and read again by the tests.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { BEHIND, HOSTS } from './hosts.mjs';
import { THINGS } from './scenario.mjs';

export const document = join(dirname(fileURLToPath(import.meta.url)), '../../../docs/erasure.md');

const BEYOND = `${BEHIND.label} (told by it alone)`;

function markdown(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

// What is left of one person at one server, as the table says it.
export function told({ account, content, objects, rows }) {
  const hidden = objects.hidden + (account === 'hidden' ? 1 : 0);
  const more = [hidden && `${hidden} hidden`, rows > content && `${rows - content} empty`].filter(Boolean);
  return [`${THINGS - content} of ${THINGS}`, ...more].join(', ');
}

// `before` is left by the server's own deletion, by host; the rest is as runErasure() gives it.
export function copiesTable(before, { copies, states, passing }) {
  const rows = HOSTS.map(({ host, label }) => [label, told(before[host]), told(copies[host]), `\`${states[host]}\``]);
  const front = HOSTS.findIndex(({ behind }) => behind);
  if (!passing.includes(HOSTS[front].host)) throw new Error('the program does not say that the community passes on');
  const said = states[BEHIND.host] ? `\`${states[BEHIND.host]}\`` : 'not known';
  const beyond = [BEYOND, told(before[BEHIND.host]), told(copies[BEHIND.host]), said];
  rows.splice(front + 1, 0, beyond);
  const sum = (all) => HOSTS.reduce((total, { host }) => total + THINGS - all[host].content, 0);
  const last = ['**all**', `**${sum(before)} of ${HOSTS.length * THINGS}**`, `**${sum(copies)} of ${HOSTS.length * THINGS}**`, ''];
  return markdown(['server', 'gone after its own deletion', 'gone after Fedtrail', 'what Fedtrail says'], [...rows, last]);
}

export function filled(text, name, table) {
  const [first, last] = [`<!-- generated:${name} -->`, `<!-- /generated:${name} -->`];
  const [head, rest] = text.split(first);
  if (!rest?.includes(last)) throw new Error(`${document} has no place for ${name}`);
  return `${head}${first}\n${table}\n${last}${rest.split(last)[1]}`;
}

// What the document says of each host: {own, ours, said}.
export function documentedCopies() {
  const text = readFileSync(document, 'utf8').split('<!-- generated:copies -->')[1].split('<!-- /generated:copies -->')[0];
  const lines = text.split('\n').filter((line) => line.startsWith('| '));
  const rows = new Map(lines.map((line) => line.slice(2, -2).replaceAll('`', '').split(' | ')).map(([label, ...cells]) => [label, cells]));
  const all = [...HOSTS, { host: BEHIND.host, label: BEYOND }].map(({ host, label }) => [host, rows.get(label)]);
  return Object.fromEntries(all.map(([host, [own, ours, said]]) => [host, { own, ours, said }]));
}
