#!/usr/bin/env node
// Writes policies/texts/<language>/countries.json: the names of countries as Unicode CLDR has them, which comes with
// Node. `node tools/country_names.mjs`; look at the difference before you commit it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const source = readFileSync(join(root, 'src/privacy/country.cpp'), 'utf8');
const table = source.slice(source.indexOf('kCodes ='), source.indexOf(';', source.indexOf('kCodes =')));
const codes = [...new Set(table.match(/\b[A-Z]{2}\b/g))].sort();
const english = new Intl.DisplayNames(['en'], { type: 'language' });

for (const language of readdirSync(join(root, 'policies/texts'))) {
  const names = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
  const country = Object.fromEntries(codes.map((code) => [code, names.of(code)]));
  const missing = codes.filter((code) => !country[code]);
  if (missing.length > 0) {
    throw new Error(`CLDR ${process.versions.cldr} has no name in ${language} for ${missing.join(' ')}`);
  }
  const about = {
    what: `The names of countries in ${english.of(language)}, by their code of ISO 3166-1.`,
    why: 'A person reads names, not codes. Written by tools/country_names.mjs; correct a name here if it is wrong.',
    source: `Unicode CLDR ${process.versions.cldr}, territories (Unicode License v3)`,
    checked_at: '2026-11-28',
  };
  const path = join(root, 'policies/texts', language, 'countries.json');
  writeFileSync(path, JSON.stringify({ about, country }, null, 2) + '\n');
}
