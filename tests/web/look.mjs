// Takes pictures of rendered reports: node look.mjs PAGES_DIR OUT_DIR (pages from report_preview).
import { mkdir, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { open } from './browser.mjs';

const [pages, out] = process.argv.slice(2);
if (!out) {
  console.error('usage: node look.mjs PAGES_DIR OUT_DIR');
  process.exit(2);
}
await mkdir(out, { recursive: true });
const looks = [
  { name: 'desktop', viewport: { width: 1280, height: 900 } },
  { name: 'dark', viewport: { width: 1280, height: 900 }, colorScheme: 'dark' },
  { name: 'tablet', viewport: { width: 820, height: 1100 } },
  { name: 'phone', viewport: { width: 390, height: 844 } },
];
const browser = await open();
for (const file of (await readdir(pages)).filter((name) => name.endsWith('.html'))) {
  const url = pathToFileURL(resolve(pages, file)).href;
  for (const { name, ...look } of looks) {
    const page = await browser.newPage(look);
    await page.goto(url);
    const height = Math.min(await page.evaluate(() => document.documentElement.scrollHeight), 8000);
    await page.setViewportSize({ width: look.viewport.width, height });
    for (let top = 0; top < height; top += 1600) {
      const clip = { x: 0, y: top, width: look.viewport.width, height: Math.min(1600, height - top) };
      await page.screenshot({ path: join(out, `${file}-${name}-${top / 1600}.png`), clip });
    }
    await page.close();
  }
  const page = await browser.newPage();
  await page.goto(url);
  await page.pdf({ path: join(out, `${file}.pdf`), preferCSSPageSize: true });
  await page.close();
}
await browser.close();
