// Starts a small fediverse on loopback: one origin, in its own process so that its way out can be a proxy, and
// the recipients together in another.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const here = join(dirname(fileURLToPath(import.meta.url)), '..');

// `count` different ports that nobody listens on.
export async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = [];
  for (const server of servers) {
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    ports.push(server.address().port);
  }
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

export function makeCertificates(dir, hosts) {
  execFileSync(join(here, 'certificates'), [dir, ...hosts]);
  return { ca: join(dir, 'ca.pem'), certificate: join(dir, 'server.pem'), key: join(dir, 'server.key') };
}

async function call(control, method, path, given) {
  const query = method === 'GET' && given ? `?${new URLSearchParams(given)}` : '';
  const body = method === 'POST' ? JSON.stringify(given ?? {}) : undefined;
  const response = await fetch(`http://127.0.0.1:${control}${path}${query}`, { method, body });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? `${path}: ${response.status}`);
  return answer;
}

// A process of peers.mjs. `env` is added to a clean environment: no proxy but the one given.
export class Peers {
  constructor({ dir, name, control, certificates, servers, env }) {
    const config = join(dir, `${name}.json`);
    writeFileSync(config, JSON.stringify({ control, ...certificates, servers }));
    this.control = control;
    const { PATH, HOME } = process.env;
    this.process = spawn(process.execPath, ['--import', join(here, 'lib/names.mjs'), join(here, 'peers.mjs'), config], {
      env: { PATH, HOME, NODE_NO_WARNINGS: '1', ...env },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    this.exited = new Promise((resolve) => this.process.once('exit', resolve));
    this.ready = new Promise((resolve, reject) => {
      createInterface({ input: this.process.stdout }).on('line', (line) => line === 'ready' && resolve());
      this.process.once('exit', (code) => reject(new Error(`the ${name} ended with ${code}`)));
    });
  }

  do(server, action, rest) {
    return call(this.control, 'POST', '/do', { server, action, ...rest });
  }

  mode(server, mode) {
    return call(this.control, 'POST', '/mode', { server, mode });
  }

  get(path, given) {
    return call(this.control, 'GET', path, given);
  }

  async stop() {
    this.process.kill('SIGTERM');
    await this.exited;
  }
}

// `proxy` is {url, ca} or null; `beforeStart` is called with {ca, ports} when the certificates exist and before any
// server runs. Each of `recipients` is {host, people, …} as lib/server.mjs takes it; every server
// listens on a port of its own (`ports`), though its URLs say 443.
export async function startFediverse({ dir, origin, recipients, proxy = null, beforeStart = async () => {} }) {
  mkdirSync(dir, { recursive: true });
  const ports = await freePorts(recipients.length + 3);
  const [originControl, recipientControl] = ports.splice(0, 2);
  const placed = [origin, ...recipients].map((server, i) => ({ ...server, port: ports[i] }));
  const certificates = makeCertificates(join(dir, 'tls'), placed.map((server) => server.host));
  const { ca, ...tls } = certificates;
  const throughProxy = proxy && {
    NODE_USE_ENV_PROXY: '1',
    HTTPS_PROXY: proxy.url,
    HTTP_PROXY: proxy.url,
    NODE_EXTRA_CA_CERTS: proxy.ca,
  };
  const portOf = Object.fromEntries(placed.map((server) => [server.host, server.port]));
  await beforeStart({ ca, ports: portOf });
  const direct = { NODE_EXTRA_CA_CERTS: ca, PEER_PORTS: JSON.stringify(portOf) };
  const common = { dir, certificates: tls };
  const originPeers = new Peers({ ...common, name: 'origin', control: originControl, servers: placed.slice(0, 1), env: throughProxy || direct });
  const recipientPeers = new Peers({ ...common, name: 'recipients', control: recipientControl, servers: placed.slice(1), env: direct });
  try {
    await Promise.all([originPeers.ready, recipientPeers.ready]);
  } catch (error) {
    originPeers.process.kill();
    recipientPeers.process.kill();
    throw error;
  }
  return {
    ca,
    ports: portOf,
    origin: originPeers,
    recipients: recipientPeers,
    actor: (host, name) => `https://${host}/users/${name}`,
    stop: () => Promise.all([originPeers.stop(), recipientPeers.stop()]),
  };
}
