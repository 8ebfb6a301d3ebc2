// A doctor with posts at two institutions works in the browser app: comes in, acts as one, changes language and type, signs out.
import assert from 'node:assert/strict';
import { enlarge } from './app-look.mjs';
import { at, journey, look, open, person, settled } from './journey.mjs';
import { enrol } from './people.mjs';

await journey(async (browser) => {
  const page = await person(browser);
  await open(page, '/app/');
  await at(page, '/auth/sign-in');
  await enrol(page, 'chen');
  await open(page, '/app/');
  await page.locator('main button', { hasText: '清河县人民医院' }).click();
  await page.locator('main h1', { hasText: '陈敏' }).waitFor();
  await look(page, 'app-start', enlarge);
  await installable(page);
  await byKeys(page);
  const language = await page.locator('html').getAttribute('lang');
  await page.locator('header button[lang]').click();
  await page.waitForFunction((was) => document.documentElement.lang !== was, language);
  await open(page, '/app/no-such-place');
  await page.locator('main .whole').waitFor();
  await look(page, 'app-missing', enlarge);
});

/** installable asks the browser what is in the way of installing the app. */
async function installable(page) {
  const browser = await page.context().newCDPSession(page);
  const { url, errors, data } = await browser.send('Page.getAppManifest');
  assert.ok(url.endsWith('/app/app.webmanifest'));
  assert.deepEqual(errors, []);
  const { icons, start_url: start, display } = JSON.parse(data);
  assert.deepEqual([start, display], ['/app/', 'standalone']);
  for (const { src, sizes, type } of icons) {
    const answer = await page.request.get(new URL(src, url).href);
    assert.deepEqual([answer.status(), answer.headers()['content-type']], [200, type], src);
    const picture = await answer.body();
    if (type === 'image/png') assert.equal(`${picture.readUInt32BE(16)}x${picture.readUInt32BE(20)}`, sizes, src);
  }
  const { installabilityErrors } = await browser.send('Page.getInstallabilityErrors');
  const inTheWay = installabilityErrors.map((e) => e.errorId).filter((e) => e !== 'in-incognito'); // as all windows of journeys are
  assert.deepEqual(inTheWay, []);
}

/** byKeys goes to places by the palette and by keys alone. */
async function byKeys(page) {
  await page.keyboard.press('Control+k');
  const box = page.locator('[role=combobox]');
  await box.waitFor();
  await look(page, 'app-palette', enlarge);
  await page.keyboard.type('sjjy'); // 数据校验
  assert.equal(await box.getAttribute('aria-activedescendant'), await page.locator('[role=option][aria-selected=true]').getAttribute('id'));
  await page.keyboard.press('Enter');
  await at(page, '/app/validate');
  await settled(page);
  await page.locator('main h1').click(); // away from a box
  await Promise.all(['g', 'h'].map((key) => page.keyboard.press(key))); // on a busy machine an answer takes longer than the second key may
  await at(page, '/app');
  await page.keyboard.press('?');
  await page.locator('.ant-modal kbd').first().waitFor();
  await look(page, 'app-help', enlarge);
  await page.keyboard.press('Escape');
  await page.locator('.ant-modal').waitFor({ state: 'hidden' });
}
