// What journeys share: the world that the test has made, a browser that notices what goes wrong beside the way, and a
// look at pages that finds what some people could not read or reach.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

/** world is what the test has made; see world_test.go. */
export const world = JSON.parse(readFileSync(process.argv[2], 'utf8'));

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

const phone = { width: 360, height: 740 };
const desk = { width: 1280, height: 800 };
const patience = 30_000; // ms for a page or an element to come

const looked = new Set(); // kinds of pages that have been looked at
const complaints = new Set(); // what went wrong beside the way

/** journey walks a way with a browser, and ends the process with an error where it cannot be gone to its end. */
export async function journey(walk) {
  const args = ['--no-sandbox', '--disable-background-networking', '--disable-dev-shm-usage'];
  const browser = await chromium.launch({ executablePath: world.Chromium, args });
  try {
    await walk(browser);
    if (complaints.size) throw new Error([...complaints].join('\n'));
    console.log(`${process.argv[1].split('/').pop()}: ${looked.size} kinds of pages looked at`);
  } catch (error) {
    console.log(error.stack);
    await picture(browser);
    process.exitCode = 1;
  }
  await browser.close();
}

/** picture keeps what all pages show, and prints their texts. */
async function picture(browser) {
  for (const [i, page] of browser.contexts().flatMap((c) => c.pages()).entries()) {
    const text = await page.locator('body').innerText({ timeout: 1000 }).catch((error) => error.message);
    console.log(`--- ${page.url()}\n${text}`);
    const path = join(world.Pictures, `${i}.png`);
    await page.screenshot({ path, fullPage: true }).catch((error) => console.log(error.message));
  }
}

/**
 * person is somebody with a browser of their own, in the language of the world. It gives the page that is open in it.
 */
export async function person(browser, options = {}) {
  const usual = { locale: world.Language, viewport: desk, ignoreHTTPSErrors: true };
  const context = await browser.newContext({ ...usual, ...options });
  context.setDefaultTimeout(patience);
  const documents = new Set(); // addresses that were opened and not found well: told of by the answer's page
  context.on('response', (r) => r.status() >= 400 && r.request().isNavigationRequest() && documents.add(r.url()));
  context.on('weberror', (e) => complaints.add(`${e.page()?.url()}: ${e.error().stack}`));
  context.on('console', (m) => {
    const ours = m.page()?.url().startsWith(world.Issuer);
    const toldByPage = m.text().startsWith('Failed to load resource') && documents.has(m.location().url);
    const elsewhere = /Permissions-Policy.*Unrecognized feature/.test(m.text()); // Chromium has it on other systems
    if (ours && !toldByPage && !elsewhere && ['error', 'warning'].includes(m.type())) {
      complaints.add(`${m.page().url()}: ${m.type()}: ${m.text()} (${m.location().url})`);
    }
  });
  return context.newPage();
}

/** open goes to an address of the server and sees that the page is what is asked for. */
export async function open(page, path, status = 200) {
  const answer = await page.goto(new URL(path, world.Issuer).href);
  assert.equal(answer.status(), status, path);
}

/** at waits until the page has a path of the server. */
export async function at(page, path) {
  await page.waitForURL((u) => u.origin === world.Issuer && u.pathname === path, { waitUntil: 'load' });
}

/** fill types into the fields of a form, by their names, and sends it by its button. */
export async function fill(page, fields, button = 'main form:not(.passkey) button:visible >> nth=0') {
  for (const [name, value] of Object.entries(fields)) {
    await page.locator(`main form:not(.passkey) [name=${name}]`).first().fill(value);
  }
  await send(page, button);
}

/** send presses a button or a link and waits for the page that comes. */
export async function send(page, button) {
  const moved = page.waitForEvent('framenavigated', (frame) => frame === page.mainFrame());
  await Promise.all([moved, page.locator(button).click()]);
  await page.waitForLoadState();
}

/** wrong sees that the page tells what is wrong, belonging to a field where it belongs to one. */
export async function wrong(page, field) {
  const told = page.locator('main .problem');
  assert.equal(await told.getAttribute('role'), 'alert');
  assert.ok((await told.innerText()).length > 5);
  if (field) {
    assert.equal(await told.locator('a').getAttribute('href'), `#${field}`);
    const input = page.locator(`#${field}`);
    assert.equal(await input.getAttribute('aria-invalid'), 'true');
    const described = (await input.getAttribute('aria-describedby')).split(' ').at(-1);
    assert.ok(await page.locator(`#${described}`).isVisible());
  }
}

// The looks in which a page must be fit: where, how large, and by which light.
const looks = [
  { name: '360', size: phone, audited: true },
  { name: '360-large', size: phone, large: true, audited: true },
  { name: '1280', size: desk },
  { name: '1280-dark', size: desk, dark: true, audited: true },
  { name: '1280-large', size: desk, large: true },
];

// The class is all by which the server makes a page large.
const byClass = (page, large) => page.evaluate((is) => {
  const had = document.documentElement.classList.contains('large');
  document.documentElement.classList.toggle('large', is);
  return had;
}, large);

/**
 * look holds a page against what it must be for everybody, once for each kind. The page stays as it was. enlarge makes it
 * large or not, and tells whether it was.
 */
export async function look(page, kind, enlarge = byClass) {
  if (looked.has(kind)) return;
  looked.add(kind);
  const before = page.viewportSize();
  for (const l of looks) {
    if (!l.audited && !world.Gallery) continue;
    await page.setViewportSize(l.size);
    await page.emulateMedia({ colorScheme: l.dark ? 'dark' : 'light' });
    const was = await enlarge(page, Boolean(l.large));
    // An app follows the window a moment later; a page that never fits is told of below.
    await page.waitForFunction((most) => document.documentElement.scrollWidth <= most, l.size.width, { timeout: 5000 }).catch(() => {});
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= l.size.width, `${kind}, ${l.name}: the page is ${width} pixels wide`);
    if (l.audited) await audit(page, `${kind}, ${l.name}`);
    if (world.Gallery) {
      await page.screenshot({ path: join(world.Gallery, `${kind}-${world.Language}-${l.name}.png`), fullPage: true });
    }
    await enlarge(page, was);
  }
  await page.setViewportSize(before);
  await page.emulateMedia({ colorScheme: 'light' });
}

const debuggers = new WeakMap(); // of pages; to let one go would unplug the page's virtual authenticator

/** audit lets axe look at a page. It runs by the debugger, which the page's own policy does not bind. */
async function audit(page, where) {
  if (!debuggers.has(page)) debuggers.set(page, await page.context().newCDPSession(page));
  const debug = debuggers.get(page);
  const evaluate = async (expression) => {
    const how = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await debug.send('Runtime.evaluate', how);
    assert.equal(exceptionDetails, undefined, JSON.stringify(exceptionDetails));
    return result.value;
  };
  await evaluate(`if (!window.axe) { ${axe} } undefined`);
  const options = JSON.stringify({ runOnly: standards, resultTypes: ['violations'] });
  const found = await evaluate(`axe.run(document, ${options}).then((r) => JSON.stringify(r.violations))`);
  for (const v of JSON.parse(found)) {
    const places = v.nodes.map((n) => `${n.html} ${[...n.any, ...n.all, ...n.none].map((c) => c.message)}`);
    complaints.add(`${where}: ${v.id}: ${v.help}: ${places.join(' | ')}`);
  }
}
