// A program acts for itself (SMART Backend Services): a stock client of OpenID Connect proves who it is by its own
// key and reads what it is registered for. Run for a key of each kind.
import assert from 'node:assert/strict';
import fhir from 'fhirclient';
import * as oidc from 'openid-client';
import { world } from './journey.mjs';

const fhirBase = `${world.Issuer}/fhir`;

const kinds = {
  RS384: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-384' },
  ES384: { name: 'ECDSA', namedCurve: 'P-384' },
};

/** client finds the server by discovery, with a key of a kind. */
async function client(kind, options = {}) {
  const { jwk = world.Keys[kind], id = `backend-${kind.toLowerCase()}`, audience, fetch } = options;
  const key = await crypto.subtle.importKey('jwk', jwk, kinds[kind], false, ['sign']);
  const modify = audience && { [oidc.modifyAssertion]: (_, claims) => { claims.aud = audience; } };
  const proof = oidc.PrivateKeyJwt({ key, kid: world.Keys[kind].kid }, modify);
  const more = { execute: [oidc.allowInsecureRequests], [oidc.customFetch]: fetch };
  return oidc.discovery(new URL(world.Issuer), id, {}, proof, more);
}

const token = (config, scope) => oidc.clientCredentialsGrant(config, { scope });

async function refused(call, error) {
  await assert.rejects(call, (e) => {
    assert.equal(e.error ?? e.cause?.[0]?.parameters?.error ?? e.code, error, e.stack);
    return true;
  });
}

/** reads sees what a token opens. */
async function reads({ access_token }) {
  const record = fhir().client({ serverUrl: fhirBase, tokenResponse: { access_token } });
  const { entry } = await record.request('Patient');
  assert.deepEqual(entry.map((e) => e.resource.id).sort(), ['li', 'wang']);
  for (const hidden of ['Observation', 'Condition/li-diabetes']) {
    await assert.rejects(record.request(hidden), { statusCode: 403 });
  }
  await assert.rejects(record.create({ resourceType: 'Patient' }), { statusCode: 403 });
}

for (const kind of Object.keys(kinds)) {
  const given = await token(await client(kind), 'system/Patient.rs system/Observation.rs');
  assert.equal(given.scope, 'system/Patient.rs', 'only what it is registered for');
  assert.ok(given.expires_in <= 300);
  assert.equal(given.refresh_token, undefined);
  await reads(given);

  // SMART names the address of tokens as the audience, newer drafts of RFC 7523 the issuer; anything else is for
  // others.
  await token(await client(kind, { audience: `${world.Issuer}/oauth/token` }), 'system/Patient.rs');
  await refused(token(await client(kind, { audience: fhirBase }), 'system/Patient.rs'), 'invalid_client');

  await refused(token(await client(kind), 'system/Observation.rs'), 'invalid_scope');
  await refused(token(await client(kind, { jwk: world.Keys[`other ${kind}`] }), 'system/Patient.rs'), 'invalid_client');
  await replayed(kind);
}
await refused(token(await client('RS384', { id: 'backend-es384' }), 'system/Patient.rs'), 'invalid_client');
console.log('backend.mjs: tokens by keys of both kinds');

/** replayed sends the very request by which the client has got a token once more. */
async function replayed(kind) {
  let sent;
  const keep = (url, options) => {
    if (options.method === 'POST') sent = [url, options];
    return fetch(url, options);
  };
  await token(await client(kind, { fetch: keep }), 'system/Patient.rs');
  const again = await fetch(...sent);
  assert.equal(again.status, 401);
  assert.equal((await again.json()).error, 'invalid_client');
}
