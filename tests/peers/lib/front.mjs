// The https face of one server: keeps the exact bytes of every POST, answers as the mode says, and lets the
// ActivityPub server decide the rest.
import { createHash } from 'node:crypto';
import { createServer } from 'node:https';

const BODY_LIMIT = 4 * 1024 * 1024;

async function bodyOf(request) {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size > BODY_LIMIT) throw new Error('body too large');
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function signatureOf(headers) {
  if (headers['signature-input']) return 'rfc9421';
  return headers.signature ? 'draft-cavage' : 'none';
}

// What a later comparison needs of a POST. `body` is base64: the exact bytes.
function noteOf(host, request, body) {
  const note = {
    at: new Date().toISOString(),
    host,
    path: request.url,
    sha256: createHash('sha256').update(body).digest('hex'),
    length: body.length,
    body: body.toString('base64'),
    signature: signatureOf(request.headers),
    status: null,
  };
  try {
    const activity = JSON.parse(body);
    const inner = activity.object;
    Object.assign(note, { id: activity.id, type: activity.type, actor: activity.actor });
    note.object = typeof inner === 'object' && inner !== null ? inner.id : inner;
  } catch {
    note.type = null;
  }
  return note;
}

function toFetchRequest(base, request, body) {
  const headers = new Headers();
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    try {
      headers.append(request.rawHeaders[i], request.rawHeaders[i + 1]);
    } catch {
      // A header that no grammar allows; nothing here reads it.
    }
  }
  const bodyless = request.method === 'GET' || request.method === 'HEAD';
  return new Request(new URL(request.url, base), {
    method: request.method,
    headers,
    body: bodyless ? undefined : body,
  });
}

async function send(response, answer) {
  response.statusCode = answer.status;
  answer.headers.forEach((value, name) => response.setHeader(name, value));
  response.end(Buffer.from(await answer.arrayBuffer()));
}

// Modes: accept · status (with `status`) · slow (with `ms`) · close_early (after the headers) · close_late (after
// the body, before an answer) · refuse (nobody listens).
export class Front {
  constructor({ host, port, key, cert, handle }) {
    this.base = `https://${host}`;
    this.host = host;
    this.port = port;
    this.handle = handle;
    this.mode = { name: 'accept' };
    this.posts = [];
    this.sockets = new Set();
    this.server = createServer({ key, cert, keepAliveTimeout: 60_000 }, (request, response) => {
      this.#serve(request, response).catch((error) => {
        if (!response.headersSent) response.writeHead(400);
        response.end(String(error.message));
      });
    });
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  listen() {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.port, '127.0.0.1', resolve);
    });
  }

  close() {
    return new Promise((resolve) => {
      this.server.close(resolve);
      this.sockets.forEach((socket) => socket.destroy()); // those in the middle of a handshake too
    });
  }

  async setMode(mode) {
    const was = this.mode.name;
    this.mode = mode;
    if (mode.name === 'refuse' && was !== 'refuse') await this.close();
    if (mode.name !== 'refuse' && was === 'refuse') await this.listen();
  }

  // Those that count as accepted: verified and answered 2xx.
  accepted() {
    return this.posts.filter((post) => post.status >= 200 && post.status < 300);
  }

  async #serve(request, response) {
    const isPost = request.method === 'POST';
    const mode = isPost ? this.mode : { name: 'accept' };
    if (mode.name === 'close_early') {
      request.socket.destroy();
      return;
    }
    const body = await bodyOf(request);
    const note = isPost ? noteOf(this.host, request, body) : null;
    if (note) this.posts.push(note);
    if (mode.name === 'close_late') {
      request.socket.destroy();
      return;
    }
    if (mode.name === 'slow') await new Promise((resolve) => setTimeout(resolve, mode.ms));
    const answer =
      mode.name === 'status'
        ? new Response('no', { status: mode.status })
        : await this.handle(toFetchRequest(this.base, request, body));
    if (note) note.status = answer.status;
    await send(response, answer);
  }
}
