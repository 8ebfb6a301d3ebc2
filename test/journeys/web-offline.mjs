// What is typed survives: the connection is lost and comes back, an answer gets lost, the session ends, and somebody else is quicker
// with a move that the page already shows as made.
import assert from 'node:assert/strict';
import { act, choose, code, fillIn, move, sendMove, text } from './app-cases.mjs';
import { enlarge } from './app-look.mjs';
import { at, journey, look, open, person, provoke, settled, world } from './journey.mjs';
import { arrives, comes, enter, me, oneTime, people } from './people.mjs';

const { li } = people;
const say = (zh, en) => (world.Language === 'en' ? en : zh);
const large = world.Language === 'en';
const seen = (page, kind) => look(page, kind, async () => large); // what makes an app large is the server, which is not there
const wrong = '空腹血糖的单位写错了。';
const why = '经核对检验单，结果与仪器记录一致。';
const lost = say('网络已断开', 'The connection is lost');

await journey(async (browser) => {
  const phone = await person(browser, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  await arrives(phone, li);
  await settled(phone);
  await enlarge(phone, large);
  const first = await cutOff(phone);
  const second = await unheard(phone);

  const office = await person(browser);
  await comes(office, 'office', `/app/cases/${first}`);
  await ended(office, first);
  const quicker = await person(browser);
  await comes(quicker, 'offices', me);
  await act(quicker, (c) => c.institution === 'Organization/county-hospital');
  await overtaken(office, quicker, second);
});

/** fills fills in what is wrong with a record. */
async function fills(page, record) {
  await open(page, `/app/matters/begin?process=correction&record=${record}`);
  await settled(page);
  await page.locator('main textarea').first().fill(wrong);
}

/** cutOff lets the connection break while the resident writes, and come back; it gives the id of the case. */
async function cutOff(page) {
  await fills(page, 'Observation/li-glucose');
  provoke(page, /net::ERR|WebSocket/);
  await page.context().setOffline(true);
  await page.locator('[role=status]', { hasText: lost }).waitFor();
  const should = page.locator('main textarea').nth(1);
  await should.fill('应为 5.6 mmol/L。');
  await page.locator('main form button[type=submit]').click();
  await page.locator('main [role=alert]', { hasText: say('连接不上服务器', 'cannot be reached') }).waitFor();
  assert.equal(await page.locator('main textarea').first().inputValue(), wrong);
  await seen(page, 'app-cut-off');
  await page.context().setOffline(false);
  await page.locator('[role=status]', { hasText: lost }).waitFor({ state: 'detached' });
  assert.equal(await should.inputValue(), '应为 5.6 mmol/L。');
  return submits(page);
}

/** submits sends what is filled in, and gives the id of the case. */
async function submits(page) {
  await page.locator('main form button[type=submit]').click();
  await page.waitForURL(/\/app\/cases\/[^/]+$/);
  await settled(page);
  provoke(page, undefined);
  return page.url().split('/').at(-1);
}

/** unheard loses the answer by which the server tells that a case is begun. What is sent again begins no other one. */
async function unheard(page) {
  await fills(page, 'Observation/li-weight');
  await page.locator('main textarea').nth(1).fill('应为 58.5 kg。');
  let begun;
  await page.route('**/fhir/Task/$begin', async (route) => {
    const answer = await route.fetch();
    begun = (await answer.json()).id;
    await route.abort('connectionreset');
  }, { times: 1 });
  provoke(page, /net::ERR/);
  await page.locator('main form button[type=submit]').click();
  await page.locator('main [role=alert]', { hasText: say('连接不上服务器', 'cannot be reached') }).waitFor();
  const id = await submits(page);
  assert.equal(id, begun);
  return id;
}

/** ended ends the session of somebody who writes; they come back in another window and go on. */
async function ended(page, id) {
  await settled(page);
  await enlarge(page, large);
  await choose(page, id, 'refuse');
  await fillIn(page, why);
  provoke(page, /401|WebSocket/);
  await page.context().clearCookies();
  await page.locator('#move-form button[type=submit]').click();
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await seen(page, 'app-session-ended');
  const [other] = await Promise.all([page.waitForEvent('popup'), dialog.locator('a').click()]);
  await other.waitForURL(/\/auth\/sign-in/);
  await enter(other, 'office', oneTime('office'));
  await at(other, '/auth/me');
  await other.close();
  provoke(page, undefined);
  await dialog.locator('button').click();
  await dialog.waitFor({ state: 'hidden' });
  assert.equal(await page.locator('#move-form textarea').first().inputValue(), why);
  await sendMove(page);
  await page.locator('#main', { hasText: why }).waitFor();
}

/** overtaken lets somebody else make another move while that of a page is on its way. The page has shown it as made, and takes it back. */
async function overtaken(page, quicker, id) {
  await open(page, `/app/cases/${id}`);
  await settled(page);
  await choose(page, id, 'refuse');
  await fillIn(page, why);
  const held = new Promise((tell) => {
    void page.route(`**/fhir/Task/${id}/$move`, (route) => tell(route), { times: 1 });
  });
  await page.locator('#move-form button[type=submit]').click();
  const route = await held;
  await page.locator('#main', { hasText: say('提交中', 'Sending') }).waitFor();
  const state = page.locator('main h1 ~ *', { hasText: say('不予更正', 'Refused') });
  await state.waitFor();
  await move(quicker, id, 'refuse', code('reason', 'unproven'), text('why', '没有检验单。'));
  provoke(page, /412|409/);
  await route.continue();
  await page.locator('#main [role=alert]', { hasText: say('别人已先一步办理', 'Somebody was quicker') }).waitFor();
  await settled(page);
  provoke(page, undefined);
  await page.locator('#main', { hasText: '没有检验单。' }).waitFor();
  assert.ok(!(await page.locator('#main ol').innerText()).includes(say('提交中', 'Sending')), 'the step that was not made is gone');
  await seen(page, 'app-overtaken');
}
