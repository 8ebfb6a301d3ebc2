// What journeys share: the world that the test has made, a browser that notices what goes wrong beside the way, and a
// look at pages that finds what some people could not read or reach.
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync } from 'node:fs';
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
const provoked = new WeakMap(); // what of that a journey brings about itself, by browsers of people

const known = new Set(); // what opens something
const reading = []; // answers that are being read for it

/** opens puts aside what opens something, so that the test can look whether the server's log has it; see silence_test.go. */
export function opens(...words) {
  for (const word of words.filter((w) => w && !known.has(w))) {
    known.add(word);
    appendFileSync(world.Opens, `${word}\n`);
  }
}

const tokens = ({ access_token: access, refresh_token: refresh, id_token: identity }) => opens(access, refresh, identity);
const built = `${world.Issuer}/app/assets/`; // files, which are the same for everybody
const givesTokens = (url) => url === `${world.Issuer}/oauth/token`;

/** heard puts aside what an answer to a browser opens something by: cookies, codes in addresses, tokens. */
async function heard(answer) {
  for (const { name, value } of await answer.headersArray()) {
    if (name.toLowerCase() === 'set-cookie') opens(...value.split('\n').map((c) => c.match(/^[^=]+=([^;]{16,})/)?.[1]));
    if (name.toLowerCase() === 'location') opens(new URL(value, answer.url()).searchParams.get('code'));
  }
  if (givesTokens(answer.url())) tokens(await answer.json());
}

const ask = globalThis.fetch;
globalThis.fetch = async (...asked) => { // programs ask without a browser
  const answer = await ask(...asked);
  if (givesTokens(answer.url)) tokens(await answer.clone().json());
  return answer;
};

/** journey walks a way with the browser, and ends the process with an error where it cannot be gone to its end. */
export async function journey(walk) {
  const browser = await chromium.connect(world.Browser);
  try {
    await walk(browser);
    await Promise.all(reading);
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
  const usual = { locale: world.Language, viewport: desk, ignoreHTTPSErrors: true, reducedMotion: 'reduce' };
  const context = await browser.newContext({ ...usual, ...options });
  context.setDefaultTimeout(patience);
  await context.addInitScript(counts);
  const documents = new Set(); // addresses that were opened and not found well: told of by the answer's page
  context.on('response', (r) => r.status() >= 400 && r.request().isNavigationRequest() && documents.add(r.url()));
  context.on('response', (r) => {
    if (!r.url().startsWith(world.Issuer) || r.url().startsWith(built)) return;
    reading.push(heard(r).catch(() => {})); // it may be gone
  });
  context.on('weberror', (e) => complaints.add(`${e.page()?.url()}: ${e.error().stack}`));
  context.on('console', (m) => {
    const ours = m.page()?.url().startsWith(world.Issuer);
    const toldByPage = m.text().startsWith('Failed to load resource') && documents.has(m.location().url);
    const elsewhere = /Permissions-Policy.*Unrecognized feature/.test(m.text()); // Chromium has it on other systems
    const meant = provoked.get(context)?.test(m.text());
    if (ours && !toldByPage && !elsewhere && !meant && ['error', 'warning'].includes(m.type())) {
      complaints.add(`${m.page().url()}: ${m.type()}: ${m.text()} (${m.location().url})`);
    }
  });
  return context.newPage();
}

/** counts counts what a page asks for and has not got to its end; it runs in the page. */
function counts() {
  window.underWay = 0;
  const ask = window.fetch.bind(window);
  window.fetch = (...asked) => {
    window.underWay++;
    const answer = ask(...asked);
    answer.then((a) => a.clone().arrayBuffer()).catch(() => {}).then(() => { window.underWay--; });
    return answer;
  };
}

/** provoke says what the journey makes the console of somebody's browser complain of from now on; nothing, to end it. */
export function provoke(page, what) {
  provoked.set(page.context(), what);
}

/** until tries something until it holds; what says what that would be. */
export async function until(what, holds) {
  for (const end = Date.now() + patience; !(await holds());) assert.ok(Date.now() < end, `in vain: ${what()}`);
}

const busy = ':is(.ant-skeleton, .ant-spin-spinning, .ant-btn-loading, .coming, .first, [aria-busy=true]):not([data-samples] *)';

/** settled waits until a page of the app shows all that it asks for: when it has been at rest for two frames. */
export async function settled(page) {
  await page.locator('h1').first().waitFor();
  await page.waitForFunction((waiting) => {
    const rests = window.underWay === 0 && !document.querySelector(waiting);
    window.still = rests ? (window.still ?? 0) + 1 : 0;
    return window.still > 2 && !(window.still = 0);
  }, busy).catch(async (error) => {
    const [asks, shows] = await page.evaluate((waiting) => [window.underWay, document.querySelector(waiting)?.outerHTML], busy);
    assert.fail(`${page.url()} does not come to rest: it asks for ${asks} things and shows ${shows}: ${error.message}`);
  });
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
  opens(fields.code, fields.password);
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

// The looks in which a page must be fit: where, how large, and by which light. Where only sizes are others than on the same screen
// before, axe looks by what has to do with sizes.
const looks = [
  { name: '360', size: phone, audited: true },
  { name: '1280', size: desk },
  { name: '1280-dark', size: desk, dark: true, audited: true },
  { name: '1280-large', size: desk, large: true },
  { name: '360-large', size: phone, large: true, audited: true, rules: ['target-size', 'scrollable-region-focusable', 'meta-viewport'] },
];

/** byClass makes a page of the server's large or not, if told to, and tells whether it was. */
const byClass = (page, large) => page.evaluate((is) => {
  const had = document.documentElement.classList.contains('large');
  document.documentElement.classList.toggle('large', is ?? had);
  return had;
}, large);

/**
 * look holds a page against what it must be for everybody, once for each kind. The page is usual or large afterwards, whatever it was not
 * before: so people go on in both. enlarge makes it large or not, if told to, and tells whether it was.
 */
export async function look(page, kind, enlarge = byClass) {
  if (looked.has(kind)) return;
  looked.add(kind);
  const before = page.viewportSize();
  const large = await enlarge(page);
  const asItIs = (l) => Boolean(l.large) === large;
  for (const l of looks.toSorted((a, b) => asItIs(b) - asItIs(a))) {
    if (!l.audited && !world.Gallery) continue;
    await page.setViewportSize(l.size);
    await page.emulateMedia({ colorScheme: l.dark ? 'dark' : 'light' });
    await enlarge(page, Boolean(l.large));
    await fits(page, `${kind}, ${l.name}`, l.size.width);
    if (l.audited) await audit(page, `${kind}, ${l.name}`, l.rules);
    if (world.Gallery) {
      await page.screenshot({ path: join(world.Gallery, `${kind}-${world.Language}-${l.name}.png`), fullPage: true });
    }
  }
  await page.setViewportSize(before);
  await page.emulateMedia({ colorScheme: 'light' });
}

/** fits sees that a page is as wide as a window at most, once it has followed the window. */
async function fits(page, where, width) {
  const narrow = (most) => document.documentElement.scrollWidth <= most;
  await page.waitForFunction(narrow, width, { timeout: 5000 }).catch(() => {}); // told of below
  const is = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(is <= width, `${where}: the page is ${is} pixels wide`);
}

/** leads does what leads to another page of the app, and waits until that is there in the place of this one. */
export async function leads(page, how) {
  const here = await page.locator('h1').first().elementHandle();
  await how();
  await page.waitForFunction((heading) => !heading.isConnected, here);
  await settled(page);
}

/** goesTo goes to a place of the app as people do: by a link that the page has, and by its address where there is none. */
export async function goesTo(page, path) {
  const link = page.locator(`:is(nav, header) a[href="${path}"]:visible`).first();
  if (new URL(page.url()).pathname !== path && await link.count()) return leads(page, () => link.click());
  await open(page, path);
  return settled(page);
}

/**
 * glance holds a page of the app against what it must be for everybody, in its language and size: one that nobody has looked at before
 * on a phone and at a desk, in one of them by axe.
 */
export async function glance(page, where, onPhone, anew = true) {
  assert.equal(await page.locator('h1:visible').count(), 1, `${where}: a page has one heading that says what it is`);
  if (!anew) return;
  await page.setViewportSize(phone);
  await fits(page, where, phone.width);
  if (onPhone) await audit(page, `${where}, 360`);
  await page.setViewportSize(desk);
  if (!onPhone) await audit(page, `${where}, 1280`);
}

const debuggers = new WeakMap(); // of pages; to let one go would unplug the page's virtual authenticator

/** audit lets axe look at a page, by all that the standards ask for or by some rules. It runs by the debugger, which the page's own policy
 * does not bind. */
async function audit(page, where, rules) {
  if (!debuggers.has(page)) debuggers.set(page, await page.context().newCDPSession(page));
  const debug = debuggers.get(page);
  const evaluate = async (expression) => {
    const how = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await debug.send('Runtime.evaluate', how);
    assert.equal(exceptionDetails, undefined, JSON.stringify(exceptionDetails));
    return result.value;
  };
  await evaluate('scrollTo(0, 0)'); // under the bar at the top nothing can be reached
  if (!(await evaluate('Boolean(window.axe)'))) await evaluate(`${axe} undefined`);
  const options = JSON.stringify({ runOnly: rules ?? standards, resultTypes: ['violations'] });
  const found = await evaluate(`axe.run(document, ${options}).then((r) => JSON.stringify(r.violations))`);
  for (const v of JSON.parse(found)) {
    const places = v.nodes.map((n) => `${n.html} ${[...n.any, ...n.all, ...n.none].map((c) => c.message)}`);
    complaints.add(`${where}: ${v.id}: ${v.help}: ${places.join(' | ')}`);
  }
}
