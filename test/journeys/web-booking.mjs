// An office opens a clinic. A resident books a time there, changes it and cancels it; who acts for the resident books in large type, with
// few taps. A clerk books for the resident at the window and checks them in, and a doctor gives an extra place. The office stops the clinic,
// and the resident is told.
import assert from 'node:assert/strict';
import { act, record } from './app-cases.mjs';
import { enlarge } from './app-look.mjs';
import { journey, leads, look, open, person, settled, world } from './journey.mjs';
import { arrives, comes, me, people } from './people.mjs';

const { li, wang } = people;
const mostAsked = 3; // of a page
const mostTaps = 4; // from the start until it is booked

/** day is the day so many days from now, by the region's clocks. */
const day = (n) => new Date(Date.now() + n * 24 * 3600 * 1000 + world.Ahead * 3600 * 1000).toISOString().slice(0, 10);

await journey(async (browser) => {
  const [office, guide, doctor] = await Promise.all(['office', 'guide', 'doctor'].map(async (name) => {
    const page = await person(browser);
    await comes(page, name);
    await settled(page);
    return page;
  }));
  await opens(office);
  const resident = await person(browser);
  await arrives(resident, li);
  await settled(resident);
  await books(resident);
  await changes(resident);
  await cancels(resident);
  await acts(browser);
  await atWindow(office, guide);
  await atDoctor(doctor);
  await byChannels(guide);
  await stops(office, resident);
});

/** comesTo goes to a place, which asks for no more than it may, and looks at it. */
async function comesTo(page, path, kind) {
  const asked = new Set();
  const note = (r) => {
    const ofAll = /\/(notices\/count|auth\/session)$/.test(new URL(r.url()).pathname); // pages ask for that
    if (r.resourceType() === 'fetch' && !ofAll) asked.add(`${r.method()} ${r.url()}`);
  };
  page.on('request', note);
  await open(page, path);
  await settled(page);
  page.off('request', note);
  assert.ok(asked.size <= mostAsked, `${path} asks for ${[...asked].join(', ')}`);
  if (kind) await look(page, kind, enlarge);
}

/** called is a button or a link of a page that is called something. */
function called(page, text) {
  return page.locator('#main :is(button, a)', { hasText: new RegExp(`^\\s*${text}\\s*$`) });
}

/** free are the times on a page that can be booked. */
function free(page) {
  return page.locator('#main button:not([disabled])', { hasText: '余' });
}

/** says waits until a page says something. */
function says(page, text) {
  return page.locator('#main', { hasText: text }).first().waitFor();
}

/** opens opens a clinic that takes place every day from tomorrow on. */
async function opens(office) {
  await comesTo(office, '/app/clinics');
  await comesTo(office, '/app/clinics/new', 'app-clinic-new');
  await office.locator('#clinic-department').click();
  await office.locator('.ant-select-item-option', { hasText: '心血管内科' }).click();
  await office.locator('#clinic-from').fill(day(1));
  await office.locator('#clinic-price').fill('12.5');
  for (const name of ['周六', '周日', '节假日也出诊']) await office.locator('label', { hasText: name }).click();
  await leads(office, () => called(office, '保存').click());
  await says(office, '每天 08:00–12:00');
  await comesTo(office, '/app/clinics');
  await says(office, '心血管内科');
}

/** books finds a time and confirms it. */
async function books(page) {
  await comesTo(page, '/app/booking', 'app-booking');
  await leads(page, () => page.locator('#main a', { hasText: '心血管内科' }).click());
  await look(page, 'app-booking-find', enlarge);
  assert.equal(await page.locator('#main button[aria-pressed=true]').innerText().then((t) => t.includes('明天')), true);
  await leads(page, () => free(page).first().click());
  await says(page, '剩余时间');
  for (const part of [li.name, '08:00–08:30', '清河县人民医院', '12.50 元', '24:00 前']) await says(page, part);
  await look(page, 'app-booking-confirm', enlarge);
  await page.reload();
  await settled(page);
  await called(page, '确认预约').click();
  await says(page, '已预约');
  await settled(page);
  await comesTo(page, new URL(page.url()).pathname, 'app-booking-visit');
}

/** changes takes another time in the place of the one that is booked, and puts it into a calendar. */
async function changes(page) {
  await leads(page, () => called(page, '改约').click());
  await says(page, '原来的号一直为您保留');
  await leads(page, () => free(page).nth(2).click());
  await says(page, '预约详情');
  assert.ok(!(await page.locator('#main').innerText()).includes('08:00–08:30'));
  const [file] = await Promise.all([page.waitForEvent('download'), called(page, '加入日历').click()]);
  assert.match(file.suggestedFilename(), /^visit-.*\.ics$/);
}

/** cancels gives the place back. */
async function cancels(page) {
  await called(page, '取消预约').click();
  await page.locator('.ant-modal', { hasText: '不计爽约' }).locator('button', { hasText: '取消预约' }).click();
  await says(page, '本人取消');
  await settled(page);
  await comesTo(page, '/app/booking/visits', 'app-booking-visits');
  await says(page, '以往预约');
}

/** acts lets somebody book for whom they act for, on a phone in large type, with few taps. */
async function acts(browser) {
  const page = await person(browser, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  await arrives(page, wang, me);
  await act(page, (c) => c.role === 'proxy');
  await open(page, '/app/');
  await settled(page);
  await enlarge(page, true);
  let taps = 0;
  const tap = async (what) => {
    taps++;
    await what.tap();
  };
  await leads(page, () => tap(page.locator('#main nav.ways a', { hasText: '预约挂号' })));
  await leads(page, () => tap(page.locator('#main a', { hasText: '心血管内科' })));
  await leads(page, () => tap(free(page).first()));
  await says(page, li.name);
  await tap(called(page, '确认预约'));
  await says(page, '已预约');
  assert.ok(taps <= mostTaps, `${taps} taps`);
}

/** parameter is one of an operation. */
function parameter(name, type, value) {
  return { name, [`value${type}`]: value };
}

/** atWindow books for somebody who has come, at a clinic of today, and checks them in. */
async function atWindow(office, guide) {
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((d) => parameter('day', 'Code', d));
  const times = [parameter('from', 'String', '00:00'), parameter('to', 'String', '24:00'), parameter('capacity', 'Integer', 2), parameter('onsite', 'Integer', 1), parameter('extra', 'Integer', 1)];
  await record(office, 'Schedule/$open-clinic', {
    resourceType: 'Parameters',
    parameter: [
      parameter('department', 'Reference', { reference: 'HealthcareService/county-eye' }), parameter('from', 'Date', day(0)), parameter('to', 'Date', day(0)),
      parameter('segment', 'Integer', 15), parameter('ahead', 'Integer', 0), parameter('opens', 'String', '00:00'),
      { name: 'session', part: [...times, ...days, parameter('holidays', 'Boolean', true)] },
    ],
  });
  await choosesAtWindow(guide, li);
  await free(guide).first().waitFor();
  await settled(guide);
  await look(guide, 'app-window', enlarge);
  await free(guide).first().click();
  await guide.locator('.ant-modal button', { hasText: '确认预约' }).click();
  await says(guide, `已为${li.name}预约`);
  await comesTo(guide, '/app/visits');
  await guide.locator(`#main button[aria-label="到诊登记：${li.name}"]`).click();
  await says(guide, '已到诊');
}

/** choosesAtWindow chooses whom a visit is for, and the department. */
async function choosesAtWindow(page, who) {
  await comesTo(page, '/app/visits/book');
  await page.locator('#who').fill(who.name);
  await called(page, '查找').click();
  await page.locator(`#main button[aria-label="选择${who.name}"]`).click();
  await page.locator('#main .ant-radio-button-wrapper', { hasText: '眼科' }).click();
}

/** atDoctor gives an extra place, which has to have a reason. */
async function atDoctor(doctor) {
  await choosesAtWindow(doctor, wang);
  await doctor.locator('#main label', { hasText: '加号' }).click();
  await free(doctor).first().click();
  await doctor.locator('#extra-reason:focus').waitFor();
  await doctor.locator('#extra-reason').fill('术后复查，今天必须看。');
  await settled(doctor);
  await look(doctor, 'app-extra', enlarge);
  await free(doctor).first().click();
  await doctor.locator('.ant-modal button', { hasText: '确认预约' }).click();
  await says(doctor, `已为${wang.name}预约`);
}

/** byChannels sees how the visits of the day were booked. */
async function byChannels(guide) {
  await comesTo(guide, '/app/visits');
  for (const [who, how] of [[li, '窗口'], [wang, '医师加号']]) await guide.locator('#main tr', { hasText: who.name }).filter({ hasText: how }).waitFor();
}

/** stops stops the clinic for as long as it is published; who has booked is told. */
async function stops(office, resident) {
  await open(office, '/app/clinics');
  await settled(office);
  await leads(office, () => office.locator('#main table a', { hasText: '心血管内科' }).click());
  await office.locator('#use-day').fill(day(1));
  await says(office, '1 / 4');
  await settled(office);
  await look(office, 'app-clinic', enlarge);
  await called(office, '停诊').click();
  await says(office, '请填写停诊原因');
  await office.locator('#stop-from').fill(day(1));
  await office.locator('#stop-to').fill(day(8));
  await office.locator('#stop-reason').fill('医师外出学习');
  await called(office, '停诊').click();
  await office.locator('.ant-modal button', { hasText: '停诊' }).last().click();
  await says(office, '取消并通知了 1 个预约');
  await open(resident, '/app/messages');
  await says(resident, '停诊通知');
  await says(resident, '医师外出学习');
  await comesTo(resident, '/app/booking/visits');
  await says(resident, '停诊，不计爽约');
}
