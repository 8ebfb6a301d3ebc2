// A doctor finds a resident by pinyin, reads the record, a result with its range and how its versions differ, searches and validates;
// the resident reads the same record and sees who has looked.
import assert from 'node:assert/strict';
import { enlarge } from './app-look.mjs';
import { at, journey, look, open, person } from './journey.mjs';
import { account, enrol, people, resident, verify } from './people.mjs';

const { li } = people;

await journey(async (browser) => {
  const doctor = await person(browser);
  await enrol(doctor, 'chen');
  await open(doctor, '/app/');
  await doctor.locator('main button', { hasText: '清河县人民医院' }).click();
  await doctor.locator('main h1').waitFor();
  await finds(doctor);
  await reads(doctor);
  await searches(doctor);
  await validates(doctor);
  await own(await person(browser, { viewport: { width: 360, height: 740 } }));
});

function seen(page, kind) {
  return look(page, kind, enlarge);
}

async function finds(page) {
  await page.locator('nav a[href="/app/residents"]').click();
  const box = page.locator('#resident');
  await box.fill('nobody here');
  await box.press('Enter');
  await page.locator('.ant-empty').waitFor();
  await box.fill(li.number);
  await box.press('Enter');
  await page.locator('table a', { hasText: li.name }).waitFor();
  assert.ok(!page.url().includes(li.number), 'the number must not stand in the address');
  assert.ok(!(await page.locator('main table').innerText()).includes(li.number), 'the number must be masked in the list');
  await box.fill('lixiaoming');
  await box.press('Enter');
  await page.locator('table a', { hasText: li.name }).waitFor();
  await seen(page, 'app-residents');
  await page.locator('table a', { hasText: li.name }).click();
  await at(page, '/app/residents/li');
  await page.locator('h1', { hasText: li.name }).waitFor();
  assert.ok((await page.locator('#main').innerText()).includes('青霉素'), 'the allergy is flagged');
  await seen(page, 'app-resident');
  await page.locator('[role=tab]').last().click();
  await page.locator('canvas').waitFor();
  await seen(page, 'app-trend');
  await page.locator('[role=tab]').first().click();
}

async function reads(page) {
  await page.locator('main a[href="/app/record/Observation/li-glucose"]').first().click();
  await at(page, '/app/record/Observation/li-glucose');
  await page.locator('dd', { hasText: '7.20 mmol/L' }).waitFor();
  await page.locator('dd', { hasText: '陈敏' }).waitFor();
  const text = await page.locator('#main').innerText();
  for (const part of ['3.9–6.10 mmol/L', '↑', '陈敏', li.name]) assert.ok(text.includes(part), part);
  await seen(page, 'app-record');
  await page.locator('[role=tab]').nth(1).click();
  await page.locator('ins', { hasText: '7.20' }).waitFor();
  assert.ok((await page.locator('del').allInnerTexts()).some((t) => t.includes('5.6')), 'what was there before is told');
  await page.locator('dd', { hasText: '陈敏' }).last().waitFor();
  await seen(page, 'app-versions');
  await page.locator('main a[href="/app/record/Observation/li-glucose/1"]').click();
  await page.locator('.ant-alert-warning').waitFor();
  await page.locator('[role=tab]').last().click();
  await page.locator('details').first().waitFor();
  await seen(page, 'app-json');
  await open(page, '/app/record/DiagnosticReport/li-report');
  await page.locator('b', { hasText: '7.20' }).waitFor();
  await page.locator('dd', { hasText: '7.20 mmol/L' }).waitFor();
  assert.ok((await page.locator('#main').innerText()).includes('静脉血'), 'what is contained stands in its place');
  await seen(page, 'app-report');
}

async function searches(page) {
  await page.locator('nav a[href="/app/search"]').click();
  await page.locator('#query').fill('code=15074-8&date=ge2025&patient=Patient/li');
  await page.locator('main form button[type=submit]').click();
  await page.locator('main table a[href="/app/record/Observation/li-glucose"]').waitFor();
  assert.equal(await page.locator('main table a').count(), 2);
  assert.equal(new URL(page.url()).search, '');
  await seen(page, 'app-search');
}

async function validates(page) {
  await page.locator('nav a[href="/app/validate"]').click();
  const lines = ['{', '  "resourceType": "Observation",', '  "status": "finale",', '  "code": {"text": "空腹血糖"}', '}'];
  await page.locator('#resource').fill(lines.join('\n'));
  await page.locator('main button.ant-btn-primary').click();
  await page.locator('#line-3[data-mark=error]', { hasText: 'finale' }).waitFor();
  assert.equal(await page.locator('[data-mark=error]').count(), 1);
  await page.locator('#expression').fill('status');
  await page.locator('#expression').press('Enter');
  await page.locator('details', { hasText: 'finale' }).waitFor();
  await seen(page, 'app-validate');
  await page.locator('#resource').fill('{\n"a": 1,\n}');
  await page.locator('main button.ant-btn-primary').click();
  await page.locator('#line-3[data-mark=error]').waitFor();
}

async function own(page) {
  await open(page, '/auth/phone');
  await resident(page, li.phone);
  await verify(page, li);
  await account(page);
  await open(page, '/app/record');
  await page.locator('h1').waitFor();
  await page.locator('main a[href="/app/record/Observation/li-glucose"]').first().waitFor();
  await seen(page, 'app-mine');
  await page.locator('main a[href="/app/record/Observation/li-glucose"]').first().click();
  await page.locator('main a[href="/app/matters/begin?process=correction&record=Observation/li-glucose"]').waitFor();
  await seen(page, 'app-mine-result');
  await open(page, '/app/looked');
  await page.locator('main li', { hasText: '陈敏' }).first().waitFor();
  await page.locator('main li a[href^="/app/matters/begin?process=access-question&event=AuditEvent/"]').first().waitFor();
  await seen(page, 'app-looked');
  await cards(page);
}

/** cards: the numbers are hidden until one shows them; then somebody is let act, and let act no more. */
async function cards(page) {
  await open(page, '/app/card');
  await page.locator('main h2').first().waitFor();
  assert.ok(!(await page.locator('#main').innerText()).includes(li.number), 'the number is hidden');
  await seen(page, 'app-card');
  await page.locator('main .numbers + button').first().click();
  await page.locator('#main', { hasText: li.number }).waitFor();
  await open(page, '/app/help');
  await page.locator('main a[href="tel:12345"]').waitFor();
  await seen(page, 'app-help');
  await open(page, '/app/family/let');
  const next = page.locator('main form button[type=submit]');
  await page.locator('main form input').first().fill(people.wang.name);
  await page.locator('main input.numbers').fill(li.number);
  await next.click();
  await page.locator('main input.numbers[aria-invalid=true]').waitFor();
  await seen(page, 'app-let');
  await page.locator('main input.numbers').fill(people.wang.number);
  await next.click();
  await page.locator('main input[type=radio][value="3"]').check();
  await next.click();
  await page.locator('main dd, main td', { hasText: people.wang.number }).waitFor();
  await next.click();
  await page.locator('main .ant-result a').click();
  const end = page.locator('main button.ant-btn-dangerous');
  await end.waitFor();
  await seen(page, 'app-family');
  await end.click();
  await page.locator('.ant-modal-confirm .ant-btn-dangerous').click();
  await end.waitFor({ state: 'detached' });
}
