// A doctor starts an app about the resident whose visit is open (SMART EHR launch): the app learns who and which
// visit from the launch, and nobody else can use that.
import assert from 'node:assert/strict';
import { allow, asks, back, begin, refresh, refused } from './app.mjs';
import { at, journey, open, person, send, world } from './journey.mjs';
import { account, enrol, people, resident, verify } from './people.mjs';

const app = {
  clientId: 'ehr-app',
  scope: 'launch openid fhirUser online_access patient/Patient.rs patient/Encounter.rs patient/Observation.rs',
};

await journey(async (browser) => {
  const page = await person(browser);
  await enrol(page, 'chen');
  await send(page, '.screen a.button');
  await account(page);

  const first = await launch(page, 'Patient/li', 'Encounter/li-visit');
  await begin(page, app, first);
  await allow(page, 'consent-launch');
  const known = await back(page);
  assert.deepEqual([known.patient, known.encounter], ['li', 'li-visit']);
  assert.ok(known.refresh_token, 'online_access is a refresh token as long as the session');
  assert.deepEqual((await asks(page, 'Observation')).ids, ['li-glucose', 'li-weight']);
  assert.equal((await asks(page, 'Patient/wang')).status, 403);

  // A launch is used up by the code; the next one is of this doctor and this app only.
  await begins(page, first, /launch/i);
  const second = await launch(page, 'Patient/wang');
  await stolen(browser, second);
  await begin(page, app, second);
  await allow(page, 'consent-launch');
  assert.deepEqual(await back(page).then((k) => [k.patient, k.encounter]), ['wang', null]);

  await unlaunchable(page);
  await untilSignOut(page);
});

/** begins sees that an authorization is refused at once. */
async function begins(page, launched, why) {
  await page.goto(world.App + launched);
  await page.evaluate((o) => { FHIR.oauth2.authorize(o); }, { redirectUri: world.App, ...app });
  await page.waitForURL((u) => u.href.startsWith(world.App) && u.searchParams.has('error'), { waitUntil: 'load' });
  assert.match(await refused(page), why);
}

/** stolen sees that another person gets nothing of a launch. */
async function stolen(browser, launched) {
  const thief = await person(browser);
  await open(thief, '/auth/phone');
  await resident(thief, people.li.phone);
  await verify(thief, people.li);
  await account(thief);
  await begins(thief, launched, /launch/i);
}

/** unlaunchable tries launches that make no sense: of another's visit, of nobody, of an app that is not registered. */
async function unlaunchable(page) {
  const address = `${world.Issuer}/oauth/launch`;
  for (const form of [
    { client: app.clientId, patient: 'Patient/wang', encounter: 'Encounter/li-visit' },
    { client: app.clientId, patient: 'Patient/nobody' },
    { client: 'no-such-app', patient: 'Patient/li' },
  ]) {
    const answer = await page.request.post(address, { form, maxRedirects: 0 });
    assert.ok([400, 403, 404, 422].includes(answer.status()), `${JSON.stringify(form)}: ${answer.status()}`);
  }
  const form = { client: app.clientId };
  const foreign = await page.request.post(address, { form, headers: { Origin: 'https://evil.example' }, maxRedirects: 0 });
  assert.equal(foreign.status(), 403, 'a page of another site starts no app in the name of the doctor');
}

/** untilSignOut sees that the app's rights end with the session. */
async function untilSignOut(page) {
  const account = await page.context().newPage();
  await open(account, '/auth/me');
  await send(account, '.banner button');
  await account.close();
  assert.ok((await refresh(page)).error);
}

/** launch posts what a page of the platform would post, and gives where that leads: the query of the app's address. */
async function launch(page, patient, encounter = '') {
  const form = { client: app.clientId, patient, encounter };
  const answer = await page.request.post(`${world.Issuer}/oauth/launch`, { form, maxRedirects: 0 });
  assert.equal(answer.status(), 303, await answer.text());
  const to = new URL(answer.headers().location);
  assert.equal(to.searchParams.get('iss'), `${world.Issuer}/fhir`);
  assert.equal(to.origin + to.pathname, world.App);
  return to.search;
}
