// Debian's Chromium, driven by playwright-core; nothing is downloaded, nothing is sent out.
import { chromium } from 'playwright-core';

export const open = () =>
  chromium.launch({
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
