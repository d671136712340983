// Starts a small fediverse on loopback: one origin, in its own process so that its way out can be a proxy, and
// the recipients together in another.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const here = join(dirname(fileURLToPath(import.meta.url)), '..');

// Below the ports that the kernel gives to outgoing connections (32768 and up): one of those may be taken again
// between being found and being listened on.
const LOWEST_PORT = 12_000;
const PORTS = 20_000;
let nextPort = Math.floor(Math.random() * PORTS);

const listens = (server, port) =>
  new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });

// `count` different ports that nobody listens on; none of them is given twice by one process.
export async function freePorts(count) {
  const ports = [];
  for (let tries = 0; ports.length < count; tries += 1) {
    if (tries === PORTS) throw new Error(`no ${count} ports are free from ${LOWEST_PORT} to ${LOWEST_PORT + PORTS}`);
    const port = LOWEST_PORT + nextPort;
    nextPort = (nextPort + 1) % PORTS;
    const server = createServer();
    if (!(await listens(server, port))) continue;
    await new Promise((resolve) => server.close(resolve));
    ports.push(port);
  }
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

// A process of peers.mjs or another script. `env` is added to a clean environment: no proxy but the one given.
export class Peers {
  constructor({ dir, name, script = 'peers.mjs', control, certificates, servers, env, more = {} }) {
    const config = join(dir, `${name}.json`);
    writeFileSync(config, JSON.stringify({ control, ...certificates, servers, ...more }));
    this.control = control;
    const { PATH, HOME } = process.env;
    this.process = spawn(process.execPath, ['--import', join(here, 'lib/names.mjs'), join(here, script), config], {
      env: { PATH, HOME, NODE_NO_WARNINGS: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    let complaint = '';
    this.process.stderr.on('data', (text) => {
      process.stderr.write(text);
      complaint = `${complaint}${text}`.slice(-2_000);
    });
    this.exited = new Promise((resolve) => this.process.once('exit', resolve));
    this.ready = new Promise((resolve, reject) => {
      createInterface({ input: this.process.stdout }).on('line', (line) => line === 'ready' && resolve());
      this.process.once('close', (code) => reject(new Error(`the ${name} ended with ${code}: ${complaint}`)));
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

  post(path, given) {
    return call(this.control, 'POST', path, given);
  }

  async stop() {
    this.process.kill('SIGTERM');
    await this.exited;
  }
}

export function throughProxy({ url, ca }) {
  return { NODE_USE_ENV_PROXY: '1', HTTPS_PROXY: url, HTTP_PROXY: url, NODE_EXTRA_CA_CERTS: ca };
}

// `proxy` is {url, ca} or null; `beforeStart` is called with {ca, ports} when the certificates exist and before any
// server runs. `faces` are ports of what stands before some of them: others go there. Each of `recipients` is {host, people, …} as lib/server.mjs takes it, each of `world` as
// world/server.mjs does; every server listens on a port of its own (`ports`), though its URLs say 443.
export async function startFediverse({ dir, origin, recipients, world = [], faces = {}, proxy = null, beforeStart = async () => {} }) {
  mkdirSync(dir, { recursive: true });
  const [originControl, recipientControl, worldControl, ...ports] = await freePorts(recipients.length + world.length + 4);
  const [placedOrigin, ...placed] = [origin, ...recipients, ...world].map((server, i) => ({ ...server, port: ports[i] }));
  const portOf = Object.fromEntries([placedOrigin, ...placed].map((server) => [server.host, server.port]));
  const { ca, ...tls } = makeCertificates(join(dir, 'tls'), Object.keys(portOf));
  await beforeStart({ ca, ports: portOf, ...tls });
  const direct = { NODE_EXTRA_CA_CERTS: ca, PEER_PORTS: JSON.stringify({ ...portOf, ...faces }) };
  const common = { dir, certificates: tls };
  const started = [
    new Peers({ ...common, name: 'origin', control: originControl, servers: [placedOrigin], env: proxy ? throughProxy(proxy) : direct }),
    new Peers({ ...common, name: 'recipients', control: recipientControl, servers: placed.slice(0, recipients.length), env: direct }),
  ];
  const small = placed.slice(recipients.length);
  if (small.length) started.push(new Peers({ ...common, name: 'world', script: 'world/world.mjs', control: worldControl, servers: small, env: direct }));
  try {
    await Promise.all(started.map((one) => one.ready));
  } catch (error) {
    started.forEach((one) => one.process.kill());
    throw error;
  }
  return {
    ca,
    ports: portOf,
    origin: started[0],
    recipients: started[1],
    world: started[2],
    actor: (host, name) => `https://${host}/users/${name}`,
    stop: () => Promise.all(started.map((one) => one.stop())),
  };
}
