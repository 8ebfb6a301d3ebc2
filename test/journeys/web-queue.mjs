// An office opens a room. Visits of today come by the window, by the hospital's own program and by a member of its alliance. Two residents
// come: one checks in by the code that the wall shows, the other by a card at the kiosk. A doctor calls the first in vain, sees the second and sends them to tests, then sees both to the end. Phone and wall follow.
import assert from 'node:assert/strict';
import { record, reference } from './app-cases.mjs';
import { enlarge } from './app-look.mjs';
import { bookedBy, books, byProgram } from './channels.mjs';
import { journey, leads, look, open, person, provoke, settled, until, world } from './journey.mjs';
import { arrives, comes, me, people } from './people.mjs';

const { li, wang, sun } = people;
const room = '1 诊室';
const mostTaps = 4; // from the start to where one stands
const way = '门诊楼 2 楼东侧';

await journey(async (browser) => {
  const [office, guide, doctor] = await Promise.all(['office', 'guide', 'hewei'].map(async (name) => {
    const page = await person(browser);
    await comes(page, name);
    await settled(page);
    return page;
  }));
  await opensRoom(office);
  await opensClinic(office);
  await byChannels(browser, guide);
  const wall = await guide.context().newPage();
  await wall.addInitScript(listens);
  await open(wall, '/app/wall/county-heart');
  await settled(wall);
  const phone = await person(browser, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  await arrives(phone, li);
  await settled(phone);
  await checksIn(phone, wall);
  await sits(doctor);
  await atKiosk(guide, '到院报到');
  await calls({ doctor, guide, phone, wall });
});

/** listens keeps what a page says aloud; it runs in the page. */
function listens() {
  window.said = [];
  window.SpeechSynthesisUtterance = class {
    constructor(text) { this.text = text; }
  };
  Object.defineProperty(window, 'speechSynthesis', { value: { speak: (one) => window.said.push(`${one.lang} ${one.text}`), cancel: () => {} } });
}

/** called is a button or a link of a page that is called something. */
function called(page, text) {
  return page.locator('#main :is(button, a)', { hasText: new RegExp(`^\\s*${text}\\s*[A-Z0-9]?\\s*$`) });
}

/** says waits until a page says something. */
function says(page, text) {
  return page.locator('#main', { hasText: text }).first().waitFor();
}

/** sees looks at the page of a phone again, until it says something. */
async function sees(page, text) {
  await page.reload();
  await settled(page);
  await says(page, text);
}

/** opensRoom makes a room by its form. */
async function opensRoom(office) {
  await open(office, '/app/clinics');
  await settled(office);
  await leads(office, () => called(office, '诊室').click());
  await says(office, '还没有诊室');
  await called(office, '新增诊室').click();
  await called(office, '保存').click();
  await says(office, '请填写此项');
  await office.locator('#room-name').fill(room);
  await office.locator('#room-way').fill(way); // the only department is chosen already
  await called(office, '保存').click();
  await office.locator('table', { hasText: room }).waitFor();
  await settled(office);
  await look(office, 'app-rooms', enlarge);
}

/** parameter is one of an operation. */
function parameter(name, type, value) {
  return { name, [`value${type}`]: value };
}

/** today is the day by the region's clock. */
function today() {
  return new Date(Date.now() + world.Ahead * 3600 * 1000).toISOString().slice(0, 10);
}

/** opensClinic opens a clinic that takes place all day, today. */
async function opensClinic(office) {
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((d) => parameter('day', 'Code', d));
  const times = [parameter('from', 'String', '00:00'), parameter('to', 'String', '24:00'), parameter('capacity', 'Integer', 8), parameter('onsite', 'Integer', 2), parameter('app', 'Integer', 1)];
  await record(office, 'Schedule/$open-clinic', {
    resourceType: 'Parameters',
    parameter: [
      reference('department', 'HealthcareService/county-heart'), parameter('from', 'Date', today()), parameter('to', 'Date', today()),
      parameter('segment', 'Integer', 15), parameter('ahead', 'Integer', 0), parameter('opens', 'String', '00:00'),
      { name: 'session', part: [...times, ...days, parameter('holidays', 'Boolean', true)] },
    ],
  });
}

/** byChannels books for three people, each by another channel: the first two in the next segments. */
async function byChannels(browser, guide) {
  const sought = [reference('department', 'HealthcareService/county-heart'), parameter('from', 'Date', today()), parameter('to', 'Date', today())];
  const { parameter: found } = await record(guide, 'Slot/$find', { resourceType: 'Parameters', parameter: sought });
  const segments = found.filter((p) => p.name === 'segment' && p.part.find((v) => v.name === 'free').valueInteger > 0);
  const slots = segments.map((p) => p.part.find((v) => v.name === 'slot').valueReference.reference);
  await books(guide, slots[0], li);
  await byProgram(slots[1], wang);
  const member = await person(browser);
  await comes(member, 'lin', me);
  await books(member, slots[2], sun);
  await member.context().close();
  assert.deepEqual(await bookedBy(guide, today()), { [li.name]: 'window', [wang.name]: 'app', [sun.name]: 'member' });
}

/** checksIn checks in by the code of the wall, from the start of a phone in two taps and the code. */
async function checksIn(phone, wall) {
  const code = await wall.locator('.wall-code strong').innerText();
  await look(wall, 'app-wall');
  await leads(phone, () => phone.locator('#main a', { hasText: '到院报到' }).tap());
  provoke(phone, /422 \(/); // the code is not the right one
  await phone.locator('#main input').fill('000000');
  await called(phone, '报到').tap();
  await phone.locator('#main [role=alert]').waitFor();
  provoke(phone);
  await phone.locator('#main input').fill(code);
  await called(phone, '报到').tap();
  await says(phone, '正在候诊');
  await settled(phone);
  await look(phone, 'app-waiting', enlarge);
  await findsAgain(phone);
}

/** findsAgain comes back from the start to where one stands, in large type, with few taps. */
async function findsAgain(phone) {
  await enlarge(phone, true);
  await open(phone, '/app/');
  await settled(phone);
  let taps = 0;
  const tap = (what) => {
    taps++;
    return what.tap();
  };
  await leads(phone, () => tap(phone.locator('#main a[href="/app/waiting"]')));
  await says(phone, '正在候诊');
  assert.ok(taps <= mostTaps, `${taps} taps`);
  await enlarge(phone, false);
}

/** sits chooses the room. */
async function sits(doctor) {
  await open(doctor, '/app/room');
  await settled(doctor);
  await doctor.locator(`#main button[aria-label="入座：${room}"]`).click();
  await says(doctor, '1 位候诊');
}

/** atKiosk lets somebody do something with their card, as a reader types it. */
async function atKiosk(guide, errand) {
  await open(guide, '/app/kiosk');
  await settled(guide);
  await look(guide, 'app-kiosk');
  await guide.locator('.kiosk-choices button', { hasText: errand }).click();
  await guide.locator('.kiosk-read input').waitFor();
  await look(guide, 'app-kiosk-card');
  await guide.keyboard.type(wang.number);
  await guide.keyboard.press('Enter');
  await guide.locator('.kiosk-found strong').waitFor();
  const shown = await guide.locator('#main').innerText();
  assert.ok(!shown.includes(wang.name) && !shown.includes(wang.number), shown);
  await called(guide, '完成').click();
  await says(guide, '请选择要办的事');
}

/** shows waits until the wall shows somebody, by a part of their name. */
async function shows(wall, name, state) {
  await wall.locator('.wall-room', { hasText: `${name[0]}*` }).filter({ hasText: state }).waitFor();
  const all = await wall.locator('#main').innerText();
  assert.ok(!all.includes(li.name) && !all.includes(wang.name), all);
}

/** presses presses the key of a button that can be used. */
async function presses(page, key) {
  await page.locator('#main button:not([disabled]) kbd', { hasText: key.toUpperCase() }).first().waitFor();
  await page.keyboard.press(key);
}

/** speaks waits until the wall has said so many calls, each in both languages and none twice, and without whole names. */
async function speaks(wall, times) {
  await until(() => `${times} calls are said`, async () => (await wall.evaluate(() => window.said.length)) >= 2 * times);
  const said = await wall.evaluate(() => window.said);
  assert.deepEqual(said.map((s) => s.split(' ')[0]), Array.from({ length: times }, () => ['zh-CN', 'en-US']).flat());
  assert.ok(said.filter((s) => s.includes(room)).length >= times && !said.some((s) => s.includes(li.name)), said.join('; '));
}

/** loses takes the connection from the wall, which keeps what it shows and says so, and gives it back. */
async function loses(wall) {
  provoke(wall, /ERR_(FAILED|INTERNET_DISCONNECTED)/);
  await wall.route('**/$queue-board', (route) => route.abort());
  await says(wall, '连接中断');
  await wall.locator('.wall-room strong').waitFor();
  await wall.unroute('**/$queue-board');
  await wall.locator('.told', { hasText: '连接中断' }).waitFor({ state: 'detached' });
  provoke(wall);
}

/** calls is what the doctor does all day: by keys where there are some. */
async function calls({ doctor, guide, phone, wall }) {
  const has = (who, state) => doctor.locator('#main', { hasText: new RegExp(`当前就诊[^]*${who.name}[^]*${state}[^]*候诊（`) }).waitFor();
  await says(doctor, '2 位候诊');
  await called(wall, '打开语音播报').click();
  await presses(doctor, 'n');
  await has(li, '已叫号');
  await settled(doctor);
  await look(doctor, 'app-room', enlarge);
  await sees(phone, `请现在去 ${room}`);
  await says(phone, way);
  await shows(wall, li.name, '请就诊');
  await presses(doctor, 'r');
  await has(li, '已叫 2 次');
  await speaks(wall, 2);
  await presses(doctor, 'k');
  await says(doctor, '已过号');
  await sees(phone, '已过号');

  await presses(doctor, 'n');
  await has(wang, '已叫号');
  await presses(doctor, 's');
  await has(wang, '就诊中');
  await shows(wall, wang.name, '就诊中');
  await loses(wall);
  await presses(doctor, 'e');
  await says(doctor, '检查中（1）');
  await called(phone, '我到了，请重新排队').tap();
  await says(phone, '正在候诊');
  await says(doctor, '1 位候诊');
  await presses(doctor, 'n');
  await has(li, '已叫号');
  await presses(doctor, 's');
  await has(li, '就诊中');

  await atKiosk(guide, '检查回来');
  await says(doctor, '候诊（1）');
  await open(guide, '/app/queue');
  await settled(guide);
  await says(guide, '回诊候诊');
  await look(guide, 'app-queue', enlarge);

  await presses(doctor, 'n');
  await says(doctor, `${li.name}的去向`);
  await presses(doctor, '1');
  await has(wang, '已叫号');
  await sees(phone, '今天的就诊已结束');
  await presses(doctor, 's');
  await has(wang, '就诊中');
  await called(doctor, '结束就诊').click();
  await doctor.locator('.ant-modal button', { hasText: '结束就诊' }).click();
  await says(doctor, '诊室里没有人');
  await until(() => 'the room is empty on the wall', async () => (await wall.locator('.wall-room').innerText()).includes('等待叫号'));
}
