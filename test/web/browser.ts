import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { chromiumOfPackages, unpacked } from '../support/chromium.ts';
import { pathOf, whyMissing } from '../support/outside-programs.ts';

/** A real Chromium: that of the system, else that of a package. */
export async function openBrowser(): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-dev-shm-usage'];
  const executablePath = pathOf('chromium');
  if (executablePath !== null) return chromium.launch({ executablePath, args });
  const packaged = chromiumOfPackages();
  if (packaged === null) throw new Error(whyMissing(['chromium']) ?? '');
  const launch = await unpacked(packaged);
  const env = Object.entries({ ...process.env, ...launch.env }).filter(([, value]) => value !== undefined);
  return chromium.launch({
    executablePath: launch.executablePath,
    args,
    env: Object.fromEntries(env),
  });
}

export interface Visit {
  readonly page: Page;
  /** What the page said of errors, refusals of its policy included; a sound page says nothing. */
  readonly complaints: readonly string[];
  /** Every address that it asked for. */
  readonly asked: readonly string[];
}

export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const asked: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(url);
  return { page, complaints, asked };
}

/** Every byte that the page's server sends it from now on: the bodies of answers, and streams as they grow. */
export async function listenTo(page: Page): Promise<readonly string[]> {
  const heard: string[] = [];
  page.on('response', (response) => {
    if (response.headers()['content-type'] === 'text/event-stream') return;
    void response.text().then(
      (text) => heard.push(text),
      () => undefined,
    );
  });
  const debug = await page.context().newCDPSession(page);
  await debug.send('Network.enable');
  const streams = new Map<string, number>();
  const grow = (requestId: string, data: string) => {
    const place = streams.get(requestId);
    if (place !== undefined) heard[place] = `${heard[place] ?? ''}${Buffer.from(data, 'base64').toString()}`;
  };
  debug.on('Network.responseReceived', ({ requestId, response }) => {
    if (response.mimeType !== 'text/event-stream') return;
    streams.set(requestId, heard.push('') - 1);
    void debug
      .send('Network.streamResourceContent', { requestId })
      .then(({ bufferedData }) => grow(requestId, bufferedData));
  });
  debug.on('Network.dataReceived', ({ requestId, data = '' }) => grow(requestId, data));
  return heard;
}

/** How many moments the page knows, and at which it stands. */
export async function places(page: Page): Promise<{ readonly at: number; readonly of: number }> {
  const [at, of] = ((await page.locator('.here .count').textContent()) ?? '').split(' / ').map(Number);
  return { at: at ?? 0, of: of ?? 0 };
}
