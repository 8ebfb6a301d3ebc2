// A clinic's doctor refers a resident up: the hospital's office returns it with a reason, forwards it the second time, the next hospital's doctor
// takes her over and answers. The hospital refers her down again, with a plan that the clinic's doctor follows. Another referral goes by the green
// channel, and the resident withdraws from it. She reads large type on her phone.
import assert from 'node:assert/strict';
import { begin, choose, code, makes, move, record, reference, sendMove, text } from './app-cases.mjs';
import { enlarge } from './app-look.mjs';
import { journey, look, open, person, provoke, settled, world } from './journey.mjs';
import { arrives, comes, people } from './people.mjs';

const { sun } = people;
const returned = '请补充近期心电图。';

const letter = (department) => [
  text('conclusion', '不稳定型心绞痛，建议冠脉造影。'), reference('department', `HealthcareService/${department}`), text('history', '反复胸痛三天。'),
  text('findings', 'ST 段压低，肌钙蛋白升高。'), text('referral-question', '请评估是否需要介入治疗。'), reference('attached', 'Observation/sun-troponin'),
];

const tomorrow = () => new Date(Date.now() + 24 * 3600 * 1000).toISOString();

await journey(async (browser) => {
  const at = {};
  for (const name of ['lin', 'clinic', 'county', 'hewei', 'city', 'song']) {
    at[name] = await person(browser);
    await comes(at[name], name);
    provoke(at[name], /40[34] \(/); // a case that is open on a page may be nothing of theirs any more
  }
  const phone = await person(browser, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  await arrives(phone, sun);
  await settled(phone);
  await enlarge(phone, true);
  await up(at, phone);
  await down(at, phone);
  await green(at, phone);
});

/** shows opens a case on somebody's page, which says something. */
async function shows(page, id, says, kind) {
  await open(page, `/app/cases/${id}`);
  await page.locator('#main', { hasText: says }).first().waitFor();
  await settled(page);
  if (kind) await look(page, kind, enlarge);
}

/** leadsOn presses a button by which the resident decides, and waits until the case has moved. */
async function leadsOn(page, called) {
  const moved = page.waitForResponse((r) => r.url().endsWith('/$move'));
  await page.locator('button', { hasText: new RegExp(`^${called}$`) }).click();
  const answer = await moved;
  assert.equal(answer.status(), 200, await answer.text());
  await settled(page);
}

/** agrees lets the resident agree on her phone. */
async function agrees(phone, id, kind) {
  await shows(phone, id, '同意转诊', kind);
  await leadsOn(phone, '同意转诊');
}

/** sends lets the doctor sign the letter and send it. */
async function sends(page, id) {
  const task = await record(page, `Task/${id}`);
  const letter = task.input.filter((i) => i.type.text === 'letter').at(-1).valueReference.reference;
  await record(page, `${letter}/$sign`, { resourceType: 'Parameters' });
  await move(page, id, 'send');
}

async function up({ lin, clinic, county, city, song }, phone) {
  const id = await begin(lin, 'referral-up', 'consult', reference('problem', 'Condition/sun-angina'), text('question', '是否需要介入治疗？'), code('urgency', 'urgent'));
  await move(lin, id, 'refer', ...letter('county-heart'));
  await agrees(phone, id, 'app-referral-consent');
  await sends(lin, id);
  await unseen(county);
  await shows(clinic, id, '审核', 'app-referral-review');
  await makes(clinic, id, 'approve');
  await shows(county, id, '心绞痛', 'app-referral-receiving');
  await makes(county, id, 'reject', returned);
  await unseen(county);
  await shows(lin, id, returned, 'app-referral-returned');
  await move(lin, id, 'refer', ...letter('county-heart'));
  await agrees(phone, id);
  await sends(lin, id);
  await makes2(clinic, id, 'approve');
  await move(county, id, 'forward', reference('department', 'HealthcareService/city-heart'), text('reason', '需要外科搭桥。'));
  await unseen(county);
  await move(city, id, 'accept', reference('post', 'PractitionerRole/song'));
  await move(song, id, 'schedule', { name: 'time', valueInstant: tomorrow() }, text('bring', '身份证、医保卡、既往心电图。'));
  await shows(phone, id, '医保卡', 'app-referral-scheduled');
  await shows(song, id, '心绞痛', 'app-referral-doctor');
  await makes2(song, id, 'arrive');
  await move(song, id, 'conclude', text('summary', '行冠脉造影，植入支架一枚，病情平稳。'), code('appropriate', 'yes'));
  await shows(lin, id, '植入支架', 'app-referral-answered');
  await unseen(song);
}

/** makes2 makes a move that needs nothing, on the page of its case. */
async function makes2(page, id, what) {
  await open(page, `/app/cases/${id}`);
  await settled(page);
  await choose(page, id, what);
  await sendMove(page);
}

/** unseen sees that the record of the resident is closed to somebody. */
async function unseen(page) {
  const answer = await page.request.get(`${world.Issuer}/fhir/Condition?patient=Patient/sun`);
  const { entry = [] } = await answer.json(); // but what is their own
  assert.ok(!entry.some(({ resource }) => resource.id === 'sun-angina'), 'the record is open');
}

async function down({ lin, clinic, county, hewei }, phone) {
  const day = (n) => new Date(Date.now() + n * 24 * 3600 * 1000 + 8 * 3600 * 1000).toISOString().slice(0, 10);
  const id = await begin(hewei, 'referral-down', 'assess', reference('problem', 'Condition/sun-stent'), text('assessment', '术后恢复良好，可在社区康复。'));
  await move(
    hewei, id, 'refer', reference('department', 'HealthcareService/clinic-rehab'), text('history', '支架术后两周。'), text('findings', '无胸痛。'), text('plan', '心脏康复训练，按时服药。'),
    { name: 'follow-up', valueDate: day(7) }, { name: 'follow-up', valueDate: day(30) },
  );
  await agrees(phone, id);
  await sends(hewei, id);
  await makes2(county, id, 'approve');
  await move(clinic, id, 'accept', reference('post', 'PractitionerRole/lin'));
  await move(lin, id, 'schedule', { name: 'time', valueInstant: tomorrow() });
  await makes2(lin, id, 'arrive');
  await shows(lin, id, '接诊中', 'app-referral-follow-up');
  await makes(lin, id, 'follow-up', '血压 130/80，无不适。');
  await move(lin, id, 'follow-up', text('findings', '恢复良好。'));
  await shows(phone, id, '已完成');
}

async function green({ lin, clinic, county }, phone) {
  const id = await begin(lin, 'referral-up', 'consult', reference('problem', 'Condition/sun-infarct'), text('question', '急性心肌梗死？'), code('urgency', 'stat'));
  await move(lin, id, 'refer', ...letter('county-heart'));
  await agrees(phone, id);
  await sends(lin, id);
  const task = await record(clinic, `Task/${id}`);
  const left = (new Date(task.restriction.period.end) - Date.now()) / 60000;
  assert.ok(left > 0 && left <= 30, `the office has ${left} minutes`);
  await makes2(clinic, id, 'approve');
  await shows(county, id, '绿色通道');
  await open(phone, `/app/cases/${id}`);
  await settled(phone);
  await phone.locator('#main button', { hasText: '我不想转诊了' }).click();
  await leadsOn(phone, '不转诊');
  await shows(phone, id, '居民不同意');
  await unseen(county);
}
