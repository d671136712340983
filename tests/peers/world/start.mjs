// Starts the small world: the origin in its own process, so that its way out can be a proxy, and all recipients in
// another.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { freePorts, makeCertificates } from '../lib/fediverse.mjs';

const here = dirname(fileURLToPath(import.meta.url));

class Process {
  constructor({ script, config, dir, env }) {
    const file = join(dir, `${script}.json`);
    writeFileSync(file, JSON.stringify(config));
    this.control = config.control;
    const { PATH, HOME } = process.env;
    this.process = spawn(process.execPath, ['--import', join(here, '../lib/names.mjs'), join(here, script), file], {
      env: { PATH, HOME, NODE_NO_WARNINGS: '1', ...env },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    this.exited = new Promise((resolve) => this.process.once('exit', resolve));
    this.ready = new Promise((resolve, reject) => {
      createInterface({ input: this.process.stdout }).on('line', (line) => line === 'ready' && resolve());
      this.process.once('exit', (code) => reject(new Error(`${script} ended with ${code}`)));
    });
  }

  async call(method, path, given) {
    const query = method === 'GET' && given ? `?${new URLSearchParams(given)}` : '';
    const body = method === 'POST' ? JSON.stringify(given ?? {}) : undefined;
    const response = await fetch(`http://127.0.0.1:${this.control}${path}${query}`, { method, body });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.error ?? `${path}: ${response.status}`);
    return answer;
  }

  async stop() {
    this.process.kill('SIGTERM');
    await this.exited;
  }
}

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
  const throughProxy = proxy && { NODE_USE_ENV_PROXY: '1', HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url, NODE_EXTRA_CA_CERTS: proxy.ca };
  const originConfig = { ...origin, ...tls, control: originControl, port: originPort, keys };
  const started = [
    new Process({ dir, script: 'origin.mjs', config: originConfig, env: throughProxy ?? direct }),
    new Process({ dir, script: 'world.mjs', config: { ...tls, control: worldControl, servers: placed }, env: direct }),
  ];
  const stop = () => Promise.all(started.map((one) => one.stop()));
  try {
    await Promise.all(started.map(({ ready }) => ready));
  } catch (error) {
    started.forEach((one) => one.process.kill());
    throw error;
  }
  const [at, world] = started;
  const inboxes = await world.call('GET', '/_inboxes');
  return {
    ca,
    ports,
    keys,
    stop,
    hosts: placed.map(({ host }) => host),
    // A server that has a shared inbox is sent everything there.
    inboxOf: (host) => inboxes[host].shared ?? inboxes[host].personal,
    people: () => at.call('GET', '/people'),
    act: (action, what) => at.call('POST', '/do', { action, ...what }),
    sent: () => at.call('GET', '/sent'),
    askedAtOrigin: () => at.call('GET', '/asked'),
    copies: (actor) => world.call('GET', '/_copies', { actor }),
    posts: () => world.call('GET', '/_posts'),
    asked: () => world.call('GET', '/_asked'),
    mode: (host, mode) => world.call('POST', '/_mode', { host, mode }),
    clock: (when) => world.call('POST', '/_clock', { at: when }),
    bringBack: (host, account, objects) => world.call('POST', '/_return', { host, account, objects }),
  };
}
