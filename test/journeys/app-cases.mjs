// What people of the browser app do with cases: through the interface, so that there are some, and on their pages.
import assert from 'node:assert/strict';
import { settled, world } from './journey.mjs';

/** asks asks the server by the session of a browser, as the app does, and gives what it says. */
async function asks(page, path, method, body, kind = {}) {
  const headers = { Origin: world.Issuer, ...kind };
  const answer = await page.request.fetch(world.Issuer + path, { method, headers, ...(body && { data: body }) });
  assert.ok(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`);
  return answer.json();
}

/** record asks the record. */
export function record(page, path, body) {
  return asks(page, `/fhir/${path}`, body ? 'POST' : 'GET', body, { 'Content-Type': 'application/fhir+json' });
}

const parameters = (...parameter) => ({ resourceType: 'Parameters', parameter });
export const text = (name, valueString) => ({ name, valueString });
export const code = (name, valueCode) => ({ name, valueCode });
export const reference = (name, to) => ({ name, valueReference: { reference: to } });
const filledIn = (filled) => ({ name: 'with', resource: parameters(...filled) });

/** begin begins a case through the interface and gives its id. */
export async function begin(page, process, move, ...filled) {
  const { id } = await record(page, 'Task/$begin', parameters(text('process', process), text('move', move), filledIn(filled)));
  return id;
}

/** move makes a move through the interface. */
export const move = (page, id, what, ...filled) => record(page, `Task/${id}/$move`, parameters(text('move', what), filledIn(filled)));

/** read makes an object of Parameters; what comes more than once stands in lists. */
function read(all) {
  const out = {};
  for (const { name, part, ...value } of all) (out[name] ??= []).push(part ? read(part) : Object.values(value)[0]);
  return out;
}

/** waiting gives the ids of the cases that wait in an inbox. */
export async function waiting(page, of) {
  const { parameter = [] } = await record(page, `Task/$inbox?of=${of}&count=100`);
  return (read(parameter).case ?? []).map((c) => c.case[0].reference.replace('Task/', ''));
}

/** act lets who is signed in act as something that they can act as, and gives it. */
export async function act(page, fits) {
  const { can } = await asks(page, '/auth/session', 'GET');
  const as = can.find(fits);
  assert.ok(as, JSON.stringify(can));
  await asks(page, '/auth/session', 'POST', { as: as.source });
  return as;
}

/** canActAs gives all that who is signed in can act as. */
export const canActAs = async (page) => (await asks(page, '/auth/session', 'GET')).can;

/** looksOf gives the lines of the trail that tell who has looked at a resident's record, by who that was. */
export async function looksOf(page, resident) {
  const { entry = [] } = await record(page, `AuditEvent?_count=200&patient=${resident}`);
  const looks = {};
  for (const { resource } of entry) {
    const who = resource.agent.find((a) => a.requestor)?.who?.reference;
    (looks[who] ??= []).push(resource.id);
  }
  return looks;
}

/** callOf is what a move of a case is called on its page. */
async function callOf(page, id, what) {
  const { parameter } = await record(page, `Task/${id}/$moves`);
  const one = read(parameter).move.find((m) => m.code[0] === what);
  assert.ok(one, `${what} is not offered in ${id}`);
  return one[(await page.locator('html').getAttribute('lang')) === 'en' ? 'en' : 'zh'][0];
}

/** choose opens the form of a move on the page of its case. */
export async function choose(page, id, what) {
  const called = await callOf(page, id, what);
  await page.locator('#main button', { hasText: new RegExp(`^${called}\\d?$`) }).click();
  await page.locator('#move-form button[type=submit]').waitFor();
}

/** fillIn chooses the first of what can be chosen in the form of a move, and says something in its texts, the first ones. */
export async function fillIn(page, ...texts) {
  const choices = page.locator('#move-form input[type=radio]');
  if (await choices.count()) await choices.first().check();
  for (const [i, said] of texts.entries()) await page.locator('#move-form textarea').nth(i).fill(said);
}

/** send sends the form of a move and waits until the case has moved. */
export async function sendMove(page) {
  const moved = page.waitForResponse((r) => r.url().endsWith('/$move'));
  await page.locator('#move-form button[type=submit]').click();
  const answer = await moved;
  assert.equal(answer.status(), 200, await answer.text());
  await page.locator('#move-form').waitFor({ state: 'detached' });
  await settled(page);
}

/** makes makes a move on the page of its case. */
export async function makes(page, id, what, ...texts) {
  await choose(page, id, what);
  await fillIn(page, ...texts);
  await sendMove(page);
}
