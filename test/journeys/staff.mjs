// A doctor with posts at two institutions takes an invitation, sets a second factor up, chooses as what to act, and
// comes back later; the second time in a browser without script.
import assert from 'node:assert/strict';
import { at, fill, journey, look, open, person, send, world, wrong } from './journey.mjs';
import { actAt, authenticator, enrol, enter, password } from './people.mjs';

const name = 'chen';
const banner = (page) => page.locator('.banner').innerText();

await journey(async (browser) => {
  const page = await person(browser);
  const { next, spare } = await firstTime(page);
  await roles(page);
  await account(page);
  await out(page);
  await withoutScript(browser, next, spare);
  await byKeyboard(browser, spare);
  await operator(browser);
});

async function firstTime(page) {
  await open(page, '/auth/me');
  await at(page, '/auth/sign-in');
  await look(page, 'sign-in');

  // A wrong code and a poor password are told of where they stand.
  await open(page, '/auth/invite');
  await fill(page, { name, code: 'AAAAA-BBBBB-CCCCC-DDDDD', password, repeat: password });
  await wrong(page, 'code');
  await look(page, 'invite-wrong');
  await fill(page, { name, code: world.Codes[name], password: '12345678', repeat: '12345678' });
  await wrong(page, 'password');

  const { next, spare } = await enrol(page, name, look);
  await send(page, '.screen a.button');
  await at(page, '/auth/role');
  return { next, spare };
}

async function roles(page) {
  await look(page, 'role');
  assert.equal(await page.locator('main .choice').count(), 2);
  await actAt(page, '清河县人民医院');
  await at(page, '/app/');
  await open(page, '/auth/me');
  assert.match(await banner(page), /陈敏.*清河县人民医院/s);

  // Later the other post; the page that the doctor was on comes back.
  await open(page, '/auth/me/sessions');
  await send(page, '.banner li:first-child a');
  await actAt(page, '柳林镇卫生院');
  await at(page, '/auth/me/sessions');
  assert.match(await banner(page), /柳林镇卫生院/);
}

async function account(page) {
  for (const path of ['', '/sessions', '/factors', '/password', '/apps']) {
    await open(page, `/auth/me${path}`);
    await look(page, `me${path.replace('/', '-')}`);
  }
  await settings(page);
  await open(page, '/auth/sign-out');
  await look(page, 'sign-out');
  await open(page, '/auth/no-such-page', 404);
  await look(page, 'fail');

  // Larger letters and the other language stay until they are chosen back.
  await open(page, '/auth/me');
  const language = await page.locator('html').getAttribute('lang');
  const [size, other] = ['nav.view a:first-child', 'nav.view a:last-child'];
  await send(page, size);
  await send(page, other);
  assert.ok(await page.locator('html.large').count());
  assert.notEqual(await page.locator('html').getAttribute('lang'), language);
  await open(page, '/auth/me/sessions');
  assert.ok(await page.locator('html.large').count());
  await send(page, size);
  await send(page, other);
  assert.equal(await page.locator('html').getAttribute('lang'), language);
  assert.equal(await page.locator('html.large').count(), 0);
}

/** settings chooses how the doctor is told, and keeps what was typed when something is wrong with it. */
async function settings(page) {
  await open(page, '/auth/me');
  await send(page, 'main a[href="/notices/settings"]');
  assert.match(await banner(page), /陈敏.*柳林镇卫生院/s);
  await look(page, 'notices');
  await page.locator('#work-sms').uncheck();
  await send(page, 'button[value=choose]');
  await at(page, '/notices/settings');
  assert.ok(await page.locator('main .done').isVisible());
  assert.equal(await page.locator('#work-sms').isChecked(), false);
  await page.locator('#work-sms').check();
  await send(page, 'button[value=choose]');
  const address = `${'long'.repeat(70)}@example.cn`;
  await fill(page, { address }, 'button[value=ask]');
  await wrong(page);
  await look(page, 'notices-wrong');
  assert.equal(await page.locator('#address').inputValue(), address);
  await send(page, 'main p.aside a');
  await at(page, '/auth/me');
}

/** operator is told what has left: the message about what waits for the doctor, and nothing of what that is. */
async function operator(browser) {
  const page = await person(browser);
  await enrol(page, 'sun');
  const outbox = async () => (await page.request.get(new URL('/fhir/$platform-outbox', world.Issuer).href)).text();
  let told = await outbox();
  for (let looks = 0; !/"sent"/.test(told) && looks < 100; looks++) told = await outbox();
  assert.match(told, /139\*{4}0003/);
  assert.doesNotMatch(told, /转诊|13900000003/);
  await open(page, '/auth/me');
  await look(page, 'me-operator');
}

async function out(page) {
  const tls = world.Issuer.startsWith('https:');
  const name = tls ? '__Host-yitong' : 'yitong';
  const cookie = async () => (await page.context().cookies()).find((c) => c.name === name);
  const { httpOnly, sameSite, secure } = await cookie();
  assert.deepEqual([httpOnly, sameSite, secure], [true, 'Lax', tls]);
  await send(page, '.banner button');
  await at(page, '/auth/sign-in');
  await look(page, 'signed-out');
  assert.equal(await cookie(), undefined);
  await page.goBack();
  await at(page, '/auth/sign-in'); // nothing of the account is shown from what the browser keeps
}

/** withoutScript comes back with a password, without script, after some mistakes. */
async function withoutScript(browser, next, spare) {
  const page = await person(browser, { javaScriptEnabled: false });
  await open(page, '/auth/me/factors');
  await at(page, '/auth/sign-in');
  await fill(page, { name, password: 'not the password' });
  await wrong(page, 'name');
  assert.equal(await page.locator('#name').inputValue(), name);
  assert.equal(await page.locator('#password').inputValue(), '');
  const known = await page.locator('main .problem').innerText();
  await fill(page, { name: 'nobody', password: 'not the password' });
  assert.equal(await page.locator('main .problem').innerText(), known, 'the refusal must not tell who has an account');

  await fill(page, { name, password });
  await at(page, '/auth/second');
  await fill(page, { code: authenticator('AAAA AAAA AAAA AAAA')() });
  await wrong(page, 'code');
  await fill(page, { code: next() });
  await at(page, '/auth/me/factors'); // the account is looked after in no role

  // A spare code counts once.
  await send(page, '.banner button');
  await enterBySpare(page, spare[0]);
  assert.notEqual(new URL(page.url()).pathname, '/auth/second');
  await send(page, '.banner button');
  await enterBySpare(page, spare[0]);
  await wrong(page, 'code');
}

async function enterBySpare(page, code) {
  await fill(page, { name, password });
  await send(page, 'main a[href*="with=spare"]');
  await fill(page, { code });
}

/** byKeyboard signs in by keys alone, and sees all the way where it is. */
async function byKeyboard(browser, spare) {
  const page = await person(browser);
  await open(page, '/auth/sign-in');
  const reach = async (selector) => {
    for (let tabs = 0; tabs < 20; tabs++) {
      await page.keyboard.press('Tab');
      const { there, seen } = await page.evaluate((wanted) => {
        const now = document.activeElement;
        const { outlineStyle, outlineWidth } = getComputedStyle(now);
        const { width, height } = now.getBoundingClientRect();
        const outlined = outlineStyle !== 'none' && parseFloat(outlineWidth) > 0;
        return { there: now.matches(wanted), seen: outlined && width > 0 && height > 0 };
      }, selector);
      assert.ok(seen, `focus is not seen on the way to ${selector}`);
      if (there) return;
    }
    assert.fail(`${selector} is not reached by Tab`);
  };
  await reach('a.skip');
  await reach('#name');
  await page.keyboard.type(name);
  await reach('#password');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await at(page, '/auth/second');
  await look(page, 'second');
  await reach('a[href*="with=spare"]');
  await page.keyboard.press('Enter');
  await page.waitForURL(/with=spare/);
  await look(page, 'second-spare');
  await reach('#code');
  await page.keyboard.type(spare[1]);
  await page.keyboard.press('Enter');
  await at(page, '/auth/role');
}
