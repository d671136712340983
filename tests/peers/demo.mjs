// The main job in a minute, on real traffic: node demo.mjs FEDTRAIL-BINARY DIR [--once]
//
// Starts the sidecar, a server garden.test whose way out leads through it, and others that follow alice there: five
// real ones, and three small ones that behave as Mastodon and Pixelfed do, or keep what they are told to delete. Lets
// alice do what people do, prints who got her data; then she leaves, and Fedtrail tells everybody and looks. DIR is
// emptied first. Runs until Ctrl-C.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { freePorts, startFediverse } from './lib/fediverse.mjs';
import { Sidecar } from './lib/sidecar.mjs';

const [, , binary, dir, once] = process.argv;
const HOME = 'garden.test';
const OTHERS = ['birds.test', 'books.test', 'cats.test', 'maps.test', 'trains.test'];
const SMALL = [
  { host: 'mammoth.test', software: 'mastodon' },
  { host: 'photos.test', software: 'pixelfed' },
  { host: 'hoard.test', software: 'mastodon', keeps: true },
];
// Days of waiting as seconds, for the impatient.
const SHORT = { timeout: '3s', retry_first: '1s', retry_most: '2s', origin_intervals: ['1s'], origin_pause: '1s', look_intervals: ['1s', '2s', '3s'] };
const started = Date.now();
let waiting = false;
const interrupted = new Promise((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => (waiting ? resolve() : process.exit(130)));
});
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const say = (text) => console.log(`[${String(Math.round((Date.now() - started) / 1000)).padStart(4)} s] ${text}`);

function table(rows) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  const line = (row) => `  ${row.map((cell, i) => cell.padEnd(widths[i])).join('  ')}`.trimEnd();
  return [line(rows[0]), line(widths.map((width) => '-'.repeat(width))), ...rows.slice(1).map(line)].join('\n');
}

async function people(world) {
  const act = (action, what) => world.origin.do(HOME, action, what);
  const alice = world.actor(HOME, 'alice');
  for (const host of OTHERS) await world.recipients.do(host, 'follow', { as: 'reader', whom: alice });
  const inboxes = await world.world.get('/_inboxes');
  for (const [host, { shared, personal }] of Object.entries(inboxes)) {
    await act('adopt', { as: 'alice', id: `https://${host}/users/reader`, inbox: personal, sharedInbox: shared });
  }
  say('a reader on each of eight servers follows alice');
  const tomatoes = await act('note', { as: 'alice', text: 'First tomatoes!', image: `https://${HOME}/media/tomato.png` });
  await act('edit', { as: 'alice', note: tomatoes.object, text: 'First tomatoes! (And a slug.)' });
  await act('profile', { as: 'alice', name: 'Alice of the garden' });
  say('alice posts a picture, edits the post and changes her profile');
  await act('note', { as: 'alice', text: 'Only for you', to: 'direct', mention: [world.actor('cats.test', 'reader')] });
  const theirs = await world.recipients.do('books.test', 'note', { as: 'reader', text: 'A book about slugs' });
  const author = world.actor('books.test', 'reader');
  await act('like', { as: 'alice', note: theirs.object, author });
  say('alice writes to one person directly and likes a post on books.test');
  await world.recipients.mode('trains.test', { name: 'status', status: 500 });
  await world.recipients.mode('maps.test', { name: 'refuse' });
  await act('note', { as: 'alice', text: 'The slug is back.' });
  say('alice posts while trains.test answers 500 and maps.test is down');
  await act('delete', { as: 'alice', note: tomatoes.object });
  say('alice deletes her first post');
}

async function show(sidecar) {
  const report = await sidecar.report(`alice@${HOME}`);
  const rows = report.recipients.map((one) => [
    one.host,
    one.first.slice(11, 19),
    one.last.slice(11, 19),
    String(one.objects),
    String(one.disclosures),
    one.evidence,
    one.categories.join(', '),
  ]);
  const html = join(dir, 'report.html');
  await sidecar.mustRun('report', `alice@${HOME}`, '--format', 'html', '-o', html);
  console.log(`\nWho received data of alice@${HOME} (what \`fedtrail report alice@${HOME}\` says):\n`);
  console.log(table([['server', 'first', 'last', 'objects', 'times', 'how surely', 'kinds of data'], ...rows]));
  console.log(`\nThe same for her to read, in a browser: ${html}\n`);
  return report.recipients.length;
}

const notices = async (sidecar, number) => JSON.parse(await sidecar.mustRun('requests', 'show', number, '--notices', '--json')).notices;

// Alice leaves; until nothing more is sent, or half a minute.
async function leave(sidecar, world) {
  const alice = `alice@${HOME}`;
  const number = (await sidecar.mustRun('erase', alice)).trim();
  say(`alice leaves: \`fedtrail erase ${alice}\` is request ${number}; everybody is told while her account still answers`);
  const tell = Date.now() + 4_000;
  while (Date.now() < tell && (await notices(sidecar, number)).some(({ state }) => state === 'planned')) await pause(200);
  await world.origin.do(HOME, 'gone', { as: 'alice' });
  say(`${HOME} answers 410 for her from now on; now copies may be looked at`);
  const end = Date.now() + 12_000;
  while (Date.now() < end && (await notices(sidecar, number)).some(({ next_look_at: next }) => next)) await pause(500);
  console.log(`\nWhat became of her copies (\`fedtrail requests show ${number} --notices\`):\n`);
  console.log(await sidecar.mustRun('requests', 'show', number, '--notices'));
}

async function main() {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  const [proxyPort, apiPort] = await freePorts(2);
  const keys = join(dir, 'keys');
  let sidecar;
  const world = await startFediverse({
    dir,
    origin: { host: HOME, people: ['alice', 'bob'], keys },
    world: SMALL,
    recipients: OTHERS.map((host) => ({ host, people: ['reader'] })),
    proxy: { url: `http://127.0.0.1:${proxyPort}`, ca: join(dir, 'fedtrail-ca.pem') },
    beforeStart: async ({ ca, ports }) => {
      const more = { erasure: { keys_folder: keys, ...SHORT } };
      sidecar = new Sidecar({ binary, dir, origin: HOME, proxyPort, apiPort, extraCa: ca, ports, more });
      await sidecar.init();
      sidecar.start();
      await sidecar.ready();
      say(`the sidecar runs: proxy on 127.0.0.1:${proxyPort}, ledger in ${dir}`);
    },
  });
  say(`six real ActivityPub servers run, and three small ones; ${HOME} sends everything through the sidecar`);
  await people(world);
  const recipients = await show(sidecar);
  await leave(sidecar, world);
  if (!once) {
    console.log('Look around from another terminal; all of this ends with Ctrl-C:');
    console.log(`  ${binary} recipients list --config ${sidecar.config}`);
    console.log(`  ${binary} status --config ${sidecar.config}`);
    waiting = true;
    await interrupted;
    say('stopping');
  }
  await Promise.allSettled([world.stop(), sidecar.stop()]);
  const expected = OTHERS.length + SMALL.length;
  if (recipients !== expected) throw new Error(`the report names ${recipients} servers, not ${expected}`);
}

try {
  await main();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
process.exit(0);
