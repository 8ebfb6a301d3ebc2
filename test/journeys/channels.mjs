// How visits come to a hospital beside its own window: by its own program, over the interface, and by a member of its alliance.
import assert from 'node:assert/strict';
import * as oidc from 'openid-client';
import { record, reference } from './app-cases.mjs';
import { world } from './journey.mjs';

/** token opens the interface to the hospital's own program, which proves who it is by its key. */
async function token() {
  const jwk = world.Keys.ES384;
  const key = await crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-384' }, false, ['sign']);
  const more = { execute: [oidc.allowInsecureRequests] };
  const config = await oidc.discovery(new URL(world.Issuer), 'hospital-app', {}, oidc.PrivateKeyJwt({ key, kid: jwk.kid }), more);
  return (await oidc.clientCredentialsGrant(config, { scope: 'system/*.cruds' })).access_token;
}

const wanted = (who) => ({ resourceType: 'Parameters', parameter: [reference('patient', `Patient/${who.id}`)] });

/** byProgram lets the hospital's own program book for somebody. */
export async function byProgram(slot, who) {
  const headers = { Authorization: `Bearer ${await token()}`, 'Content-Type': 'application/fhir+json' };
  const answer = await fetch(`${world.Issuer}/fhir/${slot}/$book`, { method: 'POST', headers, body: JSON.stringify(wanted(who)) });
  assert.equal(answer.status, 201, await answer.text());
}

/** books lets somebody of staff book for somebody. */
export const books = (page, slot, who) => record(page, `${slot}/$book`, wanted(who));

/** bookedBy is how the visits of a day at the hospital were booked, by the names of whom they are for. */
export async function bookedBy(page, day) {
  const { parameter: visits = [] } = await record(page, `Appointment/$visits?day=${day}`);
  return Object.fromEntries(visits.filter((p) => p.name === 'visit').map(({ part }) => {
    const of = (name) => part.find((v) => v.name === name);
    return [of('patient').valueReference.display, of('channel').valueCode];
  }));
}
