// What the ledger must say, worked out from what the peers did and from nothing of Fedtrail's.

import assert from 'node:assert/strict';

const byHost = (a, b) => (a.host < b.host ? -1 : 1);
const ORDER = ['intended', 'inferred', 'sent', 'accepted', 'fetched'];
const stronger = (a, b) => (ORDER.indexOf(a) >= ORDER.indexOf(b) ? a : b);

export class Expected {
  #rows = [];

  // One activity, as the origin says it delivered it. `shares` are the local people in it: {subject, object,
  // categories}; `modes` says which host was not there: an answer in its place is the sidecar's.
  add({ activity, deliveries, shares, modes = {} }) {
    for (const { host, status } of deliveries) {
      const evidence = this.#evidence(status, modes[host]);
      if (!evidence) continue;
      for (const share of shares) this.#rows.push({ ...share, activity, host, evidence });
    }
  }

  // 2xx is accepted; any other answer, or none, after the body left is sent; nobody there is no disclosure.
  #evidence(status, mode) {
    if (mode === 'refuse') return null;
    return status >= 200 && status < 300 ? 'accepted' : 'sent';
  }

  // The part of a transfer report that does not depend on the clock: host to figures.
  recipientsOf(subject) {
    const hosts = new Map();
    for (const row of this.#rows.filter((one) => one.subject === subject)) {
      const known = hosts.get(row.host) ?? { objects: new Set(), activities: new Set(), attempts: 0, categories: new Set(), evidence: row.evidence };
      known.objects.add(row.object);
      known.attempts += 1;
      known.activities.add(row.activity);
      row.categories.forEach((category) => known.categories.add(category));
      known.evidence = stronger(known.evidence, row.evidence);
      hosts.set(row.host, known);
    }
    const figures = [...hosts].map(([host, known]) => ({
      host,
      objects: known.objects.size,
      // Two attempts in the same second are one to a ledger with times at one second.
      disclosures: { least: known.activities.size, most: known.attempts },
      channels: ['push'],
      categories: [...known.categories].sort(),
      evidence: known.evidence,
    }));
    return figures.sort(byHost);
  }

  // Every object of a subject and who holds it: "actor\tobject" to Map of host to evidence.
  holders() {
    const holders = new Map();
    for (const { subject, object, host, evidence } of this.#rows) {
      const key = `${subject}\t${object}`;
      const hosts = holders.get(key) ?? new Map();
      hosts.set(host, hosts.has(host) ? stronger(hosts.get(host), evidence) : evidence);
      holders.set(key, hosts);
    }
    return holders;
  }
}

// Throws unless the recipients of a report are those `wanted` by recipientsOf().
export function assertAgrees(report, wanted) {
  const said = report.recipients.map(({ host, objects, disclosures, channels, categories, evidence }) => {
    const counted = wanted.find((one) => one.host === host)?.disclosures;
    const within = counted && disclosures >= counted.least && disclosures <= counted.most;
    return { host, objects, disclosures: within ? counted : disclosures, channels, categories: [...categories].sort(), evidence };
  });
  assert.deepEqual(said.sort(byHost), wanted);
}
