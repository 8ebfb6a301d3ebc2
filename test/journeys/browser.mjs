// The browser of all journeys, in which each opens windows of its own. It tells where it is reached, and ends with who has started it.
import { chromium } from 'playwright-core';

const args = ['--no-sandbox', '--disable-background-networking', '--disable-dev-shm-usage'];
const server = await chromium.launchServer({ executablePath: process.argv[2], args });
process.stdin.resume().on('end', () => server.close());
console.log(server.wsEndpoint());
