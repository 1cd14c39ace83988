/** A Chromium for the page's tests and pictures, quiet towards the outside. */
import { type Browser, chromium } from 'playwright-core';

/** The switches without which it would call home or want a display. */
const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @param executablePath - the program, as tests/support/services.ts found it */
export function openBrowser(executablePath: string): Promise<Browser> {
  // Without a UTF-8 locale the browser calls every download with a Chinese name `download`.
  return chromium.launch({ executablePath, args: ARGS, env: { ...process.env, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' } });
}
