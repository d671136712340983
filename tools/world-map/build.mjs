#!/usr/bin/env node
// Writes policies/layouts/world.json: the shape of every country by its code of ISO 3166-1, on a sheet 1,000 wide, and
// those of Europe again, larger: most servers are there, and on the world they are too small to tell apart.
// `npm ci && node build.mjs` in this folder; look at the difference before you commit it.
//
// The shapes are Natural Earth's (public domain), 1:110 million, with fewer corners; countries too small to be seen
// are points. Projection: Equal Earth, so that no country looks larger than it is.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { geoArea, geoAzimuthalEqualArea, geoCentroid, geoEqualEarth, geoPath } from 'd3-geo';
import iso from 'i18n-iso-countries';
import { feature } from 'topojson-client';
import { presimplify, quantile, simplify } from 'topojson-simplify';

const require = createRequire(import.meta.url);
const atlas = (scale) => JSON.parse(readFileSync(require.resolve(`world-atlas/countries-${scale}.json`), 'utf8'));
const version = require('world-atlas/package.json').version;
const here = dirname(fileURLToPath(import.meta.url));
const WIDTH = 1000;
const KEPT = 0.55; // of the corners of 1:110 million
const LEAST = 2.2; // square units on the sheet; smaller is a point

const code = (shape) => (shape.id ? iso.numericToAlpha2(shape.id) : shape.properties.name === 'Kosovo' ? 'XK' : undefined);

const coarse = presimplify(atlas('110m'));
const world = feature(simplify(coarse, quantile(coarse, 1 - KEPT)), 'countries');
world.features = world.features.filter((shape) => code(shape) !== 'AQ');
const projection = geoEqualEarth().rotate([-11, 0]).fitWidth(WIDTH, world);
const path = geoPath(projection);
const [[, top], [, bottom]] = path.bounds(world);

const compact = (shape) => rings(path(shape)?.match(/M[^MZ]*Z/g) ?? [], top);

// Whole units, each step relative to the one before: half the octets, and nobody sees a tenth of a unit.
function rings(outlines, above) {
  return outlines
    .map((ring) => {
      const corners = ring.slice(1, -1).split('L').map((pair) => pair.split(',').map(Number));
      const points = corners.map(([x, y]) => [Math.round(x), Math.round(y - above)]);
      const distinct = points.filter((point, i) => i === 0 || point.join() !== points[i - 1].join());
      if (distinct.length < 3) return '';
      let [x, y] = distinct[0];
      const steps = distinct.slice(1).map(([nextX, nextY]) => {
        const step = `${nextX - x} ${nextY - y}`;
        [x, y] = [nextX, nextY];
        return step;
      });
      return `M${distinct[0].join(' ')}l${steps.join(' ').replaceAll(' -', '-')}z`;
    })
    .join('');
}

const shapes = {};
let nameless = '';
for (const shape of world.features) {
  const d = path.area(shape) < LEAST ? '' : compact(shape);
  if (!code(shape)) nameless += d;
  else if (d) shapes[code(shape)] = { path: d };
}
for (const scale of ['50m', '10m']) {
  for (const shape of feature(atlas(scale), 'countries').features) {
    if (!code(shape) || shapes[code(shape)] || code(shape) === 'AQ') continue;
    // Of scattered islands the largest; their middle is often open sea.
    const parts = shape.geometry.type === 'MultiPolygon' ? shape.geometry.coordinates : [shape.geometry.coordinates];
    const areas = parts.map((coordinates) => ({ type: 'Polygon', coordinates }));
    const largest = areas.reduce((a, b) => (geoArea(b) > geoArea(a) ? b : a));
    const [x, y] = projection(geoCentroid(largest));
    shapes[code(shape)] = { at: [Math.round(x), Math.round(y - top)] };
  }
}

// Europe: what lies in the frame, with more corners.
const EUROPE = [[-11, 34], [33, 66]];
const fine = presimplify(atlas('50m'));
const near = feature(simplify(fine, quantile(fine, 0.8)), 'countries');
const frame = { type: 'MultiPoint', coordinates: [[-11, 36], [33, 36], [-11, 60], [33, 60], [10, 66], [10, 34.5]] };
const closer = geoAzimuthalEqualArea().rotate([-11, -50]).fitWidth(WIDTH, frame);
const [[, north], [, south]] = geoPath(closer).bounds(frame);
const drawn = geoPath(closer.clipExtent([[0, north], [WIDTH, south]]));
const europe = {};
let beyond = '';
for (const shape of near.features) {
  const parts = drawn(shape)?.match(/M[^MZ]*Z/g) ?? [];
  const d = drawn.area(shape) < LEAST ? '' : rings(parts, north);
  const [[west, low], [east, high]] = EUROPE;
  const [longitude, latitude] = geoCentroid(shape);
  const inside = longitude > west && longitude < east && latitude > low && latitude < high;
  if (!d) continue;
  if (code(shape) && (inside || ['NO', 'FR', 'TR', 'RU', 'SE', 'FI'].includes(code(shape)))) europe[code(shape)] = { path: d };
  else beyond += d;
}
for (const shape of feature(atlas('10m'), 'countries').features) {
  const [longitude, latitude] = geoCentroid(shape);
  const inside = longitude > -11 && longitude < 33 && latitude > 34 && latitude < 66;
  if (!code(shape) || europe[code(shape)] || !inside || !shapes[code(shape)]?.at) continue;
  const [x, y] = closer([longitude, latitude]);
  europe[code(shape)] = { at: [Math.round(x), Math.round(y - north)] };
}
const about = {
  what: 'The map of the transfer report: the shape of every country, or where it lies if it is too small to be seen.',
  why: 'Where data went is seen sooner than read. Written by tools/world-map/build.mjs; no border here is a statement.',
  source: `Natural Earth 4.1 (public domain), as world-atlas ${version} (ISC) has it; Equal Earth projection`,
  checked_at: '2026-11-28',
};
const lines = (all) =>
  Object.keys(all)
    .sort()
    .map((each) => `        ${JSON.stringify(each)}: ${JSON.stringify(all[each])}`)
    .join(',\n');
const sheet = (height, nameless, all) => `    {
      "width": ${WIDTH},
      "height": ${Math.ceil(height)},
      "nameless": ${JSON.stringify(nameless)},
      "countries": {
${lines(all)}
      }
    }`;
const text = `{
  "about": ${JSON.stringify(about, null, 2).replaceAll('\n', '\n  ')},
  "shades": ["#a9d3dc", "#71b4c3", "#3f93a7", "#17718a", "#084c5e"],
  "sheets": [
${sheet(bottom - top, nameless, shapes)},
${sheet(south - north, beyond, europe)}
  ]
}
`;
writeFileSync(join(here, '../../policies/layouts/world.json'), text);
console.log(`${Object.keys(shapes).length} countries, ${Object.keys(europe).length} of Europe, ${text.length} octets`);
