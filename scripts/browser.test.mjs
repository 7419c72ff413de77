import { expect, test } from 'vitest';
import { launchBrowser } from './browser.mjs';

test('a real Chromium starts and draws text with a font of its own', { timeout: 60_000 }, async () => {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.setContent('<span>wide</span>');
    expect(
      await page.evaluate('document.querySelector("span").getBoundingClientRect().width'),
    ).toBeGreaterThan(10);
  } finally {
    await browser.close();
  }
});
