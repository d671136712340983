// HTTP signatures with node:crypto alone: draft-cavage-12 and the part of RFC 9421 that fediverse servers use.
// A second pair of eyes on what Fedtrail signs, so nothing of Fedtrail's is used here.
import { createHash, createPublicKey, sign as signBytes, verify as verifyBytes } from 'node:crypto';

export const digestOf = (body) => createHash('sha256').update(body).digest('base64');

// `key` is {id, pem}. Gives the headers of a POST or GET signed as Mastodon does.
export function signCavage({ method, url, body, key, now }) {
  const { host, pathname, search } = new URL(url);
  const lines = { '(request-target)': `${method.toLowerCase()} ${pathname}${search}`, host, date: new Date(now).toUTCString() };
  if (body !== undefined) {
    lines.digest = `SHA-256=${digestOf(body)}`;
    lines['content-type'] = 'application/activity+json';
  }
  const text = Object.entries(lines).map(([name, value]) => `${name}: ${value}`).join('\n');
  const signature = signBytes('sha256', Buffer.from(text), key.pem).toString('base64');
  const { '(request-target)': _, host: __, ...headers } = lines;
  const params = `keyId="${key.id}",algorithm="rsa-sha256",headers="${Object.keys(lines).join(' ')}"`;
  return { ...headers, signature: `${params},signature="${signature}"` };
}

// The same by RFC 9421, with an RSA or Ed25519 key.
export function signRfc9421({ method, url, body, key, now }) {
  const content = body === undefined ? {} : { 'content-digest': `sha-256=:${digestOf(body)}:` };
  const covered = ['@method', '@target-uri', ...Object.keys(content)].map((name) => `"${name}"`).join(' ');
  const algorithm = createPublicKey(key.pem).asymmetricKeyType === 'ed25519' ? 'ed25519' : 'rsa-v1_5-sha256';
  const params = `(${covered});created=${Math.floor(now / 1000)};keyid="${key.id}";alg="${algorithm}"`;
  const values = [`"@method": ${method}`, `"@target-uri": ${url}`, ...Object.entries(content).map(([name, value]) => `"${name}": ${value}`)];
  const text = [...values, `"@signature-params": ${params}`].join('\n');
  const signature = signBytes(algorithm === 'ed25519' ? null : 'sha256', Buffer.from(text), key.pem).toString('base64');
  return { ...content, 'content-type': 'application/activity+json', 'signature-input': `sig1=${params}`, signature: `sig1=:${signature}:` };
}

function cavageParams(text) {
  return Object.fromEntries([...text.matchAll(/([a-zA-Z]+)=(?:"([^"]*)"|(\d+))/g)].map(([, name, quoted, plain]) => [name, quoted ?? plain]));
}

function verified(algorithm, text, pem, signature) {
  try {
    const key = createPublicKey(pem);
    const hash = key.asymmetricKeyType === 'ed25519' ? null : algorithm;
    return verifyBytes(hash, Buffer.from(text), key, signature);
  } catch {
    return false;
  }
}

// What a signature claims, before any key is asked for; null if there is none.
// `ask` is {method, path, headers, body}: the path with its query, the headers in lower case.
export function claimOf(ask) {
  const { headers } = ask;
  if (headers['signature-input']) {
    const input = /^([a-z0-9_-]+)=(\(([^)]*)\)(.*))$/i.exec(headers['signature-input']);
    if (!input) return { scheme: 'rfc9421', broken: true };
    const keyId = /;keyid="([^"]*)"/.exec(input[4])?.[1];
    const created = Number(/;created=(\d+)/.exec(input[4])?.[1]);
    const covered = [...input[3].matchAll(/"([^"]*)"/g)].map(([, name]) => name);
    return { scheme: 'rfc9421', keyId, covered, created: created * 1000, label: input[1], params: input[2] };
  }
  if (!headers.signature) return null;
  const { keyId, headers: covered = 'date', signature } = cavageParams(headers.signature);
  const claim = { scheme: 'cavage', keyId, covered: covered.split(' '), signature, created: Date.parse(headers.date) };
  return keyId && signature ? claim : { ...claim, broken: true };
}

function cavageText({ method, path, headers }, { covered }) {
  const value = (name) => (name === '(request-target)' ? `${method.toLowerCase()} ${path}` : headers[name]);
  return covered.every((name) => value(name) !== undefined) ? covered.map((name) => `${name}: ${value(name)}`).join('\n') : null;
}

function rfc9421Text({ method, path, headers }, { covered, params }) {
  const { host } = headers;
  const derived = { '@method': method, '@target-uri': `https://${host}${path}`, '@authority': host, '@path': path.split('?')[0] };
  const value = (name) => (name.startsWith('@') ? derived[name] : headers[name]);
  if (!covered.every((name) => value(name) !== undefined)) return null;
  return [...covered.map((name) => `"${name}": ${value(name)}`), `"@signature-params": ${params}`].join('\n');
}

function bodyIsCovered({ method, headers, body }, { scheme, covered }) {
  if (method !== 'POST') return true;
  const name = scheme === 'cavage' ? 'digest' : 'content-digest';
  const stated = scheme === 'cavage' ? `SHA-256=${digestOf(body)}` : `sha-256=:${digestOf(body)}:`;
  return covered.includes(name) && headers[name] === stated;
}

// Whether `pem` (a public key) made the signature of `ask` over that body. 'altered' is a body that it does not cover.
export function judge(ask, claim, pem) {
  if (claim.broken) return 'forged';
  if (!bodyIsCovered(ask, claim)) return 'altered';
  const text = claim.scheme === 'cavage' ? cavageText(ask, claim) : rfc9421Text(ask, claim);
  const signature =
    claim.scheme === 'cavage' ? claim.signature : new RegExp(`${claim.label}=:([^:]*):`).exec(ask.headers.signature ?? '')?.[1];
  if (text === null || !signature) return 'forged';
  return verified('sha256', text, pem, Buffer.from(signature, 'base64')) ? 'good' : 'forged';
}
