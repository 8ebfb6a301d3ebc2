// What people of a referral do on their screens, and what they are to see there.
import assert from 'node:assert/strict';
import { enlarge, few } from './app-look.mjs';
import { at, goesTo, leads, look, open, person, provoke, settled, world } from './journey.mjs';
import { arrives, comes, people } from './people.mjs';

const { sun } = people;
const hour = 3600 * 1000;
const zone = 8 * hour; // of the platform

/** inDays is a day of the platform's, some days from now. */
export const inDays = (n) => new Date(Date.now() + n * 24 * hour + zone).toISOString().slice(0, 10);

/** arrive lets the staff of a referral come in, and the resident on a phone, who reads large type. */
export async function arrive(browser, ...staff) {
  const here = {};
  await Promise.all(staff.map(async (name) => {
    here[name] = await person(browser);
    await comes(here[name], name);
    provoke(here[name], /40[34] \(/); // a case that is open on a page may be nothing of theirs any more
  }));
  here.phone = await person(browser, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  await arrives(here.phone, sun);
  await settled(here.phone);
  await enlarge(here.phone, true);
  return here;
}

/** says waits until a page says something. */
export async function says(page, ...texts) {
  for (const text of texts) await page.locator('#main', { hasText: text }).first().waitFor();
  await settled(page);
}

/** takesUp opens the case from where it waits for somebody, which asks for no more than a page may, and sees what it says there. */
export async function takesUp(page, id, ...texts) {
  await open(page, '/app/inbox');
  await page.locator(`#main a[data-case="Task/${id}"]`).waitFor();
  await settled(page);
  await few(page, 'a case', () => leads(page, () => page.locator(`#main a[data-case="Task/${id}"]`).click()));
  await says(page, ...texts);
}

/** isTold opens the case from the message by which somebody is told of it, and sees what it says there. */
export async function isTold(page, id, ...texts) {
  await goesTo(page, '/app/messages');
  await leads(page, () => page.locator(`#main li a[href="/app/cases/${id}"]`).first().click());
  await says(page, ...texts);
}

/** answered waits for the answers to something that is sent, and sees that it was taken, or refused with a status. */
async function answered(page, does, operation = '$move', status = 200) {
  const answer = page.waitForResponse((r) => r.url().endsWith(operation));
  await does();
  const a = await answer;
  assert.equal(a.status(), status, await a.text());
  await settled(page);
}

const called = (text) => new RegExp(`^${text}\\d?$`); // with the key by which it is chosen

/** chooses opens the form of a move. */
export async function chooses(page, move) {
  await page.locator('#main button', { hasText: called(move) }).click();
  await page.locator('#move-form button').first().waitFor();
}

/** does makes a move whose form is filled in by a function, if there is anything to fill in. */
export async function does(page, move, fills) {
  await chooses(page, move);
  await fills?.(page.locator('#move-form'));
  await sends(page);
}

/** sends sends the form that is open. */
export async function sends(page) {
  const button = page.locator('#move-form button[type=submit], #move-form .ant-btn-primary').first();
  await answered(page, () => button.click());
  await page.locator('#move-form').waitFor({ state: 'detached' });
}

/** refused sends the form that is open, and sees that it is refused beside a field. */
export async function refused(page) {
  provoke(page, /4\d\d \(/);
  await answered(page, () => page.locator('#move-form button[type=submit]').click(), '$move', 422);
  await page.locator('#move-form [aria-invalid=true]').first().waitFor();
  provoke(page, /40[34] \(/);
}

/** picks chooses a doctor of one's institution in a form. */
export const picks = (name) => async (form) => {
  await form.locator('[role=combobox]').fill(name);
  await form.page().locator('.ant-select-item-option', { hasText: name }).first().click();
};

/** writes says something in a form, in its texts one after the other. */
export const writes = (...texts) => async (form) => {
  for (const [i, text] of texts.entries()) await form.locator('textarea').nth(i).fill(text);
};

/** timed sets the time at which the patient is to come, and says what to bring. */
export const timed = (day, clock, bring) => async (form) => {
  await form.locator('input[type=datetime-local]').fill(`${day}T${clock}`);
  if (bring) await form.locator('textarea').fill(bring);
};

// What a doctor may have to do from a chart until a letter is with the resident, so that it takes a minute: the letter has the rest.
const most = { clicks: 6, texts: 4 };

/** refers refers the resident from the chart, in one form. It gives the id of the case. */
export async function refers(page, { way, problem, urgency, department, texts, takes, days = 0 }, kind) {
  await open(page, '/app/residents/sun');
  await settled(page);
  const began = Date.now();
  const did = { clicks: 0, texts: 0 };
  const press = (locator) => locator.click().then(() => did.clicks++);
  const main = page.locator('#main');
  await few(page, 'a new referral', () => leads(page, () => press(main.locator('a', { hasText: /^转诊$/ }))));
  const choice = (name) => main.locator('form label', { hasText: name }).first();
  if (way) await press(main.locator('label', { hasText: way }));
  await press(choice(problem));
  if (urgency) await press(choice(urgency));
  await press(choice(department));
  for (const [label, text] of Object.entries(texts)) {
    await main.getByLabel(label, { exact: false }).first().fill(text);
    did.texts++;
  }
  for (let i = 0; i < days; i++) await press(main.locator('form button', { hasText: '添加一次' }));
  if (takes) await press(choice(takes));
  if (kind) await look(page, kind, enlarge);
  await answered(page, () => press(main.locator('form button[type=submit]')));
  await page.waitForURL(/\/app\/cases\/[^/]+$/);
  await says(page, '待居民同意');
  assert.ok(did.clicks <= most.clicks + days && did.texts <= most.texts, `it takes ${did.clicks} clicks and ${did.texts} texts`);
  const took = Math.round((Date.now() - began) / 1000);
  console.log(`a referral takes ${did.clicks} clicks and ${did.texts} texts; by a program ${took} s with its looks`);
  return page.url().split('/').at(-1);
}

/** writesAnew writes the letter that was returned anew: it says what it said before, and a department has to be chosen. */
export async function writesAnew(page, id, said, department) {
  await few(page, 'a letter', () => leads(page, () => page.locator('#main button', { hasText: called('转诊') }).click()));
  await at(page, `/app/cases/${id}/refer`);
  assert.equal(await page.locator('#main textarea').first().inputValue(), said, 'the letter says what it said');
  await page.locator('#main form label', { hasText: department }).first().click();
  await answered(page, () => page.locator('#main form button[type=submit]').click());
  await at(page, `/app/cases/${id}`);
}

/** agrees lets the resident read what is asked on the phone, and agree. */
export async function agrees(phone, id, to, kind) {
  await isTold(phone, id, '请您决定是否转诊', to, '您随时可以改变主意', '转诊单');
  if (kind) await look(phone, kind, enlarge);
  await answered(phone, () => phone.locator('#main button', { hasText: /^同意转诊$/ }).click());
  await says(phone, '您已同意');
}

/** signs lets the doctor sign the letter and send it, by one button. */
export async function signs(page, id) {
  await takesUp(page, id, '待签发');
  await chooses(page, '签发');
  await sends(page);
  await says(page, '已签名', '转出机构审核');
}

/** reads opens the letter that stands in a case as the document that it is, as it is and as it is printed. */
export async function reads(page, id, ...texts) {
  await open(page, `/app/cases/${id}`);
  await says(page, ...texts);
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.locator('header').isVisible(), false);
  assert.ok(await page.locator('#main .sheet', { hasText: texts[0] }).isVisible(), 'the letter is printed');
  await page.emulateMedia({ media: null });
  await leads(page, () => page.locator('#main a', { hasText: '查看文书原件与签名' }).click());
  await says(page, texts[0]);
}

/** unseen sees that the record of the resident is closed to somebody: a look at the interface, which every page goes by. */
export async function unseen(page, id) {
  const answer = await page.request.get(`${world.Issuer}/fhir/Condition?patient=Patient/sun`);
  const { entry = [] } = await answer.json(); // but what is their own
  assert.ok(!entry.some(({ resource }) => resource.id === id), 'the record is open');
}
