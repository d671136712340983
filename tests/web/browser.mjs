// Debian's Chromium, driven by playwright-core; nothing is downloaded, nothing is sent out.
//
// It starts beside other tests, on a machine that they keep busy.
import { chromium } from 'playwright-core';

export const open = () =>
  chromium.launch({
    timeout: 180_000,
    executablePath: process.env.FEDTRAIL_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
