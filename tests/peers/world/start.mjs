// Starts the small world: the origin in its own process, so that its way out can be a proxy, and all recipients in
// another.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { freePorts, makeCertificates, Peers, throughProxy } from '../lib/fediverse.mjs';

// `origin` is {host, people: [{name, ed25519}]}; `servers` are {host, software, …} as server.mjs takes them; `proxy` is
// {url, ca} or null; `beforeStart` is called with {ca, ports, keys} before anything runs: the certificates and ports
// exist, and `keys` is the folder that will hold the people's private keys.
export async function startWorld({ dir, origin, servers, proxy = null, beforeStart = async () => {} }) {
  mkdirSync(dir, { recursive: true });
  const [originControl, worldControl, originPort, ...rest] = await freePorts(servers.length + 3);
  const placed = servers.map((server, i) => ({ ...server, port: rest[i] }));
  const ports = Object.fromEntries([[origin.host, originPort], ...placed.map(({ host, port }) => [host, port])]);
  const { ca, ...tls } = makeCertificates(join(dir, 'tls'), Object.keys(ports));
  const keys = join(dir, 'keys');
  await beforeStart({ ca, ports, keys });
  const direct = { NODE_EXTRA_CA_CERTS: ca, PEER_PORTS: JSON.stringify(ports) };
  const common = { dir, certificates: tls };
  const { host, people } = origin;
  const started = [
    new Peers({
      ...common,
      name: 'origin',
      script: 'world/origin.mjs',
      control: originControl,
      env: proxy ? throughProxy(proxy) : direct,
      more: { host, people, keys, port: originPort },
    }),
    new Peers({ ...common, name: 'world', script: 'world/world.mjs', control: worldControl, servers: placed, env: direct }),
  ];
  const stop = () => Promise.all(started.map((one) => one.stop()));
  try {
    await Promise.all(started.map(({ ready }) => ready));
  } catch (error) {
    started.forEach((one) => one.process.kill());
    throw error;
  }
  const [at, world] = started;
  const inboxes = await world.get('/_inboxes');
  return {
    ca,
    ports,
    keys,
    stop,
    hosts: placed.map(({ host }) => host),
    // A server that has a shared inbox is sent everything there.
    inboxOf: (host) => inboxes[host].shared ?? inboxes[host].personal,
    people: () => at.get('/people'),
    act: (action, what) => at.post('/do', { action, ...what }),
    sent: () => at.get('/sent'),
    askedAtOrigin: () => at.get('/asked'),
    copies: (actor) => world.get('/_copies', { actor }),
    posts: () => world.get('/_posts'),
    asked: () => world.get('/_asked'),
    mode: (host, mode) => world.post('/_mode', { host, mode }),
    clock: (when) => world.post('/_clock', { at: when }),
    bringBack: (host, account, objects) => world.post('/_return', { host, account, objects }),
  };
}
