// A load of deliveries through the sidecar, as a busy server makes it: many connections, each through CONNECT and
// TLS, signed-looking ActivityPub POSTs one after the other, again and again from the start when the sidecar dies.
import { createHash } from 'node:crypto';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const TEXT = 'What a person writes to those who follow them. '.repeat(18);

// The n-th delivery: every activity goes to `fanOut` hosts, one after the other.
export function delivery(n, { hosts, subjects, fanOut }) {
  const activity = Math.floor(n / fanOut);
  const host = hosts[(activity + (n % fanOut)) % hosts.length];
  const actor = `https://origin.test/users/u${activity % subjects}`;
  const object = `${actor}/statuses/${117_000_000_000_000_000n + BigInt(activity)}`;
  return { host, actor, object, id: `${object}/activity` };
}

export function requestOf({ host, actor, object, id }) {
  const audience = { to: ['https://www.w3.org/ns/activitystreams#Public'], cc: [`${actor}/followers`] };
  const note = { type: 'Note', id: object, attributedTo: actor, content: `<p>${TEXT}</p>`, ...audience };
  const context = 'https://www.w3.org/ns/activitystreams';
  const body = JSON.stringify({ '@context': context, type: 'Create', id, actor, object: note, ...audience });
  const digest = createHash('sha256').update(body).digest('base64');
  const signed = `keyId="${actor}#main-key",algorithm="rsa-sha256",headers="(request-target) host date digest"`;
  return [
    'POST /inbox HTTP/1.1',
    `Host: ${host}`,
    `Date: ${new Date().toUTCString()}`,
    `Digest: SHA-256=${digest}`,
    `Signature: ${signed},signature="${digest.repeat(8)}"`,
    'Content-Type: application/activity+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Actor: ${actor}`,
    `X-Id: ${id}`,
    `X-Object: ${object}`,
    '',
    body,
  ].join('\r\n');
}

// One answer: its status and its head. Rejects when the connection ends first.
function answerOn(socket) {
  return new Promise((resolve, reject) => {
    let text = '';
    const done = (act, value) => {
      socket.removeAllListeners('data').removeAllListeners('close');
      act(value);
    };
    socket.on('data', (part) => {
      text += part.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/^content-length: *(\d+)/im.exec(text.slice(0, end))?.[1] ?? 0);
      if (text.length >= end + 4 + length) done(resolve, { status: Number(text.slice(9, 12)), head: text.slice(0, end) });
    });
    socket.on('close', () => done(reject, new Error('closed')));
  });
}

function opened(socket, event) {
  return new Promise((resolve, reject) => {
    socket.on('error', () => {}); // 'close' follows
    socket.once(event, resolve);
    socket.once('close', () => reject(new Error('closed')));
  });
}

export async function tunnel({ proxyPort, ca, host }) {
  const plain = connectTcp(proxyPort, '127.0.0.1');
  await opened(plain, 'connect');
  plain.setNoDelay(true);
  plain.write(`CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n\r\n`);
  const { status } = await answerOn(plain);
  if (status !== 200) throw new Error(`CONNECT: ${status}`);
  plain.removeAllListeners('data');
  const socket = connectTls({ socket: plain, servername: host, ca });
  await opened(socket, 'secureConnect');
  return socket;
}

// A request as it stands; gives the answer.
export async function sent(socket, request) {
  socket.write(request);
  return answerOn(socket);
}

export const post = (socket, what) => sent(socket, requestOf(what));

// Drives `connections` at once until stop(); counts answers by status. Every connection stays with one host.
export class Load {
  constructor(options) {
    this.options = options;
    this.next = 0;
    this.answers = {};
    this.lost = 0;
    this.stopped = false;
    this.workers = [];
  }

  start() {
    this.workers = Array.from({ length: this.options.connections }, () => this.#work());
  }

  async stop() {
    this.stopped = true;
    await Promise.all(this.workers);
  }

  async #work() {
    let what = null;
    while (!this.stopped) {
      what ??= delivery(this.next++, this.options);
      const { host } = what;
      try {
        const socket = await tunnel({ ...this.options, host });
        // A handful over one connection, as a server keeps it alive.
        for (let n = 0; n < 50 && !this.stopped; n += 1) {
          const { status } = await post(socket, what);
          this.answers[status] = (this.answers[status] ?? 0) + 1;
          what = { ...delivery(this.next++, this.options), host };
        }
        socket.destroy();
        what = null;
      } catch {
        // The sidecar died under us. Half the time the server tries the same delivery again.
        this.lost += 1;
        if (Math.random() < 0.5) what = null;
        await pause(5);
      }
    }
  }
}
