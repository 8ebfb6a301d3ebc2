// A doctor with two posts works by keys alone: signs in, finds the case that waits, opens it, answers, acts at the other post, signs out.
// All the way it is seen where the keys are, and Tab leads out of everything that it leads into.
import assert from 'node:assert/strict';
import { act, begin, looksOf, move, record, reference } from './app-cases.mjs';
import { enlarge } from './app-look.mjs';
import { at, journey, leads, look, open, person, settled, world } from './journey.mjs';
import { arrives, comes, me, oneTime, password, people } from './people.mjs';

const name = 'chen';
const said = '门诊复诊，核对了过敏史。';
const most = 60; // keys on the way to anything

await journey(async (browser) => {
  const id = await seed(browser);
  const page = await person(browser);
  await signIn(page);
  await skips(page);
  await works(page, id);
  await switches(page);
  await signOut(page);
});

/** seed lets a resident ask why the doctor has looked, and the office ask the doctor; it gives the id of the case. */
async function seed(browser) {
  const [doctor, resident, office] = [await person(browser), await person(browser), await person(browser)];
  await comes(doctor, name, me);
  await act(doctor, (c) => c.institution === 'Organization/county-hospital');
  await record(doctor, 'Patient/li');
  await arrives(resident, people.li, me);
  const event = (await looksOf(resident, 'Patient/li'))['Practitioner/chen'][0];
  const id = await begin(resident, 'access-question', 'ask', reference('event', `AuditEvent/${event}`));
  await comes(office, 'office', me);
  await move(office, id, 'ask-looker');
  for (const page of [doctor, resident, office]) await page.context().close();
  return id;
}

/** focused tells whether what has the focus fits a selector; it must be seen that it has. */
async function focused(page, selector) {
  const { there, seen, what } = await page.evaluate((wanted) => {
    const now = document.activeElement;
    const marked = (e) => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(e);
      return (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none';
    };
    // A box that is drawn by its neighbours has its mark there.
    const around = now.matches('input') ? [now, now.parentElement, ...now.parentElement.children] : [now];
    const { width, height } = now.getBoundingClientRect();
    const shown = now !== document.body && width > 0 && height > 0;
    return { there: now.matches(wanted), seen: shown && around.some(marked), what: now.outerHTML.slice(0, 300) };
  }, selector);
  assert.ok(seen, `it is not seen that the focus is on ${what}`);
  return there;
}

/** reach goes to something by a key. */
async function reach(page, selector, key = 'Tab') {
  for (let presses = 0; presses < most; presses++) {
    await page.keyboard.press(key);
    if (await page.evaluate(() => document.activeElement === document.body)) continue; // between the end of the page and its beginning
    if (await focused(page, selector)) return;
  }
  assert.fail(`${selector} is not reached by ${key}`);
}

async function signIn(page) {
  await open(page, '/auth/sign-in');
  await reach(page, '#name');
  await page.keyboard.type(name);
  await reach(page, '#password');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await at(page, '/auth/second');
  await reach(page, '#code');
  await page.keyboard.type(oneTime(name));
  await page.keyboard.press('Enter');
  await at(page, '/auth/role');
  await reach(page, 'main input[type=radio]');
  await page.keyboard.press('Space');
  const place = () => page.locator('main .choice', { has: page.locator('input:checked') }).innerText();
  while (!(await place()).includes('清河县人民医院')) await page.keyboard.press('ArrowDown');
  await reach(page, 'main form button');
  await page.keyboard.press('Enter');
  await at(page, '/app/');
  await settled(page);
}

/** skips goes once around the page, and past its head. */
async function skips(page) {
  await reach(page, 'a.skip');
  await reach(page, 'a.skip'); // once around: there is no trap
  await page.keyboard.press('Enter');
  assert.ok(await page.evaluate(() => document.activeElement.id === 'main'));
  await page.keyboard.press('Tab');
  assert.ok(await focused(page, '#main *'), 'the next thing stands in the content');
}

/** works opens the case from the inbox, and makes the move that waits. */
async function works(page, id) {
  await reach(page, 'nav a[href="/app/inbox"]', 'Shift+Tab');
  await page.keyboard.press('Enter');
  await page.locator(`a[data-case="Task/${id}"]`).waitFor();
  await settled(page);
  await page.keyboard.press('j');
  assert.ok(await focused(page, `a[data-case="Task/${id}"]`));
  await page.keyboard.press('Enter');
  await at(page, `/app/cases/${id}`);
  await page.locator('#main button[aria-keyshortcuts]').first().waitFor();
  await settled(page);
  await reach(page, '#main button[aria-keyshortcuts="1"]');
  await page.keyboard.press('Enter');
  await page.locator('#move-form textarea:focus').waitFor();
  assert.ok(await focused(page, '#move-form textarea'));
  await page.keyboard.type(said);
  await reach(page, '#move-form button[type=submit]');
  await page.keyboard.press('Enter');
  await page.locator('#move-form').waitFor({ state: 'detached' });
  await page.locator('#main button[aria-keyshortcuts="1"]').waitFor({ state: 'detached' }); // nothing waits for them any more
  await settled(page);
}

/** opensMenu opens the menu of who is signed in. */
async function opensMenu(page) {
  await reach(page, 'header button[aria-haspopup=menu]', 'Shift+Tab');
  await page.keyboard.press('Enter');
  await page.locator('header [role=menu]').waitFor();
}

/** pick goes to an entry of the menu and takes it. */
async function pick(page, which) {
  const there = (entry) => new Promise((tell) => {
    requestAnimationFrame(() => requestAnimationFrame(() => tell(entry.contains(document.activeElement))));
  });
  for (let presses = 0; presses < most; presses++) {
    await page.keyboard.press('ArrowDown');
    if (await which.evaluate(there)) {
      await page.keyboard.press('Enter');
      return;
    }
  }
  assert.fail('the entry is not reached by keys');
}

/** switches acts at the other post. */
async function switches(page) {
  await reach(page, 'header a[href="/app/"], header a[href="/app"]', 'Shift+Tab');
  await leads(page, () => page.keyboard.press('Enter'));
  await opensMenu(page);
  await leads(page, () => pick(page, page.locator('header [role=menu] [role=menuitem]', { hasText: '柳林镇卫生院' })));
  await opensMenu(page);
  await page.locator('header [role=menu]', { hasText: '清河县人民医院' }).waitFor();
  await page.keyboard.press('Escape');
  await page.locator('header [role=menu]').waitFor({ state: 'hidden' });
  assert.ok(await focused(page, 'header button[aria-haspopup=menu]'), 'the focus comes back to what opened the menu');
  await page.keyboard.press('Enter');
  await page.locator('header [role=menu]').waitFor();
  await look(page, 'app-role-menu', enlarge);
  await page.keyboard.press('Escape');
  await page.locator('header [role=menu]').waitFor({ state: 'hidden' });
}

async function signOut(page) {
  await opensMenu(page);
  await pick(page, page.locator('header [role=menu] [role=menuitem]').last());
  await at(page, '/auth/sign-in');
  const answer = await page.request.get(`${world.Issuer}/fhir/Patient/li`);
  assert.equal(answer.status(), 401);
}
