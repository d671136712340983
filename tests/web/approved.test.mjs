// Every approved page a person is given, in every language, on a small phone: nothing is cut off, and axe finds
// nothing wrong. The pages are the approved ones of tests/*/golden, which other tests hold the program to.
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { open } from './browser.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const pages = [];
for (const folder of ['../reports/golden', '../audit/golden']) {
  const dir = resolve(import.meta.dirname, folder);
  const names = (await readdir(dir)).filter((name) => name.endsWith('.html')).sort();
  pages.push(...names.map((name) => ({ name, url: pathToFileURL(join(dir, name)).href })));
}

let browser;
let page;
before(async () => {
  browser = await open();
  // The pages forbid scripts to themselves; bypassing that is for axe alone.
  const context = await browser.newContext({ bypassCSP: true });
  context.setDefaultTimeout(120_000);
  page = await context.newPage();
});
after(() => browser.close());

test('there are pages of each kind in seven languages', () => {
  for (const kind of ['full', 'small', 'notice', 'assessment', 'assessment-full', 'page-request', 'page-period']) {
    assert.equal(pages.filter(({ name }) => name.split('.')[0] === kind).length, 7, kind);
  }
});

for (const { name, url } of pages) {
  test(`${name} is never wider than a small phone, and axe finds nothing wrong with it there`, async () => {
    await page.goto(url);
    await page.evaluate(() => document.querySelectorAll('details').forEach((each) => (each.open = true)));
    for (const width of [360, 320]) {
      await page.setViewportSize({ width, height: 640 });
      const content = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(content <= width, `${content} px in a window of ${width} px`);
    }
    await page.evaluate(axe);
    const { violations } = await page.evaluate((only) => globalThis.axe.run({ runOnly: only }), tags);
    assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), []);
    assert.deepEqual(
      await page.evaluate(() => [
        document.querySelectorAll('main').length,
        document.querySelectorAll('table:not(:has(> caption))').length,
      ]),
      [1, 0],
    );
  });
}
