// The program under test: its configuration, its process, and what its commands say.
import { execFile, spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// FEDTRAIL_… of the caller's environment would be settings.
const env = { PATH: process.env.PATH, HOME: process.env.HOME };

const quoted = (value) => (Array.isArray(value) ? `[${value.map(quoted).join(', ')}]` : JSON.stringify(value));

// {section: {key: value}} as TOML; "" is the top.
function toml(sections) {
  return Object.entries(sections)
    .map(([section, settings]) => {
      const head = section ? [section === 'origin' ? '[[origin]]' : `[${section}]`] : [];
      return [...head, ...Object.entries(settings).map(([key, value]) => `${key} = ${quoted(value)}`), ''].join('\n');
    })
    .join('\n');
}

export class Sidecar {
  // `ports` maps a host of the test fediverse to the loopback port it listens on; `more` is merged into the
  // configuration, section by section. `policies` is a folder with other policies than the program's own; `serveEnv` is
  // more environment for `serve` alone.
  constructor({ binary, dir, dataDir = join(dir, 'data'), origin, proxyPort, apiPort, extraCa, ports, policies, serveEnv = {}, more = {} }) {
    this.binary = binary;
    this.env = policies ? { ...env, FEDTRAIL_POLICIES: policies } : env;
    this.serveEnv = serveEnv;
    this.dir = dir;
    this.dataDir = dataDir;
    this.proxyPort = proxyPort;
    this.apiPort = apiPort;
    this.proxyUrl = `http://127.0.0.1:${proxyPort}`;
    this.config = join(dir, 'fedtrail.toml');
    this.log = join(dir, 'sidecar.log');
    mkdirSync(dir, { recursive: true });
    const proxy = {
      listen: `127.0.0.1:${proxyPort}`,
      extra_ca: extraCa,
      allow_addresses: ['127.0.0.0/8'],
      resolve: Object.entries(ports).map(([host, port]) => `${host}=127.0.0.1:${port}`),
    };
    writeFileSync(
      this.config,
      toml({
        '': { data_dir: dataDir },
        ...more,
        origin: { host: origin, ...more.origin },
        proxy: { ...proxy, ...more.proxy },
        api: { listen: `127.0.0.1:${apiPort}`, ...more.api },
      }),
    );
  }

  // A command of the program; gives {code, stdout, stderr}.
  async command(...words) {
    const options = { env: this.env, maxBuffer: 256 * 1024 * 1024 };
    try {
      const { stdout, stderr } = await run(this.binary, [...words, '--config', this.config], options);
      return { code: 0, stdout, stderr };
    } catch (error) {
      if (typeof error.code !== 'number') throw error;
      return { code: error.code, stdout: error.stdout, stderr: error.stderr };
    }
  }

  async mustRun(...words) {
    const { code, stdout, stderr } = await this.command(...words);
    if (code !== 0) throw new Error(`fedtrail ${words.join(' ')} ended with ${code}: ${stderr}`);
    return stdout;
  }

  // Makes keys and the certificate authority; gives the file with its certificate.
  async init() {
    await this.mustRun('init');
    const ca = join(this.dir, 'fedtrail-ca.pem');
    writeFileSync(ca, await this.mustRun('ca', 'print'));
    return ca;
  }

  start() {
    appendFileSync(this.log, `--- start ${new Date().toISOString()}\n`);
    const log = openSync(this.log, 'a');
    this.process = spawn(this.binary, ['serve', '--config', this.config], { env: { ...this.env, ...this.serveEnv }, stdio: ['ignore', log, log] });
    this.exited = new Promise((resolve) => this.process.once('exit', (code, signal) => resolve({ code, signal })));
    this.running = true;
    this.exited.then(() => {
      this.running = false;
    });
  }

  // Until both doors are open. Throws if the process ends before, or after a minute and a half.
  async ready() {
    const end = Date.now() + 90_000;
    for (;;) {
      if (!this.running) throw new Error(`the sidecar ended early; see ${this.log}`);
      if ((await this.#listens(this.proxyPort)) && (await this.#answers('/readyz'))) return;
      if (Date.now() > end) throw new Error(`the sidecar is not ready after 90 s; see ${this.log}`);
      await pause(10);
    }
  }

  #listens(port) {
    return new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
  }

  async #answers(path) {
    try {
      return (await fetch(`http://127.0.0.1:${this.apiPort}${path}`)).ok;
    } catch {
      return false;
    }
  }

  async stop(signal = 'SIGTERM') {
    if (!this.running) return this.exited;
    this.process.kill(signal);
    return this.exited;
  }

  async report(subject, ...words) {
    return JSON.parse(await this.mustRun('report', subject, '--format', 'json', ...words));
  }
}
