// The transfer report as JSON-LD, read by a real processor: tests/reports/golden/full.jsonld is what the program writes.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import jsonld from 'jsonld';

const DPV = 'https://w3id.org/dpv#';
const GDPR = 'https://w3id.org/dpv/legal/eu/gdpr#';
const report = JSON.parse(await readFile(new URL('../reports/golden/full.jsonld', import.meta.url), 'utf8'));
// Its context is in it: whoever reads it must not have to ask anybody.
const documentLoader = (url) => assert.fail(`asked for ${url}`);
const options = { documentLoader, safe: true };

test('the report expands with nothing lost and nothing fetched', async () => {
  const [node] = await jsonld.expand(report, options);
  assert.deepEqual(node['@type'], [`${GDPR}SARNotice`]);
  assert.equal(node['http://purl.org/dc/terms/hasPart'].length, 2);
  assert.equal(node['http://purl.org/dc/terms/isReferencedBy'].length, 1);
});

test('every disclosure says who to whom, which data, when, and on what it rests', async () => {
  const [node] = await jsonld.expand(report, options);
  const [one, other] = node['http://purl.org/dc/terms/hasPart'];
  for (const part of [one, other]) {
    assert.equal(part['@type'][0], `${DPV}Process`);
    assert.deepEqual(part[`${DPV}hasDataExporter`], [{ '@id': '_:controller' }]);
    const [importer] = part[`${DPV}hasRecipientDataController`];
    assert.deepEqual(importer['@type'], [`${DPV}DataController`, `${GDPR}Recipient`]);
    assert.deepEqual(part[`${DPV}hasDataImporter`], [{ '@id': importer['@id'] }]);
    assert.match(importer['@id'], /^https:\/\/[ab]\.example/);
    assert.equal(part['http://www.w3.org/ns/prov#startedAtTime'][0]['@type'], 'http://www.w3.org/2001/XMLSchema#dateTime');
  }
  assert.deepEqual(one['@type'], [`${DPV}Process`]);
  assert.deepEqual(other['@type'], [`${DPV}Process`, `${DPV}DataTransferRecord`]);
  assert.deepEqual(other[`${DPV}hasLegalBasis`], [{ '@id': `${GDPR}A45-3` }]);
  assert.deepEqual(other[`${DPV}hasThirdCountry`], [{ '@id': 'https://w3id.org/dpv/loc#US' }]);
  assert.deepEqual(other[`${DPV}hasStatus`], [{ '@id': `${DPV}RecipientInformed` }]);
  assert.equal(one[`${DPV}hasLegalBasis`], undefined);
  assert.equal(one[`${DPV}hasThirdCountry`], undefined);
});

test('the report becomes RDF, of terms that the vocabulary has', async () => {
  const quads = await jsonld.toRDF(report, options);
  const terms = new Set();
  for (const { subject, predicate, object } of quads) {
    for (const { termType, value } of [subject, predicate, object]) {
      if (termType === 'NamedNode' && value.startsWith('https://w3id.org/dpv')) terms.add(value.replace('https://w3id.org/dpv', ''));
    }
  }
  const known = [
    ...['DataController', 'DataProtectionOfficer', 'DataSubject', 'Process', 'RightExerciseActivity', 'RecipientInformed'],
    ...['DiscloseByTransmission', 'CrossBorderTransfer', 'hasDataController', 'hasDataProtectionOfficer', 'hasDataSubject'],
    ...['hasName', 'hasContact', 'hasProcessing', 'hasDataExporter', 'hasDataImporter', 'DataTransferRecord', 'hasRecipientDataController', 'hasPersonalData'],
    ...['hasThirdCountry', 'hasCountry', 'hasLegalBasis', 'hasStatus', 'hasRequestStatus', 'RequestAccepted', 'hasRight', 'hasAuthority', 'DataProtectionAuthority'],
  ].map((term) => `#${term}`);
  known.push(...['SARNotice', 'Recipient', 'A45-3', 'A77'].map((term) => `/legal/eu/gdpr#${term}`));
  known.push(...['15', '16', '17', '18', '19', '20', '21', '22'].map((article) => `/legal/eu/gdpr#A${article}`));
  known.push('/loc#US', '/loc#FR', '/pd#UID', '/pd#Username', '/pd#SocialMediaCommunication', '/pd#PubliclyAvailableSocialMedia');
  assert.deepEqual([...terms].filter((term) => !known.includes(term)), []);
  assert.ok(quads.length > 50, `${quads.length} quads`);
});
