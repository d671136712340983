// A real mail server for letters: that of tests/backends/poco, and what it took.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const script = join(dirname(fileURLToPath(import.meta.url)), '../../backends/poco/smtp_server.py');
const python = '/usr/bin/python3'; // Debian's: aiosmtpd is installed there

export class MailServer {
  // `mode` as the script names it; what was taken is kept in `folder`.
  constructor(folder, mode = 'plain') {
    mkdirSync(folder, { recursive: true });
    this.folder = folder;
    this.process = spawn(python, ['-B', script, mode, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  }

  // Until it listens; gives its address as `smtp.url` takes it.
  async ready() {
    const [port] = await Promise.race([
      once(createInterface({ input: this.process.stdout }), 'line'),
      once(this.process, 'exit').then(([code]) => Promise.reject(new Error(`the mail server ended with ${code}`))),
    ]);
    return `smtp+plain://127.0.0.1:${port}`;
  }

  // {at, id, to} of every letter that arrived, in that order, each as often as it did; `at` is in milliseconds.
  letters() {
    const files = readdirSync(this.folder).filter((name) => name.endsWith('.eml'));
    const letters = files.map((name) => {
      const file = join(this.folder, name);
      const text = readFileSync(file, 'utf8');
      const header = (key) => new RegExp(`^${key}: *(.*?)\\r?$`, 'mi').exec(text)?.[1];
      return { at: statSync(file).mtimeMs, id: header('Message-ID'), to: header('X-To') };
    });
    return letters.sort((a, b) => a.at - b.at);
  }

  async stop() {
    const exited = once(this.process, 'exit');
    this.process.stdin.end();
    await exited;
  }
}
