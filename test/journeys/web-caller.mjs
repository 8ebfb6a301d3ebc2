// A clerk takes a call, by keys alone: finds who calls, books a visit, changes it, looks with the caller where to go, and cancels it. Behind
// the call nothing of the caller is left on the screen. The region's line, which knows no residents, books by the number of a document.
import assert from 'node:assert/strict';
import { record } from './app-cases.mjs';
import { enlarge, few } from './app-look.mjs';
import { journey, look, open, person, provoke, settled } from './journey.mjs';
import { comes, people } from './people.mjs';

const { li } = people;

await journey(async (browser) => {
  const office = await person(browser);
  await comes(office, 'office');
  await settled(office);
  await opens(office);
  const [guide, line] = await Promise.all(['guide', 'operator'].map(async (name) => {
    const page = await person(browser);
    await comes(page, name);
    await settled(page);
    return page;
  }));
  const clicks = await counted(guide);
  await few(guide, 'a call', async () => {
    await open(guide, '/app/caller');
    await settled(guide);
  });
  await finds(guide);
  await books(guide);
  await changes(guide);
  await asks(guide);
  await cancels(guide);
  await ends(guide);
  assert.equal(await clicks(), 0, 'the mouse was used');
  await byNumber(line, office);
});

/** parameter is one of an operation. */
function parameter(name, type, value) {
  return { name, [`value${type}`]: value };
}

/** opens opens a clinic that takes place every day. */
async function opens(office) {
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((d) => parameter('day', 'Code', d));
  const times = [parameter('from', 'String', '08:00'), parameter('to', 'String', '10:00'), parameter('capacity', 'Integer', 4), parameter('onsite', 'Integer', 1)];
  await record(office, 'Schedule/$open-clinic', {
    resourceType: 'Parameters',
    parameter: [
      parameter('department', 'Reference', { reference: 'HealthcareService/county-eye' }), parameter('from', 'Date', '2026-01-01'), parameter('segment', 'Integer', 30),
      parameter('ahead', 'Integer', 7), parameter('opens', 'String', '00:00'), parameter('price', 'Decimal', 12.5),
      { name: 'session', part: [...times, ...days, parameter('holidays', 'Boolean', true)] },
    ],
  });
}

/** counted counts how often a page hears the mouse from now on. */
async function counted(page) {
  let n = 0;
  await page.exposeFunction('clicked', () => { n++; });
  await page.context().addInitScript(() => window.addEventListener('mousedown', () => window.clicked(), true));
  return async () => n;
}

/** keys presses keys, each where the page has come to rest. */
async function keys(page, ...names) {
  for (const name of names) {
    await settled(page);
    await page.keyboard.press(name);
  }
  await settled(page);
}

/** says waits until a page says something. */
function says(page, text) {
  return page.locator('#main', { hasText: text }).first().waitFor();
}

/** finds finds who calls, and sees to whom one speaks. */
async function finds(page) {
  await look(page, 'app-caller', enlarge);
  await page.waitForFunction(() => document.activeElement?.id === 'caller');
  await page.keyboard.type(li.name);
  await keys(page, 'Enter');
  await page.locator('#main [role=option]').first().waitFor();
  await keys(page, 'Enter');
  await says(page, '先核对证件号码后四位');
  await says(page, '还没有可办理的预约');
  assert.ok(!(await page.locator('#main').innerText()).includes(li.number), 'a number is shown whole');
  await look(page, 'app-caller-visits', enlarge);
}

/** books books the second time of a later day. */
async function books(page) {
  await keys(page, 'b');
  await page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'combobox');
  await page.keyboard.type('眼科');
  await look(page, 'app-caller-department', enlarge);
  await keys(page, 'Enter', 'ArrowDown', 'Enter', 'ArrowDown');
  await look(page, 'app-caller-time', enlarge);
  await keys(page, 'Enter');
  await says(page, '跟您确认');
  await says(page, '08:30–09:00');
  await keys(page, 'Enter');
  await says(page, '已预约：');
}

/** byNumber books for somebody of whom a number is all that is known; the hospital sees that it was by telephone. */
async function byNumber(line, office) {
  await open(line, '/app/caller');
  await settled(line);
  provoke(line, /403 \(/); // guides look up nobody by a number
  await line.keyboard.type(li.number);
  await keys(line, 'Enter');
  await line.locator('#main [role=option]', { hasText: '按此证件号办理' }).waitFor();
  await look(line, 'app-caller-number', enlarge);
  await keys(line, 'Enter', 'b');
  await line.waitForFunction(() => document.activeElement?.getAttribute('role') === 'combobox');
  await line.keyboard.type('眼科');
  await keys(line, 'Enter', 'ArrowDown', 'Enter', 'Enter');
  await says(line, '跟您确认');
  await keys(line, 'Enter');
  await says(line, '已预约：');
  const shown = await line.locator('#main').innerText();
  assert.ok(!shown.includes(li.name) && !shown.includes(li.number), shown);
  const [, ...date] = shown.match(/已预约：(\d{4})年(\d+)月(\d+)日/);
  const { parameter: visits = [] } = await record(office, `Appointment/$visits?day=${date.map((part) => part.padStart(2, '0')).join('-')}`);
  const channels = visits.filter((p) => p.name === 'visit').map((p) => p.part.find((v) => v.name === 'channel').valueCode);
  assert.deepEqual(channels.filter((c) => c === 'phone'), ['phone'], String(channels));
}

/** changes moves the visit to the first time of that day. */
async function changes(page) {
  await page.locator('#main [role=listbox]:focus').waitFor();
  await keys(page, 'Enter');
  await says(page, '改约');
  await look(page, 'app-caller-visit', enlarge);
  await keys(page, 'Enter', 'ArrowDown', 'Enter', 'Enter', 'Enter');
  await says(page, '已改约：');
  await says(page, '08:00–08:30');
}

/** asks looks where to go, and finds that it is for 120. */
async function asks(page) {
  await keys(page, 't');
  await says(page, '年龄（周岁）');
  await page.keyboard.type('42');
  await keys(page, 'Tab', 'Space', 'Tab', 'Enter');
  await page.locator('#main input[type=search]').waitFor();
  await look(page, 'app-caller-triage', enlarge);
  await until(page, '胸痛、胸闷');
  await keys(page, 'Enter');
  await says(page, '现在有下面任何一种情况吗');
  await until(page, '叫不醒');
  await keys(page, 'Enter');
  await says(page, '请立即拨打 120');
  await look(page, 'app-caller-triage-call', enlarge);
  await keys(page, 'Escape');
}

/** until goes on with Tab until a button that says something has the focus. */
async function until(page, text) {
  for (let i = 0; i < 100; i++) {
    if (await page.evaluate((t) => document.activeElement?.tagName === 'BUTTON' && document.activeElement.textContent.includes(t), text)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`no key leads to ${text}`);
}

/** cancels cancels the visit, and says so twice. */
async function cancels(page) {
  await page.locator('#main [role=listbox]:focus').waitFor();
  await keys(page, 'Enter', 'ArrowDown', 'Enter');
  await says(page, '您确定取消吗');
  await keys(page, 'ArrowDown', 'Enter');
  await says(page, '已取消：');
}

/** ends ends the call. */
async function ends(page) {
  await keys(page, 'e');
  await page.waitForFunction(() => document.activeElement?.id === 'caller');
  assert.ok(!(await page.locator('#main').innerText()).includes(li.name), 'who called is still shown');
}
