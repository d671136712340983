// A program that ignores every proxy setting: ADDRESS HOST SERVERNAME PATH BODY, the CA it trusts on standard input.
// Prints the status and who issued the certificate it saw.
import { readFileSync } from 'node:fs';
import { request } from 'node:https';

const [address, host, servername, path, body] = process.argv.slice(2);
const options = {
  host: address,
  port: 443,
  path,
  method: 'POST',
  ca: readFileSync(0),
  servername,
  checkServerIdentity: () => undefined, // an address has no name; the chain is checked all the same
  headers: { Host: host, 'Content-Type': 'application/activity+json', 'Content-Length': Buffer.byteLength(body) },
  timeout: 60_000,
};
const sent = request(options, (response) => {
  const issuer = response.socket.getPeerCertificate().issuer.CN;
  response.resume().on('end', () => console.log(JSON.stringify({ status: response.statusCode, issuer })));
});
sent.on('timeout', () => sent.destroy(new Error('no answer in 60 s')));
sent.on('error', ({ message }) => console.log(JSON.stringify({ error: message })));
sent.end(body);
