// People start an app by themselves (SMART standalone launch): a resident, about herself, and a doctor, who chooses
// about whom. The app is a page on another origin with a stock client in it.
import assert from 'node:assert/strict';
import { allow, asks, back, begin, refresh, refused } from './app.mjs';
import { at, fill, journey, look, open, person, send, world } from './journey.mjs';
import { actAt, enrol, people, resident, verify } from './people.mjs';

const scopes = [
  'openid', 'fhirUser', 'launch/patient', 'offline_access',
  'patient/Patient.r', 'patient/Observation.rs?category=laboratory', 'patient/Condition.rs', 'patient/Encounter.read',
];
const notRegistered = 'patient/MedicationRequest.rs';
const app = { clientId: 'app', scope: [...scopes, notRegistered].join(' ') };

await journey(async (browser) => {
  const page = await person(browser);
  await byResident(page);
  await deny(page);
  await byDoctor(browser);
});

/** byResident goes from the app through the whole sign-in of a new resident and back. */
async function byResident(page) {
  await begin(page, app);
  await at(page, '/auth/sign-in');
  await resident(page, people.li.phone);
  await verify(page, people.li);
  const offered = await allow(page, 'consent', 'patient/Condition.rs');
  assert.deepEqual(offered.sort(), ['offline_access', ...scopes.filter((s) => s.startsWith('patient/'))].sort());

  const known = await back(page);
  const given = known.scope.split(' ');
  assert.deepEqual(given.sort(), scopes.filter((s) => s !== 'patient/Condition.rs').sort());
  assert.deepEqual([known.patient, known.user, known.token_type], ['li', 'Patient/li', 'Bearer']);
  assert.equal(known.need_patient_banner, true);

  await reads(page);
  await tokens(page);
}

/** reads holds that the app sees what was allowed of one resident, and nothing else. */
async function reads(page) {
  const own = await asks(page, 'Patient/li');
  assert.equal(own.body.name[0].text, people.li.name);
  assert.deepEqual((await asks(page, 'Observation?category=laboratory')).ids, ['li-glucose']);
  assert.deepEqual((await asks(page, 'Observation?patient=li')).ids, ['li-glucose'], 'only laboratory was asked for');
  assert.deepEqual((await asks(page, 'Encounter/li-visit')).body?.id, 'li-visit');
  for (const hidden of ['Patient/wang', 'Observation/wang-glucose', 'Observation/li-weight']) {
    assert.equal((await asks(page, hidden)).status, 404, hidden);
  }
  assert.deepEqual((await asks(page, 'Observation?patient=wang')).ids, []);
  for (const closed of ['Condition?patient=li', 'Condition/li-diabetes', 'MedicationRequest?patient=li', 'Patient?name=x']) {
    assert.equal((await asks(page, closed)).status, 403, closed);
  }
  const headers = { 'Content-Type': 'application/fhir+json' };
  const change = { method: 'PUT', body: JSON.stringify(own.body), headers };
  assert.equal((await asks(page, 'Patient/li', change)).status, 403, 'reading is not writing');
}

/**
 * tokens changes tokens by the refresh token, which holds once, and ends when the person takes back what was allowed.
 */
async function tokens(page) {
  const { before, after, error } = await refresh(page);
  assert.equal(error, undefined);
  assert.notEqual(after.access, before.access);
  assert.notEqual(after.refresh, before.refresh);
  assert.deepEqual(after.scope.split(' ').sort(), before.scope.split(' ').sort());
  await reads(page);

  const account = await page.context().newPage();
  await open(account, '/auth/me/apps');
  await look(account, 'me-apps-allowed');
  await send(account, 'ul.things button');
  assert.equal(await account.locator('ul.things').count(), 0);
  await account.close();
  assert.equal((await asks(page, 'Patient/li')).status, 401);
  assert.ok((await refresh(page)).error);
}

/** deny goes back to the app without anything. */
async function deny(page) {
  await begin(page, app);
  await page.locator('main button[value=deny]').waitFor();
  await send(page, 'main button[value=deny]');
  assert.match(await refused(page), /access_denied|not allowed/i);
}

/** byDoctor chooses a resident for the app, after having looked for another in vain. */
async function byDoctor(browser) {
  const page = await person(browser);
  await enrol(page, 'chen');
  await begin(page, { ...app, scope: `${app.scope} user/Observation.rs` });
  await at(page, '/auth/role'); // the app has to wait until the doctor has said as what to act
  await actAt(page, '清河县人民医院');
  await at(page, '/oauth/authorize');
  await look(page, 'choose');
  await fill(page, { q: '没有这个人' });
  await look(page, 'choose-nobody');
  await fill(page, { q: '晓明' });
  await look(page, 'choose-found');
  await page.locator('main .choice').filter({ hasText: people.li.name }).locator('label').click();
  await send(page, 'main fieldset ~ button');
  await allow(page, 'consent-doctor', 'offline_access', 'user/Observation.rs');

  const known = await back(page);
  assert.deepEqual([known.patient, known.user], ['li', 'Practitioner/chen']);
  assert.equal(known.refresh_token, undefined);
  assert.equal((await asks(page, 'Patient/wang')).status, 403, 'the doctor may see her, the app may not');
  assert.deepEqual((await asks(page, 'Observation')).ids, ['li-glucose']);
  assert.deepEqual((await asks(page, 'Condition')).ids, ['li-diabetes']);
}
