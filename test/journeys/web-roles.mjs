// Everybody of the region comes into the browser app: in each role somebody moves the case that waits for them, or sees that none does,
// and opens every place of their menu, in one of the sizes, on a phone or at a desk. They share two browsers, one in each language.
import assert from 'node:assert/strict';
import { act, begin, canActAs, code, looksOf, makes, move, record, reference, text, waiting } from './app-cases.mjs';
import { enlarge, few } from './app-look.mjs';
import { at, glance, journey, leads, open, person, settled } from './journey.mjs';
import { arrives, comes, me, people } from './people.mjs';

const { li, wang } = people;
const said = '门诊复诊，查看了过敏史和近期的检验结果。';

// In the order in which they work: the resident disputes what the regulator looks at afterwards.
const team = [
  { role: 'resident', comes: (page) => arrives(page, li, me), moves: 'dispute' },
  { role: 'proxy', comes: (page) => arrives(page, wang, me), moves: 'appeal' },
  { role: 'office', moves: 'answer' },
  { role: 'guide', looks: ['Patient/li'], moves: 'explain' },
  { role: 'doctor', looks: ['Patient/li'], moves: 'explain' },
  { role: 'nurse', looks: ['Patient/li', 'Observation/li-glucose', 'Observation/li-weight'], moves: 'explain' },
  { role: 'pharmacist', looks: ['Patient/li'], moves: 'explain' },
  { role: 'technician', looks: ['Patient/li'], moves: 'explain' },
  { role: 'insurer', looks: ['Coverage/li-insured'], moves: 'explain' },
  { role: 'cdc', looks: ['Condition/li-hepatitis'], moves: 'explain' },
  { role: 'regulator', moves: 'find' },
  { role: 'administrator' },
  { role: 'operator' },
];

await journey(async (browser) => {
  const browsers = await Promise.all(['zh-CN', 'en'].map((locale) => person(browser, { locale })));
  for (const page of browsers) await page.routeWebSocket('**/notices/live', () => {}); // what is told meanwhile makes pages ask for more
  const inTurn = (walk) => Promise.all(browsers.map(async (page, b) => {
    for (const [i, one] of team.entries()) if (i % 2 === b) await walk(page, one, i);
  }));
  await inTurn(signsIn);
  const cases = await seed(...browsers);
  const seen = new Map(browsers.map((page) => [page, new Set()])); // addresses that axe has looked at
  await inTurn((page, one, i) => works(page, one, cases[one.role], i, seen.get(page)));
});

/** signsIn lets somebody sign in, and look at what of the resident's is asked about later. */
async function signsIn(page, one) {
  await page.context().clearCookies();
  await (one.comes ?? ((p) => comes(p, one.role, me)))(page);
  await act(page, (c) => c.role === one.role);
  for (const name of one.looks ?? []) await record(page, name);
  one.cookies = await page.context().cookies();
}

/** sits lets somebody who has signed in come back to a browser, in the place of who was there. */
async function sits(page, one) {
  await page.context().clearCookies();
  await page.context().addCookies(one.cookies);
}

/** seed makes the cases that wait for people, and gives their ids by roles. */
async function seed(resident, proxy) {
  await sits(resident, team[0]);
  await sits(proxy, team[1]);
  const looks = await looksOf(resident, 'Patient/li');
  const question = (event) => begin(resident, 'access-question', 'ask', reference('event', `AuditEvent/${event}`));
  const cases = {};
  for (const { role } of team.filter((t) => t.looks)) {
    assert.ok(looks[`Practitioner/${role}`], `that somebody has looked as ${role} is not on record`);
    cases[role] = await question(looks[`Practitioner/${role}`].at(-1));
  }
  const explains = Object.values(cases);
  [cases.office, cases.resident] = [await question(looks['Practitioner/nurse'][0]), await question(looks['Practitioner/nurse'][1])];
  cases.regulator = cases.resident;
  const wrong = [reference('record', 'Observation/li-weight'), text('wrong', '体重写错了。'), text('should-be', '应为 58.5 kg。')];
  cases.proxy = await begin(proxy, 'correction', 'request', ...wrong);

  const offices = proxy;
  await offices.context().clearCookies();
  await comes(offices, 'offices', me);
  for (const { source } of await canActAs(offices)) {
    await act(offices, (c) => c.source === source);
    for (const id of await waiting(offices, 'office')) if (explains.includes(id)) await move(offices, id, 'ask-looker');
    if (!(await waiting(offices, 'office')).includes(cases.proxy)) continue;
    await move(offices, cases.proxy, 'refuse', code('reason', 'accurate'), text('why', said));
    await move(offices, cases.resident, 'answer', code('verdict', 'justified'), text('explanation', said));
  }
  return cases;
}

/** works lets somebody do what waits for them, and go through all places. */
async function works(page, one, id, i, seen) {
  await sits(page, one);
  await open(page, '/app/');
  await settled(page);
  await enlarge(page, i % 4 > 1);
  const menu = await page.locator('aside nav a[href^="/app"]').evaluateAll((all) => all.map((a) => a.getAttribute('href')));
  assert.ok(menu.length > 3, `${one.role} has the places ${menu}`);
  await go(page, menu.find((href) => /inbox|matters/.test(href)));
  if (one.moves) {
    await leads(page, () => page.locator(`main a[href="/app/cases/${id}"]`).click());
    await at(page, `/app/cases/${id}`);
    await glance(page, `${one.role} case`, i % 3 === 0);
    await makes(page, id, one.moves, said);
  } else {
    await page.locator('main .ant-empty').waitFor();
  }
  for (const [k, href] of menu.entries()) {
    await go(page, href);
    const anew = href === '/app' || !seen.has(href); // each role begins at a page of its own
    seen.add(href);
    await glance(page, `${one.role} ${href}`, (i + k) % 2 === 0, anew);
  }
}

/** go goes to a place of the menu, which asks for no more than it may. */
async function go(page, href) {
  await few(page, href, () => leads(page, () => page.locator(`aside nav a[href="${href}"]`).click()));
  await at(page, href);
}
