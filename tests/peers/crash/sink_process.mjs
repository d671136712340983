// Starts sink.mjs and reads what it wrote down.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

export async function startSink(dir, tls, port) {
  const file = join(dir, 'sink.tsv');
  const sink = fork(join(here, 'sink.mjs'), [tls.certificate, tls.key, file, String(port)]);
  await once(sink, 'message');
  // Every delivery that arrived, once each: {host, actor, id, object}.
  let forgotten = 0;
  const all = async () => {
    sink.send('flush');
    await once(sink, 'message');
    return readFileSync(file, 'utf8').split('\n').filter(Boolean);
  };
  const received = async () => {
    const lines = new Set((await all()).slice(forgotten));
    return [...lines].map((line) => {
      const [host, actor, id, object] = line.split('\t');
      return { host, actor, id, object };
    });
  };
  // From now on only what arrives later.
  const forget = async () => {
    forgotten = (await all()).length;
  };
  return { received, forget, stop: () => sink.disconnect() };
}
