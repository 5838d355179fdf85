import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { openBrowser } from '../web/browser.ts';
import { needing } from '../support/outside-programs.ts';
import { rm } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { blocksOf } from '../cli/page.ts';
import { makeFolder } from '../log/temp-folder.ts';
import type { RunningServer } from '../../src/server/server.ts';
import { TestServer } from '../support/server.ts';
import { systemClock } from '../../src/match/clock.ts';

/** The program of README.md, in Node and in a real browser, as it stands but for the port of the server. */

const shown = (await blocksOf('README.md')).flat().filter(({ language }) => language === 'js');
const program = shown.find(({ text }) => text.startsWith('// play.mjs'))?.text ?? '';
const place = 'http://127.0.0.1:8000';

/** What a browser is sent of the client: 3,733 bytes when it was written, and a third for what may still come. */
const bytesMax = 5 * 1024;

const rewards = /^fraudster (-?[\d.]+)\ninvestigator (-?[\d.]+)\nauditor (-?[\d.]+)$/;

/** A program for a browser, as its author would bundle it: against what the package exports. */
function bundled(text: string, minify = false) {
  return build({
    stdin: { contents: text, resolveDir: resolve('.'), loader: 'js' },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'error',
    minify,
    write: false,
    metafile: true,
  });
}

/** A server of this process, of whose matches the program may play one. */
async function withServer(
  origins: (page: string) => readonly string[],
  use: (server: RunningServer, page: string, serve: (html: string) => void) => Promise<void>,
): Promise<void> {
  let html = '';
  const pages = createServer((_, res) => res.writeHead(200, { 'content-type': 'text/html' }).end(html));
  pages.listen(0, '127.0.0.1');
  await once(pages, 'listening');
  // Another name of the same machine: another origin.
  const page = `http://localhost:${(pages.address() as AddressInfo).port}`;
  const served = await TestServer.start({
    clock: systemClock,
    edge: { origins: origins(page), trustProxy: false },
  });
  try {
    await use(served.server, page, (text) => (html = text));
  } finally {
    await served.close();
    pages.closeAllConnections();
    pages.close();
  }
}

/** A match that is over is in the history as soon as it is archived. */
async function untilFinished(server: RunningServer): Promise<readonly unknown[]> {
  for (;;) {
    const list = await finished(server);
    if (list.length > 0) return list;
  }
}

const finished = async ({ port }: RunningServer): Promise<readonly unknown[]> => {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/matches`);
  return ((await answer.json()) as { readonly history: readonly unknown[] }).history;
};

/** What a page in a real browser says on its console, until it has said `ends`. */
async function inBrowser(url: string, ends: RegExp): Promise<readonly string[]> {
  const browser = await openBrowser();
  try {
    const page: Page = await browser.newPage();
    const said: string[] = [];
    const ended = new Promise<void>((resolve) => {
      const say = (text: string) => {
        said.push(text);
        if (ends.test(text)) resolve();
      };
      page.on('console', (message) => say(message.text()));
      page.on('pageerror', ({ name, message }) => say(`${name}: ${message}`));
    });
    await page.goto(url);
    await ended;
    return said;
  } finally {
    await browser.close();
  }
}

const pageOf = (script: string): string =>
  `<!doctype html><meta charset="utf-8"><script type="module">${script.replaceAll('</script', '<\\/script')}</script>`;

describe('the program of README.md', () => {
  it('is shorter than 45 lines, and names the server once', () => {
    expect(program.trimEnd().split('\n').length).toBeLessThan(45);
    expect(program.split(place)).toHaveLength(2);
  });

  it('plays a match in Node, in which every role earns a reward', async () => {
    await withServer(
      () => [],
      async (server) => {
        const folder = await makeFolder();
        const file = join(folder, 'play.mjs');
        // The package as it was built, found by its name.
        await writeFile(
          file,
          program.replace("'fraudarena/client'", `'${import.meta.resolve('fraudarena/client')}'`),
        );
        const env = { ...process.env, ARENA_SERVER: `http://127.0.0.1:${server.port}` };
        const { stdout } = await promisify(execFile)(process.execPath, [file], { env });
        await rm(folder, { recursive: true });
        const told = stdout
          .trimEnd()
          .split('\n')
          .sort((a, b) => order(a) - order(b))
          .join('\n');
        expect(told).toMatch(rewards);
        for (const earned of rewards.exec(told)?.slice(1) ?? [])
          expect(Number(earned), told).toBeGreaterThan(0);
        expect(await untilFinished(server)).toMatchObject([{ phase: 'done', task_id: 'task_1' }]);
      },
    );
  });

  needing('chromium').it(
    'plays a match in a browser, from a page of another origin that is on the list',
    async () => {
      await withServer(
        (page) => [page],
        async (server, page, serve) => {
          const text = `${program.replace(place, `http://127.0.0.1:${server.port}`)}; console.log('over');`;
          const { outputFiles } = await bundled(text);
          serve(pageOf(outputFiles[0]?.text ?? ''));
          const said = await inBrowser(page, /^over|Error/);
          const told = said.filter((line) => order(line) >= 0).sort((a, b) => order(a) - order(b));
          expect(told.join('\n'), said.join('\n')).toMatch(rewards);
          expect(await untilFinished(server)).toMatchObject([{ phase: 'done', task_id: 'task_1' }]);
        },
      );
    },
  );

  needing('chromium').it('plays nothing from a page that is not', async () => {
    await withServer(
      () => ['http://other.example'],
      async (server, page, serve) => {
        const text = program.replace(place, `http://127.0.0.1:${server.port}`);
        const { outputFiles } = await bundled(text);
        serve(pageOf(outputFiles[0]?.text ?? ''));
        const said = await inBrowser(page, /^ArenaError/);
        expect(said.join('\n')).toContain('blocked by CORS policy');
        expect(await finished(server)).toEqual([]);
        expect(server.log.streams()).toEqual([]);
      },
    );
  });
});

/** The place of a line among those of the roles; -1 for any other. */
const order = (line: string): number =>
  ['fraudster', 'investigator', 'auditor'].indexOf(line.split(' ')[0] ?? '');

describe('the client in a bundle for browsers', () => {
  it('brings no code of the server, one library only and nothing of Node, and is small', async () => {
    const everything = "export * from 'fraudarena/client';";
    const { metafile, outputFiles } = await bundled(everything, true);
    const inputs = Object.keys(metafile.inputs).filter((name) => name !== '<stdin>');
    expect(inputs.length).toBeGreaterThan(3);
    for (const name of inputs)
      expect(name).toMatch(
        /^dist\/src\/(client|protocol|game|shared)\/|(^|\/)node_modules\/eventsource-parser\/dist\//,
      );
    expect(inputs).not.toContain('dist/src/client/node.js');
    const text = outputFiles[0]?.text ?? '';
    expect(text).not.toMatch(/\bnode:|require\(|from\s*["']/);
    const bytes = gzipSync(text).length;
    process.stdout.write(`The client is ${bytes} bytes, minified and compressed, of at most ${bytesMax}.\n`);
    expect(bytes).toBeLessThan(bytesMax);
  });
});
