// Lets days pass in seconds: steers the program built from tests/peers/erasure_days.cpp, which runs the real parts of an
// erasure on the sidecar's stores by a clock that stands until it is told.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export class Days {
  #lines;
  #waiting = [];

  // `world`'s servers go by the same clock.
  constructor({ program, config, world, start }) {
    this.world = world;
    this.now = start;
    this.process = spawn(program, [config], { stdio: ['pipe', 'pipe', 'inherit'], env: { PATH: process.env.PATH, HOME: process.env.HOME } });
    this.exited = new Promise((resolve) => this.process.once('exit', resolve));
    this.#lines = createInterface({ input: this.process.stdout });
    this.#lines.on('line', (line) => this.#waiting.shift()?.resolve(JSON.parse(line)));
    this.process.once('exit', (code) => {
      this.ended = new Error(`${program} ended with ${code}`);
      this.#waiting.forEach(({ reject }) => reject(this.ended));
    });
    this.process.stdin.on('error', () => {}); // 'exit' follows
  }

  // Everything that is due at `at`; gives the time at which something is due next, or null.
  async step(at) {
    if (this.ended) throw this.ended;
    this.now = at;
    await this.world.clock(at);
    const answer = new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
    this.process.stdin.write(`${new Date(at).toISOString()}\n`);
    const { next } = await answer;
    return next === null ? null : Date.parse(next);
  }

  // Lets `ms` pass, stopping wherever something is due.
  async pass(ms) {
    const end = this.now + ms;
    let steps = 0;
    for (let next = await this.step(this.now); next !== null && next < end; next = await this.step(Math.max(next, this.now + 1_000))) {
      steps += 1;
      if (steps > 5_000) throw new Error(`no end of steps at ${new Date(this.now).toISOString()}`);
    }
    await this.step(end);
  }

  async stop() {
    this.process.stdin.end();
    await this.exited;
  }
}
