// Asks the ledger itself, object by object, through the program built from tests/peers/holders.cpp.
import { spawn } from 'node:child_process';

const keyOf = ({ actor, object }) => `${actor}\t${object}`;

// For every {actor, object} of `things` the servers that hold it: Map of "actor\tobject" to Map of host to evidence.
export async function holdersOf(reader, sidecar, things) {
  const questions = [...new Set(things.map(keyOf))];
  const program = spawn(reader, [sidecar.dataDir], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => program.once('exit', resolve));
  program.stdin.end(questions.map((line) => `${line}\n`).join(''));
  let text = '';
  for await (const part of program.stdout) text += part;
  const code = await ended;
  if (code !== 0) throw new Error(`${reader} ended with ${code}`);
  const holders = new Map(questions.map((question) => [question, new Map()]));
  for (const line of text.split('\n').filter(Boolean)) {
    const [actor, object, host, evidence] = line.split('\t');
    holders.get(keyOf({ actor, object })).set(host, evidence);
  }
  return holders;
}

// Those of `deliveries` ({actor, object, host}) that the ledger does not have.
export async function missingFrom(reader, sidecar, deliveries) {
  const holders = await holdersOf(reader, sidecar, deliveries);
  return deliveries.filter((delivery) => !holders.get(keyOf(delivery)).has(delivery.host));
}
