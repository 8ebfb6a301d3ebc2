// An app of somebody else: a page on another origin with the stock client fhirclient in it. What it does, it does in
// the browser, as any page of a registered program could.
import { look, send, world } from './journey.mjs';

/** begin lets the app ask for an authorization; the page goes wherever that leads. */
export async function begin(page, options, at = '') {
  await page.goto(world.App + at);
  const gone = page.waitForURL((u) => u.origin === world.Issuer, { waitUntil: 'load' });
  const all = { iss: `${world.Issuer}/fhir`, redirectUri: world.App, ...options };
  await page.evaluate((o) => { FHIR.oauth2.authorize(o); }, all);
  await gone;
}

/** back waits until the app has its page again and takes the answer up; it gives what the client knows then. */
export async function back(page) {
  await page.waitForURL((u) => u.href.startsWith(world.App), { waitUntil: 'load' });
  return page.evaluate(async () => {
    window.client = await FHIR.oauth2.ready();
    const { patient, encounter, user } = client;
    return { ...client.state.tokenResponse, patient: patient.id, encounter: encounter.id, user: user.fhirUser };
  });
}

/** refused waits until the app has its page again and gives the error with which the client ends. */
export async function refused(page) {
  await page.waitForURL((u) => u.href.startsWith(world.App), { waitUntil: 'load' });
  return page.evaluate(() => FHIR.oauth2.ready().then(() => 'not refused', (error) => error.message));
}

/** asks lets the client ask the record. It gives the status, the resource, and for a Bundle the ids that are in it. */
export function asks(page, what, options = {}) {
  return page.evaluate(async ([url, more]) => {
    try {
      const body = await client.request({ url, ...more });
      return { status: 200, body, ids: (body.entry ?? []).map((e) => e.resource.id).sort() };
    } catch (error) {
      return { status: error.statusCode ?? error.message };
    }
  }, [what, options]);
}

/** refresh lets the client take new tokens, and gives the old and the new ones, or the error. */
export function refresh(page) {
  return page.evaluate(async () => {
    const of = (t) => ({ access: t.access_token, refresh: t.refresh_token, scope: t.scope });
    const before = of(client.state.tokenResponse);
    try {
      await client.refresh();
    } catch (error) {
      return { before, error: error.message };
    }
    return { before, after: of(client.state.tokenResponse) };
  });
}

/**
 * allow allows what the consent page asks for, but for scopes that are unticked. It gives the scopes that can be
 * unticked.
 */
export async function allow(page, kind, ...without) {
  await page.locator('main input[type=checkbox]').first().waitFor();
  await look(page, kind);
  const boxes = page.locator('main input[type=checkbox]:not([disabled])');
  const scopes = await boxes.evaluateAll((all) => all.map((box) => box.value));
  for (const scope of without) await page.locator(`main input[value="${scope}"]`).uncheck();
  await send(page, 'main button[value=allow]');
  return scopes;
}
