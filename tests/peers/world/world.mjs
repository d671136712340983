// The small world in one process: node --import ../lib/names.mjs world.mjs CONFIG.json
//
// The configuration: {"control": PORT, "certificate": FILE, "key": FILE, "servers": [{host, port, software, …}]}, where
// software "fedify" is a real Fedify server. The control port is the back door, plain HTTP on loopback:
//   GET /_copies?actor=URI     the truth: what each server keeps of that person
//   GET /_posts  GET /_asked   what was POSTed to, and asked of, all of them
//   GET /_inboxes              where they take what is sent
//   POST /_mode {host, mode}   lets one misbehave (hostile.mjs)
//   POST /_clock {at}          what time it is for all of them, milliseconds; {} is the real time again
//   POST /_return {host, account, objects}   puts a copy back
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

import { FedifyRecipient } from './recipient.mjs';
import { WorldServer } from './server.mjs';

const config = JSON.parse(readFileSync(process.argv[2]));
const tls = { cert: readFileSync(config.certificate), key: readFileSync(config.key) };
let stopped = null;
const clock = () => stopped ?? Date.now();

const servers = new Map();
for (const options of config.servers) {
  const Kind = options.software === 'fedify' ? FedifyRecipient : WorldServer;
  const server = new Kind({ ...options, ...tls, clock, neighbour: named });
  await server.start();
  servers.set(options.host, server);
}

function named(host) {
  const server = servers.get(host);
  if (!server) throw new Error(`no server ${host} here`);
  return server;
}

async function ofAll(ask) {
  const rows = await Promise.all([...servers].map(async ([host, server]) => [host, await ask(server)]));
  return Object.fromEntries(rows);
}

const routes = {
  'GET /_copies': ({ actor }) => ofAll((server) => server.truth(actor)),
  'GET /_posts': () => [...servers.values()].flatMap(({ posts }) => posts),
  'GET /_asked': () => [...servers.values()].flatMap(({ asked }) => asked),
  'GET /_inboxes': () => ofAll(({ inboxes }) => inboxes),
  'GET /_counts': () => ofAll(({ counts }) => counts),
  'POST /_mode': ({ host, mode }) => named(host).setMode(mode),
  'POST /_return': ({ host, account, objects }) => named(host).bringBack(account, objects),
  'POST /_clock': ({ at }) => {
    stopped = at ?? null;
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
  control(request, response).catch((error) => response.writeHead(500).end(JSON.stringify({ error: error.stack })));
}).listen(config.control, '127.0.0.1', () => console.log('ready'));

process.on('disconnect', () => process.exit(0));
