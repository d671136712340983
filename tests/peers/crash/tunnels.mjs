// A load of connections that pass the sidecar unread, as software makes them that cannot trust its authority: some
// short, some open until the sidecar dies. The server they go to is here, where nothing crashes, and counts.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

const OURS = 'x';
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Tunnels {
  constructor({ proxyPort, host, connections }) {
    Object.assign(this, { proxyPort, host, connections });
    this.received = 0; // connections of ours of which an octet arrived
    this.stopped = false;
  }

  // Gives the server's port.
  async listen() {
    this.server = createServer((socket) => {
      socket.once('data', ([first]) => {
        if (first === OURS.charCodeAt(0)) this.received += 1; // the sidecar itself asks, by TLS, who this server is
      });
      socket.on('data', (octets) => socket.write(octets));
      socket.on('error', () => {});
    });
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return this.server.address().port;
  }

  start() {
    this.workers = Array.from({ length: this.connections }, (_, n) => this.#work(n));
  }

  async stop() {
    this.stopped = true;
    await Promise.all(this.workers);
  }

  // One connection through which an octet went there and back; null if the sidecar was not there.
  async open() {
    const socket = connect(this.proxyPort, '127.0.0.1');
    socket.on('error', () => {}); // 'close' follows
    const ended = once(socket, 'close').then(
      () => null,
      () => null,
    );
    const opened = once(socket, 'connect').then(async () => {
      socket.write(`CONNECT ${this.host} HTTP/1.1\r\nHost: ${this.host}\r\n\r\n`);
      const [answer] = await once(socket, 'data');
      if (!answer.toString('latin1').startsWith('HTTP/1.1 200')) return null;
      socket.write(OURS);
      await once(socket, 'data');
      return socket;
    });
    return Promise.race([opened.catch(() => null), ended]);
  }

  async #work(n) {
    while (!this.stopped) {
      const socket = await this.open();
      if (!socket) {
        await pause(5);
      } else if (n % 2 === 0) {
        socket.destroy();
        await pause(20);
      } else {
        const gone = once(socket, 'close');
        while (!this.stopped && !socket.destroyed) await Promise.race([pause(50), gone]);
        socket.destroy();
      }
    }
  }
}
