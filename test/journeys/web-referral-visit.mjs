// A hospital's office takes a patient over who is referred to it, and books the visit in the same step, out of the places that it keeps for
// referrals. She reads it among her visits, and cancels; the doctor there finds another time. Her own doctor withdraws the referral, with
// which the visit goes, and books at the hospital from her chart.
import assert from 'node:assert/strict';
import { enlarge, few } from './app-look.mjs';
import { journey, leads, look, open, settled } from './journey.mjs';
import { agrees, arrive, chooses, does, inDays, isTold, picks, refers, says, sends, signs, takesUp, writes } from './referral.mjs';

const letter = { 转诊原因: '不稳定型心绞痛，建议冠脉造影。', 转诊目的: '请评估是否需要介入治疗。', 检查所见: 'ST 段压低，肌钙蛋白升高。' };

await journey(async (browser) => {
  const { lin, clinic, county, hewei, phone } = await arrive(browser, 'lin', 'clinic', 'county', 'hewei');
  await opens(county);
  const id = await refers(lin, { problem: '不稳定型心绞痛', urgency: '加急', department: '心血管内科', texts: letter });
  await agrees(phone, id, '心血管内科');
  await signs(lin, id);
  await takesUp(clinic, id);
  await does(clinic, '审核通过');
  await accepts(county, id);
  await cancels(phone, id);
  await finds(hewei, id);
  await isTold(lin, id, '已约定时间', '09:00');
  await does(lin, '撤回', writes('患者改在社区治疗。'));
  await open(phone, '/app/booking/visits');
  await says(phone, '转诊结束或另行安排');
  await fromChart(lin, phone);
});

/** opens opens a clinic of the department, every day from tomorrow on. */
async function opens(office) {
  await open(office, '/app/clinics/new');
  await office.locator('#clinic-department').click();
  await office.locator('.ant-select-item-option', { hasText: '心血管内科' }).click();
  await office.locator('#clinic-from').fill(inDays(1));
  for (const name of ['周六', '周日', '节假日也出诊']) await office.locator('label', { hasText: name }).click();
  await leads(office, () => office.locator('#main button', { hasText: /^\s*保存\s*$/ }).click());
  await says(office, '每天 08:00–12:00');
}

/** time chooses a time at a page or in a form. */
function time(of, clock) {
  return of.locator('button:not([disabled])', { hasText: `${clock}–` }).first().click();
}

/** accepts lets the office take the patient over at a time, and look for another one. */
async function accepts(county, id) {
  await takesUp(county, id, '心绞痛');
  await few(county, 'times for a referral', () => chooses(county, '审核通过并预约就诊'));
  const form = county.locator('#move-form');
  await form.locator('button[aria-pressed=true]', { hasText: '明天' }).waitFor();
  assert.ok(await form.locator('button', { hasText: '转诊余' }).count() > 0, 'places are kept for referrals');
  await form.locator('.ant-btn-primary').click();
  await says(county, '请选择就诊时间');
  await time(form, '08:30');
  await form.locator('[role=status]', { hasText: '08:30–09:00' }).waitFor();
  await picks('何伟')(form);
  await form.locator('textarea').fill('既往心电图。');
  await look(county, 'app-referral-accept-visit', enlarge);
  await sends(county);
  await says(county, '已约定时间', '已预约门诊', '08:30', '何伟');
}

/** cancels lets the resident read of the visit, and cancel it: the referral stands. */
async function cancels(phone, id) {
  await open(phone, '/app/messages');
  await phone.locator('#main li', { hasText: '就诊已约好' }).first().waitFor();
  await open(phone, `/app/cases/${id}`);
  await says(phone, '时间已确定', '08:30', '既往心电图');
  await leads(phone, () => phone.locator('#main a', { hasText: '查看预约' }).click());
  await says(phone, '由柳林镇卫生院转诊', '08:30–09:00', '改约请联系就诊医院');
  assert.equal(await phone.locator('#main a', { hasText: /^改约$/ }).count(), 0, 'it is changed in the referral');
  await look(phone, 'app-referral-visit', enlarge);
  await phone.locator('#main button', { hasText: '取消预约' }).click();
  await phone.locator('.ant-modal', { hasText: '转诊仍然有效' }).locator('button', { hasText: '取消预约' }).click();
  await says(phone, '已取消');
  await open(phone, `/app/cases/${id}`);
  await says(phone, '正在为您安排时间');
}

/** finds lets the doctor find another time. */
async function finds(hewei, id) {
  await takesUp(hewei, id, '心绞痛');
  await chooses(hewei, '预约就诊');
  await time(hewei.locator('#move-form'), '09:00');
  await look(hewei, 'app-referral-book-visit', enlarge);
  await sends(hewei);
  await says(hewei, '已约定时间', '09:00');
}

/** fromChart lets the clinic's doctor book at the hospital from the chart, and the resident find it. */
async function fromChart(lin, phone) {
  await open(lin, '/app/residents/sun');
  await settled(lin);
  await few(lin, 'a visit at a higher hospital', () => leads(lin, () => lin.locator('#main a', { hasText: /^预约上级医院$/ }).click()));
  await lin.locator('#main label', { hasText: '心血管内科' }).click();
  await lin.locator('#main button', { hasText: '转诊余' }).first().waitFor();
  await look(lin, 'app-booking-higher', enlarge);
  await time(lin.locator('#main'), '10:00');
  await lin.locator('.ant-modal', { hasText: '孙桂兰' }).locator('.ant-btn-primary').click();
  await lin.locator('#main [role=status]', { hasText: '10:00–10:30' }).waitFor();
  await lin.locator('#main li', { hasText: '10:00–10:30' }).locator('button', { hasText: '取消预约' }).waitFor();
  await open(phone, '/app/booking/visits');
  await says(phone, '10:00–10:30');
}
