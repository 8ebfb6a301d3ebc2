// Lets Lighthouse look at the first page of a resident, who is signed in, on a phone and at a desk, in a made-up city of its own. It
// prints the scores with the load of the machine, and what costs points; below 95 in a category it fails. Arguments: the program, and
// a folder for the whole reports, if one wants them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import lighthouse, { desktopConfig } from 'lighthouse';
import puppeteer from 'puppeteer-core';

const least = 95;
const categories = ['performance', 'accessibility', 'best-practices', 'seo'];
const names = ['chromium', 'chromium-browser', 'google-chrome'];
const [program, reports] = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), 'yitong-lighthouse-'));

/** free is a port that nobody listens at. */
const free = () => new Promise((tell) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => tell(port));
  });
});

/** demo starts a server with a made-up city; it gives its address and the phone of a resident. */
async function demo() {
  const url = `http://127.0.0.1:${await free()}`;
  const args = ['demo', '--db', `sqlite:${folder}/yitong.db`, '--addr', new URL(url).host, '--people', '60'];
  const server = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: server.stdout })) {
    const [, phone] = /^ {2}resident +(\d+)/.exec(line) ?? [];
    if (phone) return { server, url, phone };
  }
  throw new Error('the server has ended before it named a resident');
}

/** found is the address of Chromium among the programs of this machine. */
async function found() {
  for (const path of process.env.PATH.split(':').flatMap((p) => names.map((n) => join(p, n)))) {
    if (await readFile(path).then(() => true, () => false)) return path;
  }
  throw new Error(`none of ${names} is installed: see scripts/need`);
}

/** enter signs a resident in by the code that was sent to the phone. */
async function enter(page, url, phone) {
  const send = (button) => Promise.all([page.waitForNavigation(), page.click(button)]);
  await page.goto(`${url}/auth/phone`);
  await page.type('main [name=phone]', phone);
  await send('main form:not(.passkey) button');
  const sent = await readFile(join(folder, 'phone-codes.txt'), 'utf8');
  await page.type('main [name=code]', sent.match(/\b\d{6}\b/g).at(-1));
  await send('main form:not(.passkey) button');
  await page.goto(`${url}/app/`);
  await page.waitForSelector('main h1');
}

/** measure looks at the page once, prints what it finds, and tells the scores. */
async function measure(page, url, name, config) {
  const { lhr, report } = await lighthouse(`${url}/app/`, { output: 'html', onlyCategories: categories }, config, page);
  assert.equal(new URL(lhr.finalDisplayedUrl).pathname, '/app/', 'the page is another one: nobody is signed in');
  if (reports) await writeFile(join(reports, `${name}.html`), report);
  const scores = Object.values(lhr.categories).map((c) => ({ id: c.id, score: Math.round(c.score * 100) }));
  const told = scores.map((s) => `${s.id} ${s.score}`).join(', ');
  console.log(`${name}: ${told} (load ${loadavg()[0].toFixed(1)})`);
  for (const c of Object.values(lhr.categories)) {
    for (const a of c.auditRefs.filter((r) => r.weight > 0).map((r) => lhr.audits[r.id])) {
      if (a.score !== null && a.score < 0.9) console.log(`  ${c.id}: ${a.title} ${a.displayValue ?? ''}`);
    }
  }
  return scores;
}

const { server, url, phone } = await demo();
const browser = await puppeteer.launch({ executablePath: await found(), args: ['--no-sandbox', '--disable-background-networking', '--disable-dev-shm-usage'] });
try {
  const page = await browser.newPage();
  await enter(page, url, phone);
  const scores = [...(await measure(page, url, 'phone')), ...(await measure(page, url, 'desk', desktopConfig))];
  const low = scores.filter((s) => s.score < least);
  if (low.length > 0) {
    console.log(`below ${least}: ${low.map((s) => `${s.id} ${s.score}`).join(', ')}`);
    process.exitCode = 1;
  }
} finally {
  await browser.close();
  server.kill();
  await once(server, 'exit');
  await rm(folder, { recursive: true, force: true });
}
