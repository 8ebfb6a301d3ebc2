// What people of the journeys do again and again: come in, show a second factor, take a code from their phone.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { at, fill, open, opens, send, world } from './journey.mjs';

/** password is the password of all accounts of staff. */
export const { Password: password } = world;

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

const base32 = (text) => {
  const bits = [...text].map((c) => alphabet.indexOf(c).toString(2).padStart(5, '0')).join('');
  return Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
};

const stepSeconds = 30;

/**
 * authenticator gives one-time passwords of a secret (RFC 6238), each another one: those of now and, at once, of the
 * next step.
 */
export function authenticator(secret) {
  opens(secret);
  const key = base32(secret.replaceAll(' ', ''));
  let last = 0;
  return () => {
    const now = Math.floor(Date.now() / 1000 / stepSeconds);
    last = Math.max(now, last + 1);
    assert.ok(last <= now + 1, 'a third code within a step would not be taken: use a spare code');
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(last));
    const mac = createHmac('sha1', key).update(counter).digest();
    const at = mac.at(-1) & 15;
    return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
  };
}

const hurry = async () => {}; // the look of who only passes by

/**
 * enrol chooses the password of an account of staff and sets one-time passwords up. It ends on the page of the spare
 * codes.
 */
export async function enrol(page, name, look = hurry) {
  await open(page, '/auth/invite');
  await look(page, 'invite');
  await fill(page, { name, code: world.Codes[name], password, repeat: password });
  await at(page, '/auth/set-up');
  await look(page, 'set-up');
  await send(page, 'main a[href^="/auth/set-up/app"]');
  await look(page, 'set-up-app');
  const next = authenticator(await page.locator('code.secret').innerText());
  await fill(page, { code: next() });
  await look(page, 'spare');
  const spare = await page.locator('ol.spare code').allInnerTexts();
  assert.equal(spare.length, 10);
  opens(...spare);
  return { next, spare };
}

/** actAt chooses the role at an institution, where the page asks as what to act. */
export async function actAt(page, institution) {
  await page.locator('main .choice').filter({ hasText: institution }).locator('label').click();
  await send(page, 'main form button');
}

/** account goes on to the page of one's account, where a sign-in has led to the app. */
export async function account(page) {
  await at(page, '/app/');
  await open(page, '/auth/me');
}

/** enter signs a member of staff in, where the page is the sign-in. */
export async function enter(page, name, code) {
  await fill(page, { name, password });
  await at(page, '/auth/second');
  await fill(page, { code });
}

const codes = new Map(); // what gives one-time passwords, by the names of accounts

/** oneTime is a one-time password of a member of the team; see team_test.go. */
export function oneTime(name) {
  if (!codes.has(name)) codes.set(name, authenticator(world.Seeds[name]));
  return codes.get(name)();
}

/** me is the page of one's account, to which comes who does something through the interface only: it loads less than the app. */
export const me = '/auth/me';

/** comes signs a member of the team in, who wants to go to an address of the server. */
export async function comes(page, name, next = '/app/') {
  await open(page, `/auth/sign-in?next=${encodeURIComponent(next)}`);
  await enter(page, name, oneTime(name));
}

/** codeFor is the code that was last sent to a phone. */
export function codeFor(phone) {
  const lines = readFileSync(world.SMS, 'utf8').split('\n').filter((line) => line.startsWith(`+86${phone} `));
  return lines.at(-1).match(/\b\d{6}\b/)[0];
}

/** resident signs a resident in by a code, where the page is one of those of the sign-in. */
export async function resident(page, phone) {
  if (new URL(page.url()).pathname !== '/auth/phone') await send(page, 'main nav.tabs li:first-child a');
  await fill(page, { phone });
  await at(page, '/auth/code');
  await fill(page, { code: codeFor(phone) });
}

/** people are residents of the record; see testdata/record.ndjson. */
export const people = {
  li: { id: 'li', name: '李晓明', number: '110101198405061236', phone: '13900000001' },
  wang: { id: 'wang', name: '王小红', number: '110101199001010023', phone: '13900000002' },
  sun: { id: 'sun', name: '孙桂兰', number: '110101195503070028', phone: '13900000005' },
};

/** arrives signs a resident in who has not been here before, and wants to go to an address of the server. */
export async function arrives(page, who, next = '/app/') {
  await open(page, `/auth/phone?next=${encodeURIComponent(next)}`);
  await resident(page, who.phone);
  await verify(page, who);
}

/** verify says who the resident is, where the page asks for it. */
export async function verify(page, who) {
  await at(page, '/auth/real-name');
  await fill(page, { called: who.name, number: who.number });
}
