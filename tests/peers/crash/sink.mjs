// Where the deliveries of the crash test arrive: TLS servers in a process of their own that write down, on the
// first byte of a body, what came. Nothing here ever crashes, so its file is the truth.
//
// node sink.mjs CERT KEY FILE PORT: FILE gets a line "host actor id object" for every delivery.
import { createWriteStream, readFileSync } from 'node:fs';
import { createServer } from 'node:https';

const [, , certificate, key, file, port] = process.argv;
const out = createWriteStream(file);

// The load puts what it sends into headers too: a body that was cut off counts from its first byte.
function received(request) {
  const { host } = request.headers;
  out.write(`${host}\t${request.headers['x-actor']}\t${request.headers['x-id']}\t${request.headers['x-object']}\n`);
}

const options = { cert: readFileSync(certificate), key: readFileSync(key), keepAliveTimeout: 60_000 };
createServer(options, (request, response) => {
  request.once('data', () => received(request));
  request.on('data', () => {});
  request.on('error', () => {});
  request.on('end', () => response.writeHead(202, { 'content-length': 0 }).end());
}).listen(Number(port), '127.0.0.1', () => process.send('ready'));

process.on('message', (message) => {
  if (message === 'flush') out.write('', () => process.send('flushed'));
});
process.on('disconnect', () => process.exit(0));
