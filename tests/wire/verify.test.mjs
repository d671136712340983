// What Fedtrail signs, checked by the code that other servers check with; and the same with one octet changed.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, createPublicKey, createVerify } from 'node:crypto';
import { test } from 'node:test';

import { verifyJsonLd, verifyRequest } from '@fedify/fedify';
import { getDocumentLoader } from '@fedify/vocab-runtime';
import peertube from '@peertube/http-signature';
import activitypubHttpSignatures from 'activitypub-http-signatures';
import httpMessageSignatures from 'http-message-signatures';
import jsonld from 'jsonld';

const samples = execFileSync(process.env.SIGN_SAMPLES, { encoding: 'utf8', maxBuffer: 1 << 24 })
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
const requests = samples.filter((sample) => sample.kind === 'request');
const documents = samples.filter((sample) => sample.kind === 'document');

// Contexts come with Fedify; the only other document anybody may ask for is the actor with its key.
const contexts = getDocumentLoader();
const loaderFor = ({ key_id, public_key }) => async (url) => {
  const owner = key_id.split('#')[0];
  if (url !== key_id && url !== owner) {
    return contexts(url);
  }
  const document = {
    '@context': ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/v1'],
    id: owner,
    type: 'Person',
    inbox: `${owner}/inbox`,
    publicKey: { id: key_id, type: 'CryptographicKey', owner, publicKeyPem: public_key },
  };
  return { contextUrl: null, document, documentUrl: owner };
};

const lowerCase = (headers) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
const target = (sample) => new URL(sample.url).pathname + new URL(sample.url).search;

// Libraries that look at headers alone leave the body to the server: its digest must be that of the body.
function digestFits(sample) {
  const { digest, 'content-digest': contentDigest } = lowerCase(sample.headers);
  const real = createHash('sha256').update(sample.body).digest('base64');
  return sample.body === '' || digest === `SHA-256=${real}` || contentDigest === `sha-256=:${real}:`;
}

const verifiers = {
  Fedify: {
    schemes: ['cavage', 'rfc9421'],
    algorithms: ['rsa'],
    noQuery: 'cavage', // it leaves the query out of (request-target), the draft does not
    async verify(sample) {
      const { method, headers, body, url } = sample;
      const request = new Request(url, { method, headers, body: method === 'GET' ? undefined : body });
      const loader = loaderFor(sample);
      const key = await verifyRequest(request, { documentLoader: loader, contextLoader: contexts });
      return key?.id?.href === sample.key_id;
    },
  },
  '@peertube/http-signature': {
    schemes: ['cavage'],
    algorithms: ['rsa'],
    async verify(sample) {
      const request = { method: sample.method, url: target(sample), headers: lowerCase(sample.headers), httpVersion: '1.1' };
      const covered = ['(request-target)', 'host', 'date', ...(sample.body ? ['digest'] : [])];
      const parsed = peertube.parseRequest(request, { clockSkew: 1800, headers: covered });
      assert.equal(parsed.keyId, sample.key_id);
      return digestFits(sample) && peertube.verifySignature(parsed, sample.public_key);
    },
  },
  'activitypub-http-signatures': {
    schemes: ['cavage'],
    algorithms: ['rsa'],
    async verify(sample) {
      const { method, headers } = sample;
      const signature = activitypubHttpSignatures.parse({ url: target(sample), method, headers: lowerCase(headers) });
      assert.equal(signature.keyId, sample.key_id);
      return digestFits(sample) && signature.verify(sample.public_key);
    },
  },
  'http-message-signatures': {
    schemes: ['cavage', 'rfc9421'],
    algorithms: ['rsa', 'ed25519'],
    async verify(sample) {
      const { createVerifier, httpbis, cavage } = httpMessageSignatures;
      const algorithm = sample.algorithm === 'rsa' ? 'rsa-v1_5-sha256' : 'ed25519';
      const key = { id: sample.key_id, algs: [algorithm], verify: createVerifier(createPublicKey(sample.public_key), algorithm) };
      const keyLookup = async ({ keyid }) => (keyid === sample.key_id ? key : null);
      const { method, url, headers } = sample;
      const scheme = sample.scheme === 'cavage' ? cavage : httpbis;
      return digestFits(sample) && (await scheme.verifyMessage({ keyLookup }, { method, url, headers })) === true;
    },
  },
};

const accepts = async (verifier, sample) => {
  try {
    return await verifier.verify(sample);
  } catch {
    return false;
  }
};

// Changes one octet; the length stays, so that only the signature can tell.
const swap = (text, from, to) => {
  assert.ok(text.includes(from), `${from} is not in ${text}`);
  assert.equal(from.length, to.length);
  return text.replace(from, to);
};
const withHeader = (sample, name, change) => ({
  ...sample,
  headers: { ...sample.headers, [name]: change(sample.headers[name]) },
});
const nextSecond = (text) => text.replace(/(\d)(?=[^\d]*$)/, (digit) => String((Number(digit) + 1) % 10));

function changes(sample) {
  const cavage = sample.scheme === 'cavage';
  const made = {
    path: { ...sample, url: swap(sample.url, '/inbox', '/inbux') },
    host: withHeader({ ...sample, url: swap(sample.url, 'r.example', 'q.example') }, 'Host', (host) => swap(host, 'r.', 'q.')),
    date: cavage
      ? withHeader(sample, 'Date', nextSecond)
      : withHeader(sample, 'Signature-Input', (input) => input.replace(/created=(\d+)/, (_, at) => `created=${Number(at) - 1}`)),
    signature: withHeader(sample, 'Signature', (value) =>
      value.replace(/(signature="|=:)(.)/, (_, start, first) => start + (first === 'A' ? 'B' : 'A')),
    ),
  };
  if (sample.url.includes('?')) {
    made.query = { ...sample, url: swap(sample.url, 'x=1', 'x=2') };
  }
  if (sample.body) {
    const body = swap(sample.body, '"Delete"', '"Delefe"');
    const real = createHash('sha256').update(body).digest('base64');
    made.body = { ...sample, body };
    made['body and digest'] = withHeader({ ...made.body }, cavage ? 'Digest' : 'Content-Digest', () =>
      cavage ? `SHA-256=${real}` : `sha-256=:${real}:`,
    );
  }
  return made;
}

test('the samples are of both schemes, both methods and both algorithms', () => {
  const kinds = new Set(requests.map(({ scheme, method, algorithm }) => `${scheme} ${method} ${algorithm}`));
  assert.deepEqual([...kinds].sort(), [
    'cavage GET rsa',
    'cavage POST rsa',
    'rfc9421 GET ed25519',
    'rfc9421 GET rsa',
    'rfc9421 POST ed25519',
    'rfc9421 POST rsa',
  ]);
  assert.equal(documents.length, 18);
});

for (const [name, verifier] of Object.entries(verifiers)) {
  const able = requests.filter(
    ({ scheme, algorithm, url }) =>
      verifier.schemes.includes(scheme) &&
      verifier.algorithms.includes(algorithm) &&
      !(verifier.noQuery === scheme && url.includes('?')),
  );
  for (const sample of able) {
    const what = `${sample.scheme} ${sample.algorithm} ${sample.method} ${sample.url}`;
    test(`${name} verifies ${what}, and refuses it with one octet changed`, async () => {
      assert.equal(await verifier.verify(sample), true);
      for (const [part, changed] of Object.entries(changes(sample))) {
        assert.equal(await accepts(verifier, changed), false, `changed ${part}`);
      }
    });
  }
}

const canonical = (document) =>
  jsonld.canonize(document, {
    algorithm: 'URDNA2015',
    format: 'application/n-quads',
    documentLoader: contexts,
    safe: true, // a property without a meaning would be dropped, and so not be signed
  });
const sha256 = (text) => createHash('sha256').update(text).digest('hex');

// The way PeerTube does it, with JSON-LD's own processor and Node's RSA.
async function verifiedByHand({ document, public_key }) {
  const { signature, ...rest } = document;
  const { type, id, signatureValue, ...options } = signature;
  assert.equal(type, 'RsaSignature2017');
  for (const context of [['https://w3id.org/security/v1'], 'https://w3id.org/identity/v1']) {
    const signed =
      sha256(await canonical({ '@context': context, ...options })) + sha256(await canonical(rest));
    if (!createVerify('RSA-SHA256').update(signed).verify(public_key, signatureValue, 'base64')) {
      return false;
    }
  }
  return true;
}

for (const [index, sample] of documents.entries()) {
  const document = JSON.parse(sample.document);
  const object = typeof document.object === 'string' ? 'string' : document.object.type;
  const verifyAll = async (changed) => {
    const byFedify = await verifyJsonLd(changed, { documentLoader: loaderFor(sample), contextLoader: contexts });
    return [byFedify, await verifiedByHand({ ...sample, document: changed })];
  };
  test(`document ${index + 1} (${document.type} of ${object}) is verified, and refused once changed`, async () => {
    assert.deepEqual(await verifyAll(document), [true, true]);
    const other = 'https://o.example/n/2';
    const changed = [
      { ...document, object: typeof document.object === 'string' ? other : { ...document.object, id: other } },
      { ...document, type: document.type === 'Undo' ? 'Delete' : 'Undo' },
      { ...document, to: ['https://o.example/users/bob'] },
      { ...document, cc: document.cc.length > 0 ? [] : ['https://o.example/users/bob/followers'] },
      { ...document, id: swap(document.id, '-7-', '-8-') },
      ...(document.removeData ? [{ ...document, removeData: false }] : []),
      { ...document, signature: { ...document.signature, created: nextSecond(document.signature.created) } },
    ];
    for (const bad of changed) {
      assert.deepEqual(await verifyAll(bad), [false, false]);
    }
  });
}
