import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { machineNames } from '../../src/chart/model/machines.ts';
import { webRoutes } from '../../src/server/http/routes/web.ts';
import { openHouse } from './table.ts';
import type { House } from './table.ts';

const scriptMax = 60 * 1024;

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

const get = (path: string, init: RequestInit = {}) =>
  fetch(`${house.url}${path}`, { redirect: 'manual', ...init });

describe('the pages', () => {
  it.each(['/', '/match/some-id', '/match/some-id?at=7', '/rules', '/?task=task_1'])(
    'are one page at %s, which may use this server only',
    async (path) => {
      const answer = await get(path);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(answer.headers.get('cache-control')).toBe('no-cache');
      const policy = answer.headers.get('content-security-policy') ?? '';
      expect(policy.split('; ').sort()).toEqual([
        "base-uri 'none'",
        "connect-src 'self'",
        "default-src 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "img-src 'self' data:",
        "script-src 'self'",
        "style-src 'self'",
      ]);
      const page = await answer.text();
      // Nothing stands in the page itself, and nothing comes from elsewhere.
      expect(page).not.toMatch(/<script(?![^>]* src="\/assets\/)|<style|\son\w+=|https?:\/\//);
    },
  );

  it('are made of files that never change under their name', async () => {
    const page = await (await get('/')).text();
    const assets = Array.from(page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g), ([, path = '']) => path);
    expect(assets.map((path) => path.split('.').at(-1)).sort()).toEqual(['css', 'js', 'svg']);
    for (const path of assets) {
      const answer = await get(path);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it.each(['/assets/none.js', '/assets/..%2findex.html', '/assets/%2e%2e%2f%2e%2e%2fpackage.json'])(
    'have nothing at %s',
    async (path) => {
      expect((await get(path)).status).toBe(404);
    },
  );

  it('have a script under 60 KiB, packed', async () => {
    const folder = join(import.meta.dirname, '../../dist/web/assets');
    const scripts = (await readdir(folder)).filter((name) => name.endsWith('.js'));
    const sizes = await Promise.all(
      scripts.map(async (name) => gzipSync(await readFile(join(folder, name)), { level: 9 }).byteLength),
    );
    const size = sizes.reduce((sum, each) => sum + each, 0);
    console.log(`The pages' script has ${size} bytes, packed.`);
    expect(size).toBeLessThan(scriptMax);
  });

  it('lead to the page of the routes where they were not built', async () => {
    const [root, ...others] = webRoutes(null);
    expect(others).toEqual([]);
    const answer = await root?.handle({ params: {}, query: {}, body: undefined, request: {} as never });
    expect(answer).toMatchObject({ status: 302, headers: { location: '/docs' } });
  });
});

describe('the charts', () => {
  it.each(machineNames)('of %s are given as picture, model, Mermaid and SCXML', async (machine) => {
    const path = `/api/v1/charts/${machine}`;
    const [svg, again, model, mermaid, scxml] = await Promise.all(
      ['', '?theme=light&direction=right', '?format=json', '?format=mermaid', '?format=scxml'].map(
        async (query) => {
          const answer = await get(`${path}${query}`);
          expect(answer.status).toBe(200);
          return answer.text();
        },
      ),
    );
    expect(svg).toMatch(/^<svg [^>]*data-theme="light" data-direction="right"/);
    expect(again).toBe(svg);
    expect(JSON.parse(model ?? '')).toMatchObject({ format: 1, machine });
    expect(mermaid).toContain('stateDiagram-v2');
    expect(scxml).toContain('<scxml');
    const down = await (await get(`${path}?direction=down&theme=dark`)).text();
    expect(down).toMatch(/data-theme="dark" data-direction="down"/);
  });

  it('are of known machines, directions and themes only', async () => {
    expect((await get('/api/v1/charts/parser')).status).toBe(422);
    expect((await get('/api/v1/charts/match?theme=blue')).status).toBe(422);
  });
});
