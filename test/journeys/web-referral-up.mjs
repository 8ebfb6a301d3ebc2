// A clinic's doctor refers a resident up: the hospital's office returns it with a reason, forwards it the second time, the next
// hospital's doctor takes her over and answers. At night another goes by the green channel, and the resident withdraws from it. She
// reads large type on her phone.
import assert from 'node:assert/strict';
import { enlarge } from './app-look.mjs';
import { at, journey, leads, look, open, settled } from './journey.mjs';
import {
  agrees, arrive, chooses, does, inDays, isTold, picks, reads, refers, refused, says, sends, signs, takesUp, timed, unseen, writes,
  writesAnew,
} from './referral.mjs';

const reason = '不稳定型心绞痛，建议冠脉造影。';
const findings = 'ST 段压低，肌钙蛋白升高。';
const returned = '请补充近期心电图。';
const summary = '行冠脉造影，植入支架一枚，病情平稳。';
const letter = { 转诊原因: reason, 转诊目的: '请评估是否需要介入治疗。', 检查所见: findings };

await journey(async (browser) => {
  const here = await arrive(browser, 'lin', 'clinic', 'county', 'hewei', 'city', 'song');
  await up(here);
  await green(here);
});

async function up({ lin, clinic, county, city, song, phone }) {
  const wanted = { problem: '不稳定型心绞痛', urgency: '加急', department: '心血管内科', texts: letter, takes: '肌钙蛋白 I' };
  const id = await refers(lin, wanted, 'app-referral-start');
  await agrees(phone, id, '心血管内科', 'app-referral-consent');
  await signs(lin, id);
  await unseen(county, 'sun-angina');
  await takesUp(clinic, id, '心绞痛', reason);
  await look(clinic, 'app-referral-review', enlarge);
  await does(clinic, '审核通过');
  await takesUp(county, id, '心绞痛');
  await reads(county, id, findings, '肌钙蛋白 I', '已签名');
  await look(county, 'app-referral-letter', enlarge);
  await takesUp(county, id);
  await does(county, '退回', writes(returned));
  await unseen(county, 'sun-angina');

  await takesUp(lin, id, returned);
  await look(lin, 'app-referral-returned', enlarge);
  await writesAnew(lin, id, reason, '心血管内科');
  await agrees(phone, id, '心血管内科');
  await signs(lin, id);
  await takesUp(clinic, id);
  await does(clinic, '审核通过');
  await takesUp(county, id);
  await chooses(county, '继续上转');
  await county.locator('#move-form label', { hasText: '心脏中心' }).click();
  await county.locator('#move-form textarea').fill('需要外科搭桥。');
  await look(county, 'app-referral-forward', enlarge);
  await sends(county);
  await unseen(county, 'sun-angina');
  await accepted({ city, song, phone }, id);
  await takesUp(song, id, '心绞痛');
  await does(song, '已到院接诊');
  await does(song, '结束接诊并回复', async (form) => {
    await form.locator('textarea').fill(summary);
    await form.locator('label', { hasText: /^合适$/ }).click();
  });
  await unseen(song, 'sun-angina');
  await isTold(lin, id, '植入支架', '已完成');
  await look(lin, 'app-referral-answered', enlarge);
  await isTold(phone, id, '转诊已完成', summary);
}

/** accepted lets the hospital to which it was forwarded choose a doctor, who sets a time within the hours, and the resident read it. */
async function accepted({ city, song, phone }, id) {
  await takesUp(city, id, '心绞痛', '已继续上转');
  await does(city, '审核通过并指定医师', picks('宋凯'));
  await takesUp(song, id, '心绞痛', findings);
  await chooses(song, '约定时间');
  const form = song.locator('#move-form');
  await timed(inDays(1), '20:00', '身份证、医保卡、既往心电图。')(form);
  await refused(song); // behind the hours of the post
  await timed(inDays(1), '09:30')(form);
  await look(song, 'app-referral-schedule', enlarge);
  await sends(song);
  await isTold(phone, id, '时间已确定', '09:30', '云州市中心医院', '滨江路', '医保卡', '宋凯', '进行中');
  assert.equal(await phone.locator('#main a[href^="geo:"]').count(), 1, 'there is a map');
  await look(phone, 'app-referral-scheduled', enlarge);
}

async function green({ lin, clinic, county, hewei, phone }) {
  const texts = { ...letter, 转诊原因: '急性胸痛，疑似心肌梗死。' };
  const id = await refers(lin, { problem: '急性胸痛', urgency: '绿色通道', department: '心血管内科', texts });
  await agrees(phone, id, '心血管内科');
  await signs(lin, id);
  await takesUp(clinic, id, '分钟'); // not working days
  await does(clinic, '审核通过');
  await takesADay(county, '心血管内科', '5');
  await open(county, '/app/referrals');
  await says(county, '绿色通道', '孙桂兰', '0 / 5');
  await settled(county);
  await look(county, 'app-referral-board', enlarge);
  await county.locator(`#main a[href="/app/cases/${id}"]`).first().click();
  await says(county, '绿色通道', '分钟');
  await does(county, '审核通过并指定医师', picks('何伟'));
  await takesUp(hewei, id, '急性胸痛');
  await does(hewei, '约定时间', timed(inDays(1), '02:30'));
  await isTold(phone, id, '02:30');
  await phone.locator('#main button', { hasText: '我不想转诊了' }).click();
  await phone.locator('[role=dialog] textarea, dialog textarea').fill('已经好转。');
  await look(phone, 'app-referral-withdraw', enlarge);
  await phone.locator('button', { hasText: /^不转诊$/ }).click();
  await says(phone, '您已选择不转诊');
  await isTold(lin, id, '居民不同意');
  await unseen(hewei, 'sun-infarct');
}

/** takesADay lets the office say how many referrals a day a department takes. */
async function takesADay(page, department, most) {
  await open(page, '/app/alliance/departments');
  await says(page, department, '按协议接收');
  await look(page, 'app-departments', enlarge);
  await leads(page, () => page.locator(`#main a[aria-label*="${department}"]`).click());
  const [field, button] = [page.locator('#main form input'), page.locator('#main form button[type=submit]')];
  await field.fill('多');
  await button.click();
  await page.locator('#main [aria-invalid=true]').waitFor();
  await look(page, 'app-department-wrong', enlarge);
  await field.fill(most);
  await button.click();
  await at(page, '/app/alliance/departments');
  await page.locator('#main tr', { hasText: department }).filter({ hasText: most }).waitFor();
}
