// Sends one signed activity straight to a server of the world, as any other server could: the hand that the tests of
// the world itself use.
import { readFileSync } from 'node:fs';
import { request } from 'node:https';

import { signCavage, signRfc9421 } from './signatures.mjs';

const AS = 'https://www.w3.org/ns/activitystreams';
export const PUBLIC = `${AS}#Public`;

// GET or POST to `url`, whose host is one of `world`; gives {status, headers, body}, or {error}.
export function ask(world, method, url, { headers = {}, body, timeout = 60_000 } = {}) {
  const { host, pathname, search } = new URL(url);
  const options = { method, path: pathname + search, ca: readFileSync(world.ca), servername: host, headers: { host, ...headers } };
  return new Promise((resolve) => {
    const sent = request({ ...options, host: '127.0.0.1', port: world.ports[host], timeout }, (response) => {
      let text = '';
      const { statusCode: status, headers: got } = response;
      response.on('data', (part) => {
        text += part;
        if (text.length > 1_000_000) response.destroy(new Error('endless'));
      });
      response.on('end', () => resolve({ status, headers: got, body: text }));
      response.on('error', (error) => resolve({ status, error: error.message, body: text }));
    });
    sent.on('timeout', () => sent.destroy(new Error('timeout')));
    sent.on('error', (error) => resolve({ error: error.message }));
    sent.end(body);
  });
}

// The Delete that worked with the most servers: minimal context, arrays, a plain string.
export function deletion(person, object, more = {}) {
  const audience = { to: [PUBLIC], cc: [`${person.actor}/followers`] };
  return { '@context': AS, id: `${object}#delete-${Math.random()}`, type: 'Delete', actor: person.actor, object, ...audience, ...more };
}

// `how`: scheme 'cavage' (default), 'rfc9421', 'none'; `age` of the signature in seconds; `key` {id, pem} other than the
// person's own; `spoil`: the body is changed after signing; `inbox` other than the usual one.
export function tell(world, host, person, activity, how = {}) {
  const { scheme = 'cavage', age = 0, spoil = false, inbox = world.inboxOf(host) } = how;
  const main = person.keys.find(({ algorithm }) => algorithm === 'rsa');
  const key = how.key ?? { id: main.id, pem: readFileSync(main.file) };
  const body = JSON.stringify(activity);
  const what = { method: 'POST', url: inbox, body, key, now: Date.now() - age * 1000 };
  const sign = { cavage: signCavage, rfc9421: signRfc9421, none: () => ({ 'content-type': 'application/activity+json' }) }[scheme];
  return ask(world, 'POST', inbox, { headers: sign(what), body: spoil ? body.replace('Delete', 'Dalete') : body });
}
