// Runs ActivityPub servers in one process: node --import ./lib/names.mjs peers.mjs CONFIG.json
//
// The configuration: {"control": PORT, "certificate": FILE, "key": FILE, "servers": [{host, port, people, …}]}.
// The control port speaks plain HTTP on loopback: POST /do {server, action, …}, POST /mode {server, mode},
// GET /posts (all a server was sent), GET /accepted, GET /sent (what this process POSTed), GET /followers.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

import { Server } from './lib/server.mjs';

// Every POST that leaves this process, with the digest of its exact bytes and what came of it.
const sent = [];
const pending = new Set();
const plainFetch = globalThis.fetch;
async function recordingFetch(input, init) {
  const request = input instanceof Request ? input : new Request(input, init);
  if (request.method !== 'POST') return plainFetch(input, init);
  const body = Buffer.from(await request.clone().arrayBuffer());
  const activity = JSON.parse(body);
  const note = {
    host: new URL(request.url).host,
    path: new URL(request.url).pathname,
    id: activity.id,
    type: activity.type,
    actor: activity.actor,
    sha256: createHash('sha256').update(body).digest('hex'),
    status: null,
    error: null,
  };
  sent.push(note);
  try {
    const response = await plainFetch(input, init);
    note.status = response.status;
    return response;
  } catch (error) {
    note.error = String(error.cause?.message ?? error.message);
    throw error;
  }
}
globalThis.fetch = (input, init) => {
  const answer = recordingFetch(input, init);
  pending.add(answer);
  answer.finally(() => pending.delete(answer)).catch(() => {});
  return answer;
};

// Fedify gives up on the first failed inbox; the others are still on their way, or about to start.
async function settled(since, { activity, inboxes = 0 }) {
  const end = Date.now() + 30_000;
  const begun = () => new Set(sent.slice(since).filter(({ id }) => id === activity).map(({ host, path }) => host + path)).size;
  while (begun() < inboxes && Date.now() < end) await new Promise((resolve) => setImmediate(resolve));
  while (pending.size) await Promise.allSettled([...pending]);
}

const config = JSON.parse(readFileSync(process.argv[2]));
const tls = { cert: readFileSync(config.certificate), key: readFileSync(config.key) };
const servers = new Map();
for (const options of config.servers) {
  const server = new Server({ ...options, ...tls });
  await server.start();
  servers.set(options.host, server);
}

function serverNamed(name) {
  const server = servers.get(name);
  if (!server) throw new Error(`no server ${name} here`);
  return server;
}

const routes = {
  'GET /posts': () => [...servers.values()].flatMap((server) => server.front.posts),
  'GET /accepted': () => [...servers.values()].flatMap((server) => server.front.accepted()),
  'GET /sent': () => sent,
  'GET /followers': ({ server, of }) => serverNamed(server).followersOf(of),
  'POST /mode': ({ server, mode }) => serverNamed(server).front.setMode(mode),
  'POST /do': async ({ server, action, ...rest }) => {
    const run = serverNamed(server).actions[action];
    if (!run) throw new Error(`no action ${action}`);
    const before = sent.length;
    const outcome = await run(rest);
    await settled(before, outcome);
    const deliveries = sent.slice(before).filter((note) => note.id === outcome.activity);
    return { ...outcome, deliveries };
  },
};

async function control(request, response) {
  const url = new URL(request.url, 'http://localhost');
  const route = routes[`${request.method} ${url.pathname}`];
  if (!route) {
    response.writeHead(404).end();
    return;
  }
  let text = '';
  for await (const part of request) text += part;
  const given = text ? JSON.parse(text) : Object.fromEntries(url.searchParams);
  const answer = (await route(given)) ?? {};
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
}

createServer((request, response) => {
  control(request, response).catch((error) => {
    response.writeHead(500).end(JSON.stringify({ error: error.stack }));
  });
}).listen(config.control, '127.0.0.1', () => console.log('ready'));

process.on('disconnect', () => process.exit(0));
