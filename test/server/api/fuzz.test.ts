import { sizeFrom } from '../../support/sizes.ts';
import { describe, expect, it } from 'vitest';
import fc from '../../property.ts';
import { tokenHash } from '../../../src/server/matches/tokens.ts';
import type { Schema } from './description.ts';
import { eventually } from '../hostile/hostile-kit.ts';
import { anyRequest } from './generate.ts';
import type { Sent } from './generate.ts';
import type { Reply } from './http-line.ts';
import { Planted, marksIn, sourceOf } from './planted.ts';
import { Site, adapters, bearer } from './site.ts';
import type { Made } from './site.ts';

const requests = sizeFrom('HTTP_FUZZ_REQUESTS', { small: 3000, all: 10_000 });
const seed = Number(process.env['HTTP_FUZZ_SEED'] ?? 1);
const atOnce = 8;

/** What is of the server's own making, and nobody's to read. */
const internals =
  /node_modules|\/src\/|\.[tj]s:\d+|\n\s*at (?:async )?[\w.<>]+ \(|ZodError|TypeError|ENOENT|\/tmp\//;
const retriable = ['capacity_reached', 'draining', 'not_ready', 'log_overloaded', 'log_disk_full'];

describe.each(adapters)('over %s', (adapter) => {
  it(`no request does harm, and all are answered as described (seed ${seed})`, async () => {
    const planted = [
      new Planted({ id: 'planted-standard', ruleset: 'standard', seed, policies: { spectators: 'public' } }),
      new Planted({ id: 'planted-classic', ruleset: 'classic', seed, policies: { spectators: 'public' } }),
      new Planted({ id: 'planted-unwatched', ruleset: 'standard', seed, policies: { spectators: 'none' } }),
    ];
    const site = await Site.open(adapter, {
      limits: { matchesPerAddress: 30, spectatorsPerAddress: 4 },
      source: sourceOf(planted),
    });
    try {
      const lines = [];
      for (const each of planted) {
        await each.store(site.server, site.clock.now());
        const seats = await each.sit(site.server.port);
        for (let action = 0; action < 8 && each.phase !== 'audit_phase'; action += 1) await each.act(seats);
        lines.push(...seats.values());
      }
      const made = [
        await site.make(),
        await site.make({ policies: { reveal_at_end: false } }),
        await site.played(),
      ];
      const cursors = await cursorsOf(site);
      const judge = new Judge(site, planted, made);
      const request = anyRequest(site.description.all, {
        ids: [...planted.map(({ id }) => id), ...made.map(({ match_id }) => match_id), 'no-such-match'],
        tokens: [...made.map(({ owner_token }) => owner_token), 'x'.repeat(32)],
        cursors,
      });
      const together = fc.asyncProperty(
        fc.array(request, { minLength: atOnce, maxLength: atOnce }),
        async (batch) => {
          const faults = await Promise.all(batch.map((sent) => judge.ask(sent)));
          expect(faults.flat()).toEqual([]);
        },
      );
      await fc.assert(together, { seed, numRuns: Math.ceil(requests / adapters.length / atOnce) });
      console.log(`${adapter}: ${judge.asked} requests of seed ${seed}: ${judge.summary}`);
      judge.expectEverything();
      expect(await site.line.get('/health')).toMatchObject({ status: 200 });
      expect(site.diagnostics).toEqual([]);
      for (const line of lines) await line.leave();
    } finally {
      await site.close();
    }
  });
});

/** Cursors that the server gave: of lists with more than one page. */
async function cursorsOf(site: Site): Promise<Readonly<Record<string, readonly string[]>>> {
  for (let count = 0; count < 3; count += 1) {
    const { match_id, owner_token } = await site.make();
    await site.line.delete(`/api/v1/matches/${match_id}`, bearer(owner_token));
  }
  let cursors: readonly (string | null)[] = [];
  // A match is in the history once its archive is written.
  await eventually(async () => {
    const { body } = await site.line.get('/api/v1/matches?history_limit=1&active_limit=1');
    const page = JSON.parse(body) as Readonly<Record<string, string | null>>;
    cursors = [page['next_cursor'] ?? null, page['next_active_cursor'] ?? null];
    return !cursors.includes(null);
  });
  return { cursor: [String(cursors[0])], active_cursor: [String(cursors[1])] };
}

/** Asks, and says what is wrong with the answers. */
class Judge {
  asked = 0;
  readonly #site: Site;
  readonly #planted: readonly Planted[];
  readonly #secrets: readonly string[];
  readonly #seen = new Map<string, number>();

  constructor(site: Site, planted: readonly Planted[], made: readonly Made[]) {
    this.#site = site;
    this.#planted = planted;
    const tokens = made.flatMap(({ owner_token, seat_tokens }) => [
      owner_token,
      ...Object.values(seat_tokens ?? {}),
    ]);
    const ofPlanted = planted.flatMap(({ secrets }) => secrets);
    this.#secrets = [...tokens, ...tokens.map(tokenHash), ...ofPlanted, site.folder];
  }

  /** How often each status came. */
  get summary(): string {
    const counts = new Map<string, number>();
    for (const [key, count] of this.#seen) {
      const status = key.slice(-3);
      counts.set(status, (counts.get(status) ?? 0) + count);
    }
    return [...counts]
      .sort()
      .map(([status, count]) => `${status} ×${count}`)
      .join(', ');
  }

  async ask(sent: Sent): Promise<readonly string[]> {
    const reply = await this.#site.line.ask(sent);
    this.asked += 1;
    const [path = 'none'] = this.#site.description.pathsOf(sent);
    const key = `${sent.method} ${path} ${reply.status}`;
    this.#seen.set(key, (this.#seen.get(key) ?? 0) + 1);
    const faults = [
      ...this.#site.description.faults(sent, reply),
      ...failure(reply),
      ...this.#soundness(sent, path, reply),
      ...this.#leaks(sent, reply),
    ];
    const { method, path: address, headers, body } = sent;
    const told = `${method} ${address} ${JSON.stringify(headers)} ${String(body).slice(0, 300)}`;
    return faults.map((fault) => `${fault}: ${told.slice(0, 800)}`);
  }

  /** Else nothing was tried out. */
  expectEverything(): void {
    const seen = (method: string, path: string, status: string) =>
      [...this.#seen.keys()].includes(`${method} ${path} ${status}`);
    const missed = this.#site.description.all.filter(({ method, path, operation }) => {
      const [success = ''] = Object.keys(operation.responses);
      return !seen(method, path, success);
    });
    expect(missed.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
    const statuses = new Set([...this.#seen.keys()].map((key) => key.slice(-3)));
    const expected = ['200', '201', '204', '400', '401', '403', '404', '405', '413', '415', '422', '429'];
    expect(expected.filter((status) => !statuses.has(status))).toEqual([]);
  }

  /** What fits is not said to be unfit, and what does not fit is not taken. */
  #soundness(
    { isSound, method, body }: Sent,
    path: string,
    { status, body: answer }: Reply,
  ): readonly string[] {
    if (isSound)
      return [400, 405, 413, 415, 422].includes(status) ? [`refused with ${status}: ${answer}`] : [];
    const content = this.#site.description.document.paths[path]?.[method.toLowerCase()]?.requestBody?.content;
    const schema: Schema | undefined = content?.['application/json']?.schema;
    if (schema === undefined || status >= 300) return [];
    const text = Buffer.from(body ?? '').toString();
    const why = this.#site.description.whyNot(
      schema,
      text === '' ? {} : JSON.parse(text.replace(/^\ufeff/, '')),
    );
    return why === null ? [] : [`taken although ${why}`];
  }

  #leaks({ path }: Sent, { headers, body }: Reply): readonly string[] {
    const text = `${JSON.stringify(headers)}\n${body}`;
    const inside = internals.exec(text)?.[0];
    const own = this.#planted.find(({ id }) => path.includes(id));
    // Matches are alike in their marks: only what tells of one of them may hold any.
    const told = own === undefined ? marksIn(text).map(({ kind }) => kind) : own.leaksIn(text);
    return [
      ...(inside === undefined ? [] : [`tells of internals: ${inside}`]),
      ...this.#secrets.filter((secret) => text.includes(secret)).map((secret) => `tells ${secret}`),
      ...told.map((leak) => `tells ${leak}`),
    ];
  }
}

/** The server may be too busy, and may not fail. */
function failure({ status, headers, body }: Reply): readonly string[] {
  if (status < 500) return [];
  if (headers['content-type'] !== 'application/problem+json') return [`fails with ${status}`];
  const { code } = JSON.parse(body) as { readonly code: string };
  return status === 503 && retriable.includes(code) ? [] : [`fails with ${status} ${code}`];
}
