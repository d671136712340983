// A real nginx before the origin, with the log that docs/ingress.md tells an administrator to write.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// The lines of the manual, so that they are what is tested.
function logFormat() {
  const manual = readFileSync(new URL('../../../docs/ingress.md', import.meta.url), 'utf8');
  return manual.match(/^log_format fedtrail[^;]*;/m)[0];
}

export class WebServer {
  // `port` is where it listens, `behind` where the origin does. `syslog` is a socket that gets every line as well.
  constructor({ dir, host, port, behind, certificate, key, syslog }) {
    this.dir = join(dir, 'nginx');
    this.port = port;
    this.log = join(this.dir, 'fedtrail.log');
    this.served = join(this.dir, 'served.log'); // never rotated: what the test believes
    mkdirSync(this.dir);
    const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${this.dir}/${name};`);
    writeFileSync(
      join(this.dir, 'nginx.conf'),
      `daemon off; worker_processes 2; pid ${this.dir}/pid; error_log ${this.dir}/error.log;
      ${process.getuid() === 0 ? 'user root;' : ''}
      events {}
      http {
        ${folders.join(' ')}
        ${logFormat()}
        log_format served escape=none '$msec\t$status\t$request_method\t$request_uri\t$http_user_agent\t$http_signature\t$http_signature_input';
        server {
          listen 127.0.0.1:${port} ssl;
          ssl_certificate ${certificate}; ssl_certificate_key ${key};
          access_log ${this.log} fedtrail;
          access_log syslog:server=unix:${syslog},nohostname fedtrail;
          access_log ${this.served} served;
          location / { proxy_pass https://127.0.0.1:${behind}; proxy_set_header Host ${host}; }
        }
      }`,
    );
  }

  async start() {
    this.process = spawn('/usr/sbin/nginx', ['-p', this.dir, '-c', join(this.dir, 'nginx.conf')], { stdio: 'inherit' });
    this.exited = new Promise((resolve) => this.process.once('exit', resolve));
    for (const end = Date.now() + 60_000; Date.now() < end; ) {
      if (await this.#listens()) return;
      await pause(25);
    }
    throw new Error(`nginx does not listen; see ${this.dir}/error.log`);
  }

  #listens() {
    return new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
  }

  // Opens its logs anew, as logrotate tells it to.
  reopen() {
    this.process.kill('SIGUSR1');
  }

  // What it answered: {second, status, method, path, agent, signature}.
  answered() {
    return readFileSync(this.served, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => {
        const [at, status, method, path, agent, cavage, input] = line.split('\t');
        const signature = `${cavage} ${input}`;
        return { second: Math.floor(Number(at)), status: Number(status), method, path, agent, signature };
      });
  }

  async stop() {
    this.process.kill('SIGTERM');
    await this.exited;
  }
}
