// How the pages of the browser app are looked at.
/** enlarge makes the app large or not by its own button, if told to, and tells whether it was. */
export async function enlarge(page, large) {
  const button = page.locator('header button[aria-pressed]');
  const was = (await button.getAttribute('aria-pressed')) === 'true';
  if (was !== (large ?? was)) {
    await button.evaluate((b) => b.click()); // also where a dialog is over it
    await page.locator(`header button[aria-pressed=${large}]`).waitFor();
  }
  return was;
}
