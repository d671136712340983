// The report's page in a real browser: accessible, no overflow, nothing loaded, nothing run.
// FEDTRAIL_REPORTS is a folder of pages made by report_preview.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { open } from './browser.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const folder = process.env.FEDTRAIL_REPORTS;
assert.ok(folder, 'FEDTRAIL_REPORTS names the folder that report_preview has filled');

const desktop = { viewport: { width: 1280, height: 900 } };
const dark = { ...desktop, colorScheme: 'dark' };
const tablet = { viewport: { width: 820, height: 1100 } };
const phone = { viewport: { width: 390, height: 844 } };
const small = { viewport: { width: 320, height: 640 } };

let browser;
before(async () => (browser = await open()));
after(() => browser.close());

async function withPage(name, look, use) {
  // The page forbids scripts to itself; bypassing that is for axe alone.
  const context = await browser.newContext({ ...look, bypassCSP: true });
  try {
    context.setDefaultTimeout(120_000);
    const page = await context.newPage();
    const requests = [];
    const dialogs = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('dialog', (dialog) => (dialogs.push(dialog.message()), dialog.dismiss()));
    const url = pathToFileURL(resolve(join(folder, `${name}.html`))).href;
    await page.goto(url);
    await use(page, { url, requests, dialogs });
  } finally {
    await context.close();
  }
}

const looks = { desktop, dark, tablet, phone };
const languages = ['de', 'es', 'fr', 'it', 'nl', 'pl'];
for (const name of ['0', '1', '40', 'hostile', 'en', ...languages]) {
  for (const [how, look] of Object.entries(languages.includes(name) ? { desktop } : looks)) {
    test(`axe finds nothing wrong with a report (${name}, ${how})`, () =>
      withPage(name, look, async (page) => {
        await page.evaluate(() => document.querySelectorAll('details').forEach((each) => (each.open = true)));
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() =>
          globalThis.axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }),
        );
        const said = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).slice(0, 3).join(' ')}`);
        assert.deepEqual(said, []);
      }));
  }
}

for (const name of ['0', '1', '40', 'hostile', 'en', ...languages]) {
  for (const [how, look] of Object.entries({ ...looks, small })) {
    test(`a report is never wider than its window (${name}, ${how})`, () =>
      withPage(name, look, async (page) => {
        const [content, window] = await page.evaluate(() => [
          document.documentElement.scrollWidth,
          document.documentElement.clientWidth,
        ]);
        assert.ok(content <= window, `${content} px in a window of ${window} px`);
      }));
  }
}

test('a report loads nothing and runs nothing', () =>
  withPage('hostile', desktop, async (page, { url, requests, dialogs }) => {
    await page.waitForLoadState('networkidle');
    assert.deepEqual(requests, [url]);
    assert.deepEqual(dialogs, []);
    assert.equal(await page.locator('script, img, iframe, link, object').count(), 0);
  }));

test('a phone shows each server as a card that says what its figures are', () =>
  withPage('1', phone, async (page) => {
    const says = async (column, what) => {
      const cell = page.locator(`.servers tbody td:nth-child(${column})`).first();
      assert.equal(await cell.evaluate((each) => getComputedStyle(each, '::before').content), `"${what}"`);
    };
    await says(2, 'Country');
    await says(4, 'Disclosures');
    await says(8, 'Deletion');
    const row = page.locator('.servers tbody tr').first();
    assert.equal(await row.evaluate((each) => getComputedStyle(each).display), 'grid');
  }));

test('the map says in words what it shows, and the table beside it all of it', () =>
  withPage('en', desktop, async (page) => {
    const map = page.getByRole('img', { name: /^World map\. Countries in which .*: 8 countries\./ });
    assert.equal(await map.count(), 1);
    const box = await map.boundingBox();
    assert.ok(box.width > 350 && box.height > 150, `${box.width} by ${box.height}`);
    assert.equal(await page.locator('.places tbody tr').count(), 11);
    assert.match(await page.locator('.map figcaption').innerText(), /Not on the map: .*not known \(\d+\)/);
    const dark = await map.locator('.s5').first().evaluate((each) => getComputedStyle(each).fill);
    const light = await map.locator('.land').evaluate((each) => getComputedStyle(each).fill);
    assert.notEqual(dark, light);
  }));

test('paper gets the table with its head, and the page without its links', () =>
  withPage('40', desktop, async (page) => {
    await page.emulateMedia({ media: 'print' });
    const display = (selector) => page.locator(selector).first().evaluate((each) => getComputedStyle(each).display);
    assert.equal(await display('.servers thead'), 'table-header-group');
    assert.equal(await display('.servers tbody tr'), 'table-row');
    assert.equal(await display('nav'), 'none');
  }));

test('on paper the map stands on the first sheet where there is room', () =>
  withPage('1', desktop, async (page) => {
    await page.emulateMedia({ media: 'print' });
    const where = page.locator('section[aria-labelledby="where"]');
    assert.equal(await where.evaluate((each) => getComputedStyle(each).breakBefore), 'auto');
  }));

test('on paper a sentence stands apart from the card above it', () =>
  withPage('assessment', desktop, async (page) => {
    await page.emulateMedia({ media: 'print' });
    const gaps = await page.locator('.card + p').evaluateAll((all) => all.map((each) => parseFloat(getComputedStyle(each).marginTop)));
    assert.ok(gaps.length > 0 && gaps.every((gap) => gap >= 1), `${gaps}`);
  }));

test('an assessment of all that can be known takes two sheets, and nothing on them is cut in two', () =>
  withPage('assessment', desktop, async (page) => {
    const sheets = (await page.pdf({ preferCSSPageSize: true })).toString('latin1').match(/\/Type\s*\/Page\b/g);
    assert.equal(sheets.length, 2);
    await page.emulateMedia({ media: 'print' });
    const styles = (selector, name) =>
      page.locator(selector).evaluateAll((all, of) => [...new Set(all.map((each) => getComputedStyle(each)[of]))], name);
    assert.deepEqual(await styles('tbody tr', 'breakInside'), ['avoid']);
    assert.deepEqual(await styles('.card div', 'breakInside'), ['avoid']);
    assert.deepEqual(await styles('section h2', 'breakAfter'), ['avoid']);
    assert.deepEqual(await styles('thead', 'display'), ['table-header-group']);
    assert.deepEqual(await styles('nav', 'display'), ['none']);
  }));

test('three thousand servers cost less than five seconds of processor time to lay out', () =>
  withPage('0', desktop, async (page, { url }) => {
    const probe = await page.context().newCDPSession(page);
    await probe.send('Performance.enable', { timeDomain: 'threadTicks' });
    await page.goto(url.replace('/0.html', '/3000.html'));
    assert.equal(await page.locator('.servers tbody tr').count(), 3000);
    const { metrics } = await probe.send('Performance.getMetrics');
    const seconds = (name) => metrics.find((each) => each.name === name).value;
    const spent = seconds('LayoutDuration') + seconds('RecalcStyleDuration');
    assert.ok(spent > 0 && spent < 5, `${spent} s`);
    console.log(`layout and style of 3,000 servers: ${spent.toFixed(2)} s of processor time`);
  }));
