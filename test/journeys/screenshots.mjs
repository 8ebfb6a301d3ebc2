// Pictures of every page of the browser app: each role goes through its menu and from there to the first page of every kind that links
// lead to, in both languages and in large type, at a desk and on a phone. A page, index.html, shows them all.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { act, begin, canActAs, code, looksOf, move, record, reference, text, waiting } from './app-cases.mjs';
import { journey, open, person, provoke, settled, world } from './journey.mjs';

const widths = { 1280: { width: 1280, height: 800 }, 360: { width: 360, height: 740 } };
const looks = { zh: 'lang=zh-CN&size=usual', en: 'lang=en&size=usual', 'zh-large': 'lang=zh-CN&size=large' };
const atOnce = 2; // roles
const [drawnFrom, drawnTo] = [7, 10]; // days ahead that are drawn in the demo

// The declared places are what tells one kind of page from another.
const source = readFileSync(new URL('../../web/src/app/places.ts', import.meta.url), 'utf8');
const places = [...source.matchAll(/\bpath: "([^"]*)"/g)].map(([, path]) => ({
  name: path.replaceAll(':', '').replaceAll('/', '-') || 'start',
  fits: new RegExp(`^/app/?${path.replace(/:\w+/g, '[^/]+')}$`),
  fixed: !path.includes(':'),
}));
assert.ok(places.length > 5, 'the declared places are not found in places.ts');
// Where a path fits several declarations, that without a part that varies is meant.
const placeOf = (href) => places.filter((p) => p.fits.test(href.replace(/[?#].*/, ''))).sort((a, b) => b.fixed - a.fixed)[0];

let sought = ''; // the name of somebody of the city
const taken = []; // pictures: role, place, look, width, file
const roles = [...Object.keys(world.Phones), ...Object.keys(world.Seeds)];

await journey(async (browser) => {
  const sessions = {};
  for (const role of roles) {
    const page = await person(browser);
    await signIn(page, role);
    sessions[role] = await page.context().storageState();
    await page.context().close();
  }
  const again = (role) => person(browser, { storageState: sessions[role] });
  await seed(again);
  const left = [...roles];
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (let role; (role = left.shift());) await everything(await again(role), role);
  }));
  index();
  const missed = places.filter((p) => !taken.some((one) => one.place === p.name)).map((p) => p.name);
  console.log(`${taken.length} pictures of ${roles.length} roles${missed.length ? `; nobody has come to ${missed.join(', ')}` : ''}`);
});

/** signIn signs somebody of the demo in by their button; behind one who has just been signed in the next one-time password has to come. */
async function signIn(page, role) {
  await open(page, '/auth/sign-in');
  provoke(page, /4(01|29) \(/); // too early, and what was under way when the session changed
  for (const called = `button[name=as][value=${role}]`; await page.locator(called).count(); await page.waitForTimeout(5000)) {
    await Promise.all([page.waitForEvent('framenavigated'), page.locator(called).click()]);
    await page.waitForLoadState();
    if (!new URL(page.url()).pathname.startsWith('/auth/demo')) break;
  }
  await act(page, (c) => c.role === role.replace(/^hospital-/, ''));
}

/** seed makes cases, so that there is something in the inboxes. */
async function seed(again) {
  const [who, proxy, doctor, nurse, office] = await Promise.all(['resident', 'proxy', 'doctor', 'nurse', 'office'].map(again));
  await enters(who);
  const of = async (page) => (await canActAs(page)).find((c) => c.resident)?.resident;
  const own = await of(who);
  for (const page of [doctor, nurse]) sought = (await record(page, own)).name[0].text;
  const lines = await looksOf(who, own);
  const events = Object.entries(lines).filter(([by]) => by.startsWith('Practitioner/')).map(([, ids]) => ids[0]);
  const questions = [];
  for (const event of events) {
    const filled = [reference('event', `AuditEvent/${event}`), text('question', '我那天没有看病，为什么查看我的档案？')];
    questions.push(await begin(who, 'access-question', 'ask', ...filled));
  }
  const theirs = await waiting(office, 'office'); // others are for the hospital to answer
  for (const id of questions.slice(1)) if (theirs.includes(id)) await move(office, id, 'ask-looker');
  const { entry } = await record(who, `Observation?patient=${own}&_sort=date&_count=2`);
  const corrections = [];
  for (const { resource } of entry) {
    const filled = [reference('record', `Observation/${resource.id}`), text('wrong', '单位写错了。'), text('should-be', '请核对检验单。')];
    corrections.push(await begin(who, 'correction', 'request', ...filled));
  }
  const why = text('why', '经核对检验单，结果与仪器记录一致。');
  await move(office, corrections[0], 'refuse', code('reason', 'accurate'), why);
  await move(who, corrections[0], 'appeal', text('why', '我当天没有空腹。'));
  for (const page of [who, proxy, doctor, nurse, office]) await page.context().close();
}

/** enters enters a draw of the demo, so that a way leads to its page: places are drawn some days after the others are open. */
async function enters(page) {
  const { entry } = await record(page, 'Schedule?_tag=urn:yitong:scheduling|clinic&active=true&_count=100');
  const departments = entry.flatMap(({ resource }) => resource.actor.map((a) => a.reference)).filter((r) => r.startsWith('HealthcareService/'));
  for (const department of new Set(departments)) {
    const sought = [reference('department', department), { name: 'from', valueDate: dayFrom(drawnFrom) }, { name: 'to', valueDate: dayFrom(drawnTo) }];
    const { parameter = [] } = await record(page, 'Slot/$find', { resourceType: 'Parameters', parameter: sought });
    const parts = parameter.filter((p) => p.name === 'segment').map((p) => Object.fromEntries(p.part.map(({ name, ...value }) => [name, Object.values(value)[0]])));
    const drawn = parts.find((s) => s.draws && Date.parse(s.enters) <= Date.now());
    if (!drawn) continue;
    await record(page, `${drawn.clinic.reference}/$enter`, { resourceType: 'Parameters', parameter: [{ name: 'day', valueDate: drawn.start.slice(0, 10) }, { name: 'wait', valueBoolean: true }] });
    return;
  }
}

/** dayFrom is the day so many days from now, by the region's clocks. */
function dayFrom(n) {
  return new Date(Date.now() + (n * 24 + 8) * 3600 * 1000).toISOString().slice(0, 10);
}

/** everything takes all pictures of a role. */
async function everything(page, role) {
  mkdirSync(join(world.Gallery, role), { recursive: true });
  let found;
  for (const [name, look] of Object.entries(looks)) {
    await page.request.get(`${world.Issuer}/auth/view?${look}&next=/auth/session`);
    found ??= await pagesOf(page);
    for (const [place, href] of found) {
      await goes(page, href);
      for (const [width, size] of Object.entries(widths)) {
        const file = join(role, `${place}-${name}-${width}.png`);
        await page.setViewportSize(size);
        await rests(page);
        const height = await page.evaluate(() => document.documentElement.scrollHeight);
        await page.setViewportSize({ ...size, height: Math.max(height, size.height) }); // so that what stands at the foot is there
        await page.screenshot({ path: join(world.Gallery, file) });
        taken.push({ role, place, name, width, file });
      }
    }
  }
  await page.context().close();
}

/** goes opens a page of the app, at a desk. */
async function goes(page, href) {
  await page.setViewportSize(widths[1280]);
  await open(page, href);
  await rests(page);
}

/** rests waits until a page shows all that it asks for. One that never does is told of, and its picture is taken as it is. */
async function rests(page) {
  await settled(page).catch((error) => console.log(error.message));
}

/** pagesOf finds a page of every kind that a role comes to by links, those behind tabs and in what a search finds included. */
async function pagesOf(page) {
  const found = new Map([['start', '/app/']]);
  for (const [, href] of found) { // which grows meanwhile
    await goes(page, href);
    await follow(page, found);
    const box = page.locator('#main form[role=search] input');
    if ((await box.count()) === 1) { // it asks for anything; others want to be told more
      await box.fill(sought);
      await box.press('Enter');
      await rests(page);
      await follow(page, found);
    }
    const tabs = page.locator('#main [role=tab][aria-selected=false]');
    for (let i = await tabs.count(); i > 0; i--) {
      await tabs.nth(i - 1).click();
      await rests(page);
      await follow(page, found);
    }
  }
  return found;
}

/** follow adds the pages to which links lead that are of a kind of which there is none yet. */
async function follow(page, found) {
  const hrefs = await page.locator('a[href^="/app"]').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
  for (const href of hrefs) {
    const place = placeOf(href);
    if (place && !found.has(place.name)) found.set(place.name, href);
  }
}

/** index writes the page that shows all pictures. */
function index() {
  const sections = roles.map((role) => {
    const of = taken.filter((one) => one.role === role);
    const rows = [...new Set(of.map((one) => one.place))].map((place) => {
      const pictures = of.filter((one) => one.place === place).map((one) => {
        const called = `${role}, ${place}, ${one.name}, ${one.width}`;
        return `<a href="${one.file}"><img loading="lazy" height="160" src="${one.file}" alt="${called}" title="${called}"></a>`;
      });
      return `<h3>${place}</h3>\n<p>${pictures.join('\n')}</p>`;
    });
    return `<h2 id="${role}">${role}</h2>\n${rows.join('\n')}`;
  });
  const top = roles.map((role) => `<a href="#${role}">${role}</a>`).join(' ');
  const head = '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>Pages of Yitong</title>\n<h1>Pages of Yitong</h1>';
  writeFileSync(join(world.Gallery, 'index.html'), `${head}\n<p>${top}</p>\n${sections.join('\n')}\n</html>\n`);
}
