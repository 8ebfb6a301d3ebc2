// A program with a secret lets people sign in (OpenID Connect). The stock client checks what the server sends: the
// identity token and its signature, the issuer, PKCE, state and nonce.
import assert from 'node:assert/strict';
import * as oidc from 'openid-client';
import { allow } from './app.mjs';
import { at, fill, journey, open, person, world } from './journey.mjs';
import { actAt, enrol, password } from './people.mjs';

const scope = 'openid fhirUser offline_access user/Patient.rs';
const id = 'portal';

await journey(async (browser) => {
  const config = await oidc.discovery(new URL(world.Issuer), id, {}, oidc.ClientSecretBasic(world.Secrets[id]), {
    execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks],
  });
  const page = await person(browser);
  const none = await ask(config, page, { prompt: 'none' });
  await refused(none.take(), 'login_required');

  const { next } = await enrol(page, 'chen');
  await open(page, '/auth/role');
  await actAt(page, '清河县人民医院');
  const first = await ask(config, page, { acr_values: '2' });
  await allow(page, 'consent-openid');
  const given = await first.take();
  identity(given.claims());
  assert.deepEqual(given.scope.split(' ').sort(), scope.split(' ').sort());
  await refused(first.take(), 'invalid_grant'); // a code that comes twice ends all that was given for it
  assert.equal((await oidc.tokenIntrospection(config, given.access_token)).active, false);

  const second = await ask(config, page, {}); // what was allowed is remembered: nobody is asked again
  const tokens = await second.take();
  await lives(config, tokens);

  const anew = await ask(config, page, { max_age: '0' });
  await at(page, '/auth/sign-in');
  await fill(page, { name: 'chen', password });
  await fill(page, { code: next() });
  if (new URL(page.url()).pathname === '/auth/role') await actAt(page, '清河县人民医院');
  const fresh = (await anew.take()).claims();
  assert.ok(fresh.auth_time > given.claims().auth_time);
});

/** ask leads a browser to the server as the program would. What it gives takes the answer up. */
async function ask(config, page, more) {
  const verifier = oidc.randomPKCECodeVerifier();
  const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
  const to = oidc.buildAuthorizationUrl(config, {
    redirect_uri: world.App, scope, state, nonce, aud: `${world.Issuer}/fhir`,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256', ...more,
  });
  await page.goto(to.href);
  return {
    async take() {
      await page.waitForURL((u) => u.href.startsWith(world.App), { waitUntil: 'load' });
      const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
      return oidc.authorizationCodeGrant(config, new URL(page.url()), checks);
    },
  };
}

/** identity sees what the identity token says of the person. */
function identity({ iss, aud, sub, fhirUser, amr, auth_time, exp, iat }) {
  assert.equal(iss, world.Issuer);
  assert.deepEqual([aud].flat(), [id]);
  assert.ok(sub);
  assert.equal(fhirUser, `${world.Issuer}/fhir/Practitioner/chen`);
  assert.deepEqual(amr.toSorted(), ['otp', 'pwd']);
  assert.ok(auth_time <= iat && iat < exp);
}

/** lives follows tokens from their beginning to their end. */
async function lives(config, { access_token, refresh_token }) {
  const about = await oidc.tokenIntrospection(config, access_token);
  assert.deepEqual([about.active, about.client_id], [true, id]);
  assert.equal(await reads(access_token), 200);

  const next = await oidc.refreshTokenGrant(config, refresh_token);
  assert.equal(await reads(next.access_token), 200);
  await refused(oidc.refreshTokenGrant(config, refresh_token), 'invalid_grant'); // somebody has stolen one of the two
  await refused(oidc.refreshTokenGrant(config, next.refresh_token), 'invalid_grant');
  assert.equal(await reads(next.access_token), 401);
}

async function reads(token) {
  const answer = await fetch(`${world.Issuer}/fhir/Patient/li`, { headers: { Authorization: `Bearer ${token}` } });
  return answer.status;
}

async function refused(call, error) {
  await assert.rejects(call, (e) => {
    assert.equal(e.error, error, e.stack);
    return true;
  });
}
