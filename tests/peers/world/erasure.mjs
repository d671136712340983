// The program under test in the small world: a sidecar whose waits are seconds, the origin sending through it, and what
// its commands say of an erasure.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { freePorts } from '../lib/fediverse.mjs';
import { Sidecar } from '../lib/sidecar.mjs';
import { SERVERS } from './hosts.mjs';
import { startWorld } from './start.mjs';

// Days become seconds; nothing else is other than in earnest.
export const SHORT = {
  timeout: '3s',
  retry_first: '1s',
  retry_most: '2s',
  give_up_after: '12s',
  resend_window: '4s',
  origin_check: '1s',
  look_after: ['1s', '3s', '6s', '10s'],
};

// Gives {world, sidecar, stop}. `people` are names; `erasure` changes SHORT.
export async function startErasure({ binary, dir, people, servers = SERVERS, erasure = {} }) {
  const [proxyPort, apiPort] = await freePorts(2);
  const ca = join(dir, 'trusted.pem');
  let sidecar;
  const world = await startWorld({
    dir,
    origin: { host: 'origin.test', people: people.map((name) => ({ name })) },
    servers,
    proxy: { url: `http://127.0.0.1:${proxyPort}`, ca },
    beforeStart: async ({ ca: worldCa, ports, keys }) => {
      const more = { erasure: { keys_folder: keys, contact_url: 'https://origin.test/privacy', ...SHORT, ...erasure } };
      sidecar = new Sidecar({ binary, dir, origin: 'origin.test', proxyPort, apiPort, extraCa: worldCa, ports, more });
      writeFileSync(ca, readFileSync(await sidecar.init(), 'utf8') + readFileSync(worldCa, 'utf8'));
      sidecar.start();
      await sidecar.ready();
    },
  });
  const stop = async () => {
    await world.stop();
    await sidecar.stop();
  };
  return { world, sidecar, stop };
}
