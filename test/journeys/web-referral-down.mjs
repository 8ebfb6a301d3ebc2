// A hospital's doctor refers a resident back down with a plan of follow-up. The clinic's doctor, who reads large type, takes her over
// and follows the plan to its end; the hospital's doctor reads what came of it.
import assert from 'node:assert/strict';
import { enlarge } from './app-look.mjs';
import { journey, look } from './journey.mjs';
import { agrees, arrive, does, inDays, isTold, picks, reads, refers, signs, takesUp, timed, unseen, writes } from './referral.mjs';

const plan = '心脏康复训练，按时服药，每两周随访。';
const texts = { 病情评估: '术后恢复良好，可在社区康复。', 康复与随访计划: plan, 目前情况: '无胸痛，活动耐量良好。' };
const found = ['血压 130/80，无不适。', '恢复良好，可恢复日常活动。'];

await journey(async (browser) => {
  const { hewei, county, clinic, lin, phone } = await arrive(browser, 'hewei', 'county', 'clinic', 'lin');
  await enlarge(lin, true);
  const id = await refers(hewei, { way: '下转', problem: '冠脉支架术后', department: '康复医学科', texts, days: 2 }, 'app-referral-down');
  await agrees(phone, id, '康复医学科', 'app-referral-down-consent');
  await signs(hewei, id);
  await takesUp(county, id, '冠脉支架术后');
  await does(county, '审核通过');
  await takesUp(clinic, id, '冠脉支架术后');
  await does(clinic, '审核通过并指定医师', picks('林静'));
  await takesUp(lin, id, '冠脉支架术后');
  await reads(lin, id, plan, '已签名');
  await takesUp(lin, id);
  await does(lin, '约定时间', timed(inDays(1), '10:00'));
  await isTold(phone, id, '10:00', '请携带');
  await takesUp(lin, id);
  await does(lin, '已到院接诊');
  await look(lin, 'app-referral-follow-up', enlarge);
  for (const [i, findings] of found.entries()) {
    await takesUp(lin, id, `已完成 ${i} 次，共 2 次`);
    assert.match(await lin.locator('#main .ant-btn-primary').first().innerText(), /登记随访/);
    await does(lin, '登记随访', writes(findings));
  }
  await isTold(hewei, id, '已完成', ...found);
  await isTold(phone, id, '转诊已完成', '已完成 2 次，共 2 次');
  await look(phone, 'app-referral-followed', enlarge);
  await unseen(lin, 'sun-stent');
});
