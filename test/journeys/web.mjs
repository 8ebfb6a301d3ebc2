// A doctor with posts at two institutions works in the browser app: comes in, acts as one, changes language and type, signs out.
import { enlarge } from './app-look.mjs';
import { at, journey, look, open, person } from './journey.mjs';
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
  const language = await page.locator('html').getAttribute('lang');
  await page.locator('header button[lang]').click();
  await page.waitForFunction((was) => document.documentElement.lang !== was, language);
  await open(page, '/app/no-such-place');
  await page.locator('.ant-result').waitFor();
  await look(page, 'app-missing', enlarge);
});
