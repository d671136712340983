// Runs in a network namespace of its own (redirected.test.mjs): a server beyond it, the sidecar, and a client that
// knows nothing of either, whose connections the firewall redirects. Prints what happened as one line of JSON.
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';

import { makeCertificates } from '../lib/fediverse.mjs';
import { holdersOf } from '../lib/ledger.mjs';
import { Sidecar } from '../lib/sidecar.mjs';

const { SIDECAR_BINARY: binary, LEDGER_READER: reader } = process.env;
const [dir, clientScript] = process.argv.slice(2);
const HOST = 'far.test';
const ADDRESS = '203.0.113.9'; // TEST-NET-3: nobody's
const ADDRESS6 = '2001:db8::9'; // for documentation: nobody's either
const NOBODY = 65534;
const TRANSPARENT = 7119;
const ACTOR = 'https://origin.test/users/alice';
const OBJECT = 'https://origin.test/users/alice/statuses/1';

// The rules are those that docs/proxy.md tells people to set, with another user.
function network() {
  const run = (command, input) => execFileSync('sh', ['-ec', command], { input });
  run(`ip link set lo up; ip address add ${ADDRESS}/32 dev lo; ip address add ${ADDRESS6}/128 dev lo`);
  const [, rules] = /```nft\n([^]*?)```/.exec(readFileSync(new URL('../../../docs/proxy.md', import.meta.url), 'utf8'));
  run('nft -f -', rules.replaceAll('skuid nodebb', `skuid ${NOBODY}`));
}

// Why no connection there came about, if none did.
function reach6() {
  const server = createTcpServer().listen(443, ADDRESS6);
  const script = `const s = require('net').connect(443, '${ADDRESS6}'); s.on('connect', () => { console.log('reached'); s.end(); });
    s.on('error', ({ code }) => console.log(code));`;
  const client = spawn(process.execPath, ['-e', script], { uid: NOBODY, gid: NOBODY, cwd: '/', stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve) => {
    let text = '';
    client.stdout.on('data', (part) => (text += part));
    client.once('close', () => server.close(() => resolve(text.trim())));
  });
}

function far(certificates, received) {
  const options = { cert: readFileSync(certificates.certificate), key: readFileSync(certificates.key) };
  const server = createServer(options, async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    received.push({ path: request.url, host: request.headers.host, body });
    response.writeHead(202).end();
  });
  return new Promise((resolve) => server.listen(443, ADDRESS, () => resolve(server)));
}

// The client as another user: only its connections are redirected.
function post(name, ca, serverName) {
  const activity = JSON.stringify({
    '@context': 'https://www.w3.org/ns/activitystreams',
    id: `${OBJECT}/activity`,
    type: 'Create',
    actor: ACTOR,
    to: ['https://www.w3.org/ns/activitystreams#Public'],
    object: { id: OBJECT, type: 'Note', attributedTo: ACTOR, content: 'Hello' },
  });
  const words = [clientScript, ADDRESS, HOST, serverName, `/inbox/${name}`, activity];
  const client = spawn(process.execPath, words, { uid: NOBODY, gid: NOBODY, cwd: '/', stdio: ['pipe', 'pipe', 'inherit'] });
  client.stdin.end(readFileSync(ca));
  return new Promise((resolve) => {
    let text = '';
    client.stdout.on('data', (part) => (text += part));
    client.once('close', () => resolve(JSON.parse(text)));
  });
}

network();
const certificates = makeCertificates(join(dir, 'tls'), [HOST]);
const received = [];
const server = await far(certificates, received);
const sidecar = new Sidecar({
  binary,
  dir,
  origin: 'origin.test',
  proxyPort: 7117,
  apiPort: 7118,
  extraCa: certificates.ca,
  ports: {},
  more: {
    proxy: {
      transparent_listen: `127.0.0.1:${TRANSPARENT}`,
      allow_addresses: ['127.0.0.0/8', `${ADDRESS}/32`],
      resolve: [`${HOST}:443=${ADDRESS}:443`],
    },
  },
});
const authority = await sidecar.init();
sidecar.start();
await sidecar.ready();
const read = await post('read', authority, HOST);
const unread = await post('unread', certificates.ca, '');
const direct6 = await reach6();
await sidecar.stop();
server.close();
const holders = await holdersOf(reader, sidecar, [{ actor: ACTOR, object: OBJECT }]);
const recipients = JSON.parse(await sidecar.mustRun('recipients', 'list', '--json'));
console.log(JSON.stringify({ received, read, unread, direct6, recipients, holders: [...[...holders.values()][0]] }));
process.exit(0);
