// A resident signs in by a code on the phone, says who she is, and reads her own record and nobody else's.
import assert from 'node:assert/strict';
import { at, fill, journey, look, open, person, send, world, wrong } from './journey.mjs';
import { account, codeFor, people, resident, verify } from './people.mjs';

const { li, wang } = people;

await journey(async (browser) => {
  const page = await person(browser, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
  await comeIn(page);
  await sayWho(page);
  await reads(page, `Patient/${li.id}`, 200);
  await reads(page, 'Observation/li-glucose', 200);
  await reads(page, `Patient/${wang.id}`, 404);
  await reads(page, 'Observation/wang-glucose', 404);
  const { total, entry } = await reads(page, 'Observation?_total=accurate', 200);
  assert.deepEqual([total, entry.map((e) => e.resource.id).sort()], [2, ['li-glucose', 'li-weight']]);
  await onlyOnce(browser);
  await send(page, '.banner button');
  await at(page, '/auth/sign-in');
  await reads(page, `Patient/${li.id}`, 401);
});

async function comeIn(page) {
  await open(page, '/auth/phone');
  await look(page, 'phone');
  await fill(page, { phone: '12345' });
  await wrong(page, 'phone');
  await look(page, 'phone-wrong');
  await fill(page, { phone: li.phone });
  await at(page, '/auth/code');
  await look(page, 'code');
  assert.ok(!page.url().includes(li.phone.slice(-4)), 'addresses are logged: the number must not stand in them');
  const code = codeFor(li.phone);
  await fill(page, { code: String((Number(code) + 1) % 1_000_000).padStart(6, '0') });
  await wrong(page, 'code');
  await look(page, 'code-wrong');
  await reads(page, `Patient/${li.id}`, 401);
  await fill(page, { code });
  await at(page, '/auth/real-name');
}

async function sayWho(page) {
  await reads(page, `Patient/${li.id}`, 403);
  await look(page, 'real-name');
  // Another's name and number; the own name with another's number; the name misspelt: all are refused alike.
  const refusals = new Set();
  for (const [called, number] of [[wang.name, wang.number], [li.name, wang.number], ['李小明', li.number]]) {
    await fill(page, { called, number });
    await wrong(page);
    refusals.add(await page.locator('main .problem').innerText());
    assert.equal(await page.locator('#number').inputValue(), number, 'what was typed is kept');
  }
  assert.equal(refusals.size, 1, 'a refusal must not tell what is wrong');
  await look(page, 'real-name-wrong');
  await verify(page, li);
  await account(page);
  await look(page, 'me-resident');
  assert.ok((await page.locator('.banner').innerText()).includes(li.name));
}

/** onlyOnce sees that nobody else becomes the same resident. */
async function onlyOnce(browser) {
  const page = await person(browser);
  await open(page, '/auth/phone');
  await resident(page, wang.phone);
  await verify(page, li);
  await wrong(page);
  await reads(page, `Patient/${li.id}`, 403);
  await page.locator('button[value=later]').click();
  await at(page, '/auth/me');
  await look(page, 'me-unverified');
  await reads(page, `Patient/${wang.id}`, 403);
}

/** reads reads by the session's cookie, as a page of the platform does. */
async function reads(page, what, status) {
  const answer = await page.request.get(`${world.Issuer}/fhir/${what}`);
  const body = await answer.json();
  assert.equal(answer.status(), status, `${what}: ${JSON.stringify(body)}`);
  return body;
}
