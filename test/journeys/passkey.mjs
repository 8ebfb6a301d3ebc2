// A nurse sets a passkey up as the first second factor, signs in by it, and finds it among the factors of the account.
import assert from 'node:assert/strict';
import { at, fill, journey, look, open, person, send, world } from './journey.mjs';
import { account, authenticator, password } from './people.mjs';

const name = 'zhao';

await journey(async (browser) => {
  const page = await person(browser);
  const device = await authenticatorOf(page);
  await open(page, '/auth/invite');
  await fill(page, { name, code: world.Codes[name], password, repeat: password });
  await send(page, 'main a[href^="/auth/set-up/passkey"]');
  await look(page, 'set-up-passkey');

  // The person does not confirm: the page says so and can be used again.
  await device.willVerify(false);
  await page.locator('#label').fill('值班室的电脑');
  await page.locator('form.passkey button').click();
  await page.locator('form.passkey [role=alert]').waitFor();
  await look(page, 'set-up-passkey-wrong');
  await device.willVerify(true);
  await send(page, 'form.passkey button');
  await look(page, 'spare');
  assert.equal(await page.locator('ol.spare code').count(), 10);
  const [credential] = await device.credentials();
  assert.equal(credential.rpId, 'localhost');
  await send(page, '.screen a.button');
  await account(page);

  await send(page, '.banner button');
  await fill(page, { name, password });
  await at(page, '/auth/second');
  await look(page, 'second-passkey');
  await device.willVerify(false);
  await page.locator('form.passkey button').click();
  await page.locator('form.passkey [role=alert]').waitFor();
  await device.willVerify(true);
  await send(page, 'form.passkey button');
  await account(page);

  // Somebody else's device does not open the account.
  const stranger = await person(browser);
  await authenticatorOf(stranger);
  await open(stranger, '/auth/sign-in');
  await fill(stranger, { name, password });
  await at(stranger, '/auth/second');
  await stranger.locator('form.passkey button').click();
  await stranger.locator('form.passkey [role=alert]').waitFor();
  await open(stranger, '/auth/me');
  await at(stranger, '/auth/second');

  await exchange(page);
});

/** exchange puts one-time passwords in place of the passkey, which stays as long as it is the only second factor. */
async function exchange(page) {
  await open(page, '/auth/me/factors');
  await look(page, 'me-factors-passkey');
  const things = page.locator('ul.things li');
  assert.match(await things.innerText(), /值班室的电脑/);
  assert.equal(await things.locator('button').count(), 0, 'the only second factor cannot be removed');
  await send(page, 'main a.button');
  await send(page, 'main a[href^="/auth/set-up/app"]');
  await fill(page, { code: authenticator(await page.locator('code.secret').innerText())() });
  await send(page, '.screen a.button');
  await at(page, '/auth/me/factors');
  await look(page, 'me-factors-both');
  await send(page, 'button[name=passkey]');
  assert.equal(await things.count(), 1);
  assert.doesNotMatch(await things.innerText(), /值班室的电脑/);
}

/** authenticatorOf plugs a virtual authenticator into a page (WebAuthn domain of the browser's debugger). */
async function authenticatorOf(page) {
  const debug = await page.context().newCDPSession(page);
  await debug.send('WebAuthn.enable');
  const { authenticatorId } = await debug.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2', transport: 'internal', automaticPresenceSimulation: true,
      hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
    },
  });
  return {
    willVerify: (isUserVerified) => debug.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
    credentials: async () => (await debug.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
  };
}
