// A resident reads who has looked at the record, asks why, and disputes the answer of the institution's office; the regulator closes it.
// Who acts for the resident learns nothing of that, and asks for a correction. Everybody is told on the page that is open.
import assert from 'node:assert/strict';
import { act, looksOf, makes } from './app-cases.mjs';
import { enlarge } from './app-look.mjs';
import { at, journey, leads, look, open, person, provoke, settled, until, world } from './journey.mjs';
import { arrives, comes, me, people } from './people.mjs';

const { li, wang } = people;
const say = (zh, en) => (world.Language === 'en' ? en : zh);
const seen = (page, kind) => look(page, kind, enlarge);
const unread = (n) => say(`消息，${n} 条未读`, `Messages, ${n} unread`);
const asked = '我那天没有看病，为什么查看我的档案？';
const answer = '当天有居民来电咨询，医师核对了过敏史。';
const disputes = '我没有打过电话。';
const finding = '经核实，电话记录与查阅时间一致。';

await journey(async (browser) => {
  const phone = await person(browser, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  await arrives(phone, li);
  await settled(phone);
  const [office, regulator] = [await desk(browser, 'office'), await desk(browser, 'regulator')];
  await enlarge(office, true);
  await looks(browser);

  const id = await asks(phone);
  await told(office, 1);
  await answers(office, id);
  await told(phone, 1);
  await disputed(phone, id);
  await told(regulator, 1);
  await finds(regulator, id);
  await told(phone, 1);
  await phone.locator('#main', { hasText: finding }).waitFor();
  await seen(phone, 'app-question-found');
  await proxy(browser, office, id);
});

/** desk lets somebody of the team come to their desk, where nothing is unread. */
async function desk(browser, name) {
  const page = await person(browser);
  await comes(page, name);
  await settled(page);
  await page.locator(`header a[aria-label="${say('消息，没有未读', 'Messages, none unread')}"]`).waitFor();
  return page;
}

/** looks lets a doctor look at the record. */
async function looks(browser) {
  const page = await person(browser);
  await comes(page, 'doctor', '/app/residents/li');
  await page.locator('h1', { hasText: li.name }).waitFor();
  await settled(page);
}

/** told sees that the page that is open has so many unread messages, and was not loaded anew for that. */
async function told(page, n) {
  const loaded = await page.evaluate(() => performance.timeOrigin);
  await page.locator(`header a[aria-label="${unread(n)}"]`).waitFor();
  assert.equal(await page.evaluate(() => performance.timeOrigin), loaded);
}

/** asks lets the resident ask why the doctor has looked; it gives the id of the case. */
async function asks(page) {
  await until(() => 'the look is on record', async () => 'Practitioner/doctor' in await looksOf(page, 'Patient/li'));
  await page.locator('nav a[href="/app/looked"]').first().click();
  const line = page.locator('main li', { hasText: '吴涛' }).first();
  await line.waitFor();
  await seen(page, 'app-looked-by');
  await leads(page, () => line.locator('a[href*="access-question"]').click());
  await page.locator('main textarea').fill(asked);
  await seen(page, 'app-question-ask');
  await page.locator('main form button[type=submit]').click();
  await page.waitForURL(/\/app\/cases\/[^/]+$/);
  await page.locator('#main', { hasText: asked }).waitFor();
  await settled(page);
  return page.url().split('/').at(-1);
}

/** take opens the case in the inbox of a member of staff. */
async function take(page, id) {
  await leads(page, () => page.locator('aside nav a[href="/app/inbox"]').click());
  await leads(page, () => page.locator(`a[data-case="Task/${id}"]`).click());
  await at(page, `/app/cases/${id}`);
}

async function answers(page, id) {
  await take(page, id);
  await page.locator('#main', { hasText: asked }).waitFor();
  await seen(page, 'app-question-office');
  await makes(page, id, 'answer', answer);
}

async function disputed(page, id) {
  await page.locator('#main', { hasText: answer }).waitFor();
  await seen(page, 'app-question-answered');
  await makes(page, id, 'dispute', disputes);
  await leads(page, () => page.locator('header a[href="/app/messages"]').click());
  await leads(page, () => page.locator(`main li a[href="/app/cases/${id}"]`).first().click());
  await page.locator(`header a[aria-label="${say('消息，没有未读', 'Messages, none unread')}"]`).waitFor();
}

async function finds(page, id) {
  await take(page, id);
  await page.locator('#main', { hasText: disputes }).waitFor();
  assert.ok(!(await page.locator('#main').innerText()).includes(li.name), 'the regulator need not know who asks');
  await seen(page, 'app-question-regulator');
  await makes(page, id, 'find', finding);
}

/** proxy lets somebody act for the resident who may not know of the question, but may ask for a correction. */
async function proxy(browser, office, id) {
  const page = await person(browser);
  await arrives(page, wang, me);
  await act(page, (c) => c.role === 'proxy');
  await open(page, '/app/');
  await settled(page);
  assert.equal(await page.locator('nav a[href="/app/looked"]').count(), 0);
  provoke(page, /40[34] \(/);
  await open(page, `/app/cases/${id}`);
  await page.locator('main .ant-empty').waitFor();
  assert.ok(!(await page.locator('#main').innerText()).includes(asked));
  await seen(page, 'app-case-missing');
  provoke(page, undefined);
  await open(page, '/app/matters/begin?process=correction&record=Observation/li-weight');
  await settled(page);
  await page.locator('main textarea').first().fill('体重写错了。');
  await page.locator('main textarea').nth(1).fill('应为 58.5 kg。');
  const before = await bell(office);
  await page.locator('main form button[type=submit]').click();
  await page.waitForURL(/\/app\/cases\/[^/]+$/);
  await settled(page);
  await told(office, before + 1);
}

/** bell is how many messages are unread. */
async function bell(page) {
  return Number((await page.locator('header a[href="/app/messages"]').getAttribute('aria-label')).match(/\d+/)?.[0] ?? 0);
}
