// Letters to operators while the sidecar is killed: what the mail server took against what Fedtrail wrote down.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { noticesOf } from './erasure.mjs';
import { eventually } from './scenario.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
export const RUNGS = ['letter-still-present', 'second-letter'];
const ANSWER = 1_000; // the mail server says 250 so long after it took a letter (smtp_server.py, "slow")
const SLACK = 250; // between two clocks
const WRITTEN = 2_000; // from its answer until that is written down

// This repository's policies in `dir`, but that every rung is due at once. Gives the folder.
export function hastyPolicies(dir) {
  const folder = join(dir, 'policies');
  mkdirSync(folder);
  symlinkSync(join(root, 'schemas'), join(dir, 'schemas'));
  const ladder = JSON.parse(readFileSync(join(root, 'policies/escalation.json'), 'utf8'));
  const names = readdirSync(join(root, 'policies')).filter((name) => name !== 'escalation.json');
  names.forEach((name) => symlinkSync(join(root, 'policies', name), join(folder, name)));
  const rungs = ladder.rungs.map((rung) => ({ ...rung, after_days: 0 }));
  writeFileSync(join(folder, 'escalation.json'), JSON.stringify({ ...ladder, rungs }));
  return folder;
}

async function nextLetter(mail) {
  const before = mail.letters().length;
  return eventually(async () => {
    const letters = mail.letters();
    assert.ok(letters.length > before, 'no letter arrives');
    return letters.at(-1);
  }, 120_000, 10);
}

// Kills right after the mail server took a letter and before it said so.
export async function killedBeforeAnswer({ mail, kills }, kill) {
  for (let tries = 0, missed = true; missed && tries < 3; tries += 1) {
    const { at } = await nextLetter(mail);
    await kill(0);
    missed = kills.at(-1) > at + ANSWER - 50;
  }
}

// What Fedtrail says of the letters of these requests, by Message-ID: {host, records}.
async function written(sidecar, numbers, hosts) {
  const all = new Map();
  for (const number of numbers) {
    const notices = await noticesOf(sidecar, number);
    const { letters } = JSON.parse(await sidecar.mustRun('requests', 'letters', String(number), '--json'));
    for (const host of hosts) {
      for (const rung of RUNGS) {
        const records = letters.filter((letter) => letter.recipient === host && letter.rung === rung);
        all.set(`<fedtrail.${number}-${notices[host].number}.${rung}@origin.test>`, { host, records });
      }
    }
  }
  return all;
}

const handedOver = ({ records }) => records.filter(({ handed_over: handed }) => handed);

function twiceWithoutNeed(letter, kills) {
  const cut = ({ at }) => kills.some((kill) => kill >= at - SLACK && kill <= at + ANSWER + WRITTEN);
  return letter.slice(0, -1).filter((arrival) => !cut(arrival)).length > 0;
}

// A record for each arrival, written before it; afterwards one that says that it was taken.
function isWritten(letter, said) {
  const begun = said.records.filter(({ handed_over: handed }) => !handed).map(({ at }) => Date.parse(at));
  const [taken, ...more] = handedOver(said);
  const before = letter.every(({ at }, i) => begun[i] <= at + SLACK);
  return before && more.length === 0 && Date.parse(taken?.at) >= letter.at(-1).at - SLACK;
}

// Waits until every letter of these requests that is due to `hosts` has left, then says what is wrong with them, and
// how often one arrived again.
export async function lettersOf({ sidecar, mail, kills }, numbers, hosts) {
  let all;
  const missing = [];
  await eventually(async () => {
    all = await written(sidecar, numbers, hosts);
    assert.deepEqual([...all].filter(([, said]) => handedOver(said).length === 0).map(([id]) => id), []);
  }, 120_000, 500).catch((error) => missing.push(error.message));
  const arrived = new Map();
  for (const { id, to, at } of mail.letters()) arrived.set(id, [...(arrived.get(id) ?? []), { at, to }]);
  const named = (test) => [...arrived].filter(test).map(([id]) => id);
  return {
    count: arrived.size,
    again: [...arrived.values()].reduce((sum, letter) => sum + letter.length - 1, 0),
    missing: [...missing, ...[...all.keys()].filter((id) => !arrived.has(id))],
    stray: named(([id, letter]) => !all.has(id) || letter.some(({ to }) => to !== `admin@${all.get(id).host}`)),
    twice: named(([, letter]) => twiceWithoutNeed(letter, kills)),
    unwritten: named(([id, letter]) => all.has(id) && !isWritten(letter, all.get(id))),
  };
}
