// A correction goes its way in the browser app: a resident asks for it on the phone, the office refuses it by keys alone, the
// resident is told at once and appeals, the regulator upholds the refusal. What was typed and not sent is there again.
import assert from 'node:assert/strict';
import { enlarge } from './app-look.mjs';
import { at, journey, look, open, person, world } from './journey.mjs';
import { enrol, people, resident, verify } from './people.mjs';

const { li } = people;
const say = (zh, en) => (world.Language === 'en' ? en : zh);
const seen = (page, kind) => look(page, kind, enlarge);
const button = (page, zh, en) => page.locator('#main').getByRole('button', { name: say(zh, en), exact: true });
const wrong = '空腹血糖的单位写错了。';
const refusal = '经核对检验单，结果与仪器记录一致。';
const appeal = '我当天没有空腹。';
const finding = '记录如实反映检验结果，维持机构的决定。';

await journey(async (browser) => {
  const phone = await person(browser, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  const desk = await person(browser);
  const id = await asks(phone);
  await refuses(desk, id);
  await appeals(phone, id);
  await upholds(browser, id);
  await ends(phone, id);
});

/** asks lets the resident begin the matter; it gives the id of the case. */
async function asks(page) {
  await open(page, '/auth/phone');
  await resident(page, li.phone);
  await verify(page, li);
  await at(page, '/app/');
  await page.locator('main h1', { hasText: li.name }).waitFor();
  await page.locator('header a[href="/app/messages"]').waitFor();
  await seen(page, 'app-home-resident');
  await open(page, '/app/matters');
  await page.locator('main .ant-empty').waitFor();
  await seen(page, 'app-matters-none');
  await open(page, '/app/matters/begin');
  await page.locator('main a[href*="process=correction"]').waitFor();
  await seen(page, 'app-begin');

  await open(page, '/app/matters/begin?process=correction&record=Observation/li-glucose');
  await page.locator('#main', { hasText: '空腹血糖' }).waitFor();
  await button(page, '提交', 'Send').click();
  const invalid = page.locator('main [aria-invalid=true]');
  await invalid.first().waitFor();
  assert.equal(await invalid.count(), 2, 'what has to be filled in is asked for');
  await seen(page, 'app-begin-wrong');
  const [what, should] = [page.locator('main textarea').first(), page.locator('main textarea').nth(1)];
  await what.fill(wrong);
  await page.reload();
  await page.locator('#main', { hasText: '空腹血糖' }).waitFor();
  assert.equal(await what.inputValue(), wrong, 'what was typed is still there');
  await should.fill('应为 5.6 mmol/L。');
  await seen(page, 'app-begin-correction');
  await button(page, '提交', 'Send').click();
  await page.waitForURL(/\/app\/cases\/[^/]+$/);
  await page.locator('main h1').waitFor();
  await page.locator('#main', { hasText: wrong }).waitFor();
  await page.locator('main ol li').first().waitFor();
  await seen(page, 'app-case-resident');
  return page.url().split('/').at(-1);
}

/** refuses lets the office find the case and refuse it, by keys alone. */
async function refuses(page, id) {
  await enrol(page, 'zhou');
  await open(page, '/app/');
  await page.locator(`main a[href="/app/cases/${id}"]`).waitFor();
  await seen(page, 'app-home-staff');
  await open(page, '/app/inbox');
  await page.locator('main tbody', { hasText: li.name }).waitFor();
  await seen(page, 'app-inbox');
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await seen(page, 'app-keys');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await page.keyboard.press('j');
  await page.locator(`a[data-case="Task/${id}"]:focus`).waitFor();
  await page.keyboard.press('x');
  await page.locator('#main', { hasText: say('已选 1 项', '1 chosen') }).waitFor();
  await page.locator('#main', { hasText: say('没有可以批量办理', 'no move in common') }).waitFor();
  await page.keyboard.press('x');
  await page.keyboard.press('Enter');
  await at(page, `/app/cases/${id}`);
  await page.locator('#main', { hasText: wrong }).waitFor();
  await page.locator('#main', { hasText: say('记录尚未修改', 'Change it first') }).waitFor();
  await seen(page, 'app-case-office');
  const refuse = button(page, '不予更正', 'Refuse').or(page.locator('main button[aria-keyshortcuts]', { hasText: say('不予更正', 'Refuse') }));
  await page.keyboard.press(await refuse.first().getAttribute('aria-keyshortcuts'));
  await page.locator('#move-form input[type=radio]:focus').waitFor();
  await page.keyboard.press('Space');
  await page.keyboard.press('Tab');
  await page.locator('#move-form textarea:focus').waitFor();
  await page.keyboard.type(refusal);
  await seen(page, 'app-move');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.locator('#main', { hasText: say('您现在不需要办理', 'nothing for you to do') }).waitFor();
  await page.locator('#main', { hasText: refusal }).waitFor();
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.locator('header').isVisible(), false);
  assert.ok(await page.locator('#main', { hasText: refusal }).isVisible());
  await page.emulateMedia({ media: null });
}

/** appeals lets the resident, who has been told at once on the open page, appeal. */
async function appeals(page, id) {
  await page.locator('header a', { has: page.locator('[aria-label]') }).first().waitFor();
  await page.locator(`header a[aria-label="${say('消息，1 条未读', 'Messages, 1 unread')}"]`).waitFor();
  await page.locator('#main', { hasText: refusal }).waitFor();
  await open(page, '/app/');
  await page.locator(`main a[href="/app/cases/${id}"]`).waitFor();
  await seen(page, 'app-home-resident-waits');
  await open(page, '/app/messages');
  await page.locator('main li').first().waitFor();
  await seen(page, 'app-messages');
  await page.locator(`main li a[href="/app/cases/${id}"]`).click();
  await at(page, `/app/cases/${id}`);
  await page.locator(`header a[aria-label="${say('消息，没有未读', 'Messages, none unread')}"]`).waitFor();
  await button(page, '申诉', 'Appeal').click();
  await page.locator('#move-form textarea').fill(appeal);
  await seen(page, 'app-appeal');
  await button(page, '提交：申诉', 'Send: Appeal').click();
  await page.locator('main h1 ~ *', { hasText: say('已申诉', 'Appealed') }).waitFor();
  await open(page, '/app/matters');
  await page.locator(`main a[href="/app/cases/${id}"]`).waitFor();
  await seen(page, 'app-matters');
}

/** upholds lets the regulator, who sees neither resident nor record, decide. */
async function upholds(browser, id) {
  const page = await person(browser);
  await enrol(page, 'gao');
  await open(page, '/app/inbox');
  await page.locator(`a[data-case="Task/${id}"]`).click();
  await page.locator('#main', { hasText: appeal }).waitFor();
  assert.doesNotMatch(await page.locator('#main').innerText(), new RegExp(`${li.name}|空腹血糖 ·`));
  await seen(page, 'app-case-regulator');
  await page.locator('main button[aria-keyshortcuts]', { hasText: say('维持不予更正', 'Uphold') }).click();
  await page.locator('#move-form textarea').fill(finding);
  await button(page, '提交：维持不予更正', 'Send: Uphold').click();
  await page.locator('#main', { hasText: say('此事项已办结', 'This case is closed') }).waitFor();
}

/** ends sees that the resident reads what the regulator has found. */
async function ends(page, id) {
  await open(page, `/app/cases/${id}`);
  await page.locator('#main', { hasText: finding }).waitFor();
  await seen(page, 'app-case-ended');
}
