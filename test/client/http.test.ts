import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createMatch, endMatch, isArenaError, watch } from '../../src/client/index.ts';
import type { CreatedMatch } from '../../src/client/index.ts';
import { connectRole } from '../../src/client/node.ts';
import { createdShape } from '../../src/protocol/http.ts';
import { defaultPlayers, seatsFor } from '../../src/players/roster.ts';
import { roles } from '../../src/game/command.ts';
import { withServer } from '../server/frames/feed-kit.ts';
import type { Served } from '../server/frames/feed-kit.ts';
import { FrailLine } from './frail-line.ts';
import { all, eager, expectOfSchema, first, playOut, urlOf, withFrailLine } from './kit.ts';

/** What the client does over HTTP: making, ending and watching matches. */

const refused = (code: string, more: object = {}) => ({ name: 'ArenaError', code, ...more });

/** Runs with an HTTP server that answers whatever it is asked in one way. */
async function withAnswers(answer: RequestListener, use: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
}

describe('the creation of a match', () => {
  it(
    'answers with what joins it, with or without a slash behind the address',
    withServer({}, async (served) => {
      for (const url of [urlOf(served), `${urlOf(served)}/`]) {
        const match = await createMatch(url, { task_id: 'task_2', seed: 4 });
        expect(createdShape.strict().parse(match)).toEqual(match);
        expect(match).toMatchObject({ task_id: 'task_2', phase: 'fraudster_turn' });
      }
    }),
  );

  it(
    'is refused with the code of the server and the faults',
    withServer({ limits: { matches: 1 } }, async (served) => {
      const url = urlOf(served);
      await expect(createMatch(url, { max_rounds: 0 })).rejects.toMatchObject(
        refused('validation_error', { retryable: false, details: { faults: [{ path: 'max_rounds' }] } }),
      );
      await createMatch(url, { episode_id: 'one' });
      await expect(createMatch(url)).rejects.toMatchObject(refused('capacity_reached', { retryable: true }));
    }),
  );

  it('is told apart from a server that is not there, and from what is no arena', async () => {
    await withAnswers(
      (_, res) => res.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>'),
      (url) =>
        expect(createMatch(url)).rejects.toMatchObject(refused('server_unreachable', { retryable: true })),
    );
    await withAnswers(
      (_, res) => res.writeHead(418, { 'content-type': 'application/json' }).end('{'),
      (url) => expect(createMatch(url)).rejects.toMatchObject(refused('internal', { retryable: false })),
    );
    const line = await FrailLine.lay(() => 0);
    await line.close();
    const error: unknown = await createMatch(line.url).catch((thrown: unknown) => thrown);
    expect(isArenaError(error, 'server_unreachable')).toBe(true);
    expect(isArenaError(error, 'internal')).toBe(false);
  });
});

describe('the end of a match by its owner', () => {
  it(
    'is told to its players, comes once however often it is asked for, and is refused to others and afterwards',
    withServer({}, async (served) => {
      const url = urlOf(served);
      const match = await createMatch(url);
      const seat = await connectRole(url, 'auditor');
      await seat.join(match);
      const frames = all(seat.frames());
      await expect(endMatch(url, { ...match, owner_token: 'guessed' })).rejects.toMatchObject(
        refused('owner_token_wrong'),
      );
      await endMatch(url, match);
      expect((await frames).at(-1)).toMatchObject({ type: 'match_over', data: { end_reason: 'aborted' } });
      await endMatch(url, match);
      const played = await playedAt(served, 'played');
      await expect(endMatch(url, played)).rejects.toMatchObject(refused('match_over'));
      seat.close();
    }),
  );
});

/** A match that was played to its end. */
async function playedAt(served: Served, id: string): Promise<CreatedMatch> {
  const url = urlOf(served);
  const match = await createMatch(url, { episode_id: id, seed: 6 });
  const players = seatsFor(defaultPlayers, 6);
  const seats = {
    fraudster: await connectRole(url, 'fraudster'),
    investigator: await connectRole(url, 'investigator'),
    auditor: await connectRole(url, 'auditor'),
  };
  for (const role of roles) await seats[role].join(match);
  await Promise.all([
    playOut(seats.fraudster, players.fraudster),
    playOut(seats.investigator, players.investigator),
    playOut(seats.auditor, players.auditor),
  ]);
  for (const role of roles) seats[role].close();
  return match;
}

const spectatorsOf = async (served: Served): Promise<unknown> => {
  const health = await fetch(`${urlOf(served)}/health`);
  return ((await health.json()) as { readonly spectators: unknown }).spectators;
};

describe('who watches a match', () => {
  it(
    'is told every frame once and in order, from whichever it knows',
    withServer({}, async (served) => {
      await playedAt(served, 'seen');
      const whole = await all(watch(urlOf(served), 'seen'));
      expect(whole.map(({ seq }) => seq)).toEqual(whole.map((_, index) => index + 1));
      for (const frame of whole) expectOfSchema(frame);
      const [from, to] = [whole.findIndex(({ type }) => type === 'match_over'), whole.length];
      expect(from).toBeGreaterThan(10);
      expect(await all(watch(urlOf(served), 'seen', { after: from }))).toEqual(whole.slice(from, to));
      expect(await all(watch(urlOf(served), 'seen', { after: to }))).toEqual([]);
    }),
  );

  it(
    'goes on where its line broke, and after a restart of the server',
    withFrailLine(async (line, served) => {
      const url = urlOf(served);
      const match = await createMatch(url, { seed: 6 });
      const seat = await connectRole(url, 'fraudster', eager);
      const watching = watch(line.url, match.match_id, eager);
      const seen = [(await watching.next()).value, (await watching.next()).value];
      line.cut();
      await seat.join(match);
      seen.push((await watching.next()).value);
      seat.close();
      await served.restart();
      seen.push((await watching.next()).value);
      expect(seen).toMatchObject([
        { seq: 1, type: 'event' },
        { seq: 2 },
        { seq: 3, type: 'presence', data: { role: 'fraudster', status: 'held' } },
        { seq: 4, type: 'presence', data: { role: 'fraudster' } },
      ]);
      await watching.return();
    }),
  );

  it(
    'is counted no more once it stops, by leaving the loop or by its signal',
    withServer({}, async (served) => {
      const match = await createMatch(urlOf(served));
      const stop = new AbortController();
      const watching = all(watch(urlOf(served), match.match_id, { signal: stop.signal }));
      await first(1, watch(urlOf(served), match.match_id));
      while ((await spectatorsOf(served)) !== 1);
      stop.abort();
      expect((await watching).length).toBeGreaterThan(0);
      while ((await spectatorsOf(served)) !== 0);
      expect(await all(watch(urlOf(served), match.match_id, { signal: stop.signal }))).toEqual([]);
    }),
  );

  it(
    'is refused with the code of the server',
    withServer({ limits: { spectators: 0 } }, async (served) => {
      const url = urlOf(served);
      const hidden = await createMatch(url, { policies: { spectators: 'none' } });
      const open = await createMatch(url);
      const seen = (id: string) => watch(url, id).next();
      await expect(seen('nowhere')).rejects.toMatchObject(refused('unknown_match'));
      await expect(seen(hidden.match_id)).rejects.toMatchObject(refused('spectators_refused'));
      await expect(seen(open.match_id)).rejects.toMatchObject(
        refused('capacity_reached', { retryable: true }),
      );
    }),
  );

  it('gives up on a server that answers and always breaks off', async () => {
    let asked = 0;
    await withAnswers(
      (_, res) => {
        asked += 1;
        res.writeHead(200, { 'content-type': 'text/event-stream' }).end();
      },
      (url) =>
        expect(watch(url, 'any', { retries: 3, retryMs: 1 }).next()).rejects.toMatchObject(
          refused('connection_closed'),
        ),
    );
    expect(asked).toBe(4);
  });
});
