// How the pages of the browser app are looked at.
import assert from 'node:assert/strict';

const mostAsked = 3; // things that a page asks the server for

/** few sees that a page asks the server for no more than it may while something leads to it. */
export async function few(page, where, leadsThere) {
  const asked = new Set();
  const note = (r) => {
    const ofAll = /\/(notices\/count|auth\/session)$/.test(new URL(r.url()).pathname); // pages ask for that
    if (r.resourceType() === 'fetch' && !ofAll) asked.add(`${r.method()} ${r.url()} ${r.postData() ?? ''}`);
  };
  page.on('request', note);
  await leadsThere();
  page.off('request', note);
  assert.ok(asked.size <= mostAsked, `${where} asks for ${[...asked].join(', ')}`);
}

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
