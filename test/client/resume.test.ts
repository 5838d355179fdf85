import { sizeFrom } from '../support/sizes.ts';
import { describe, expect, it } from 'vitest';
import { createMatch, watch } from '../../src/client/index.ts';
import type { CreatedMatch, PushedFrame, Seat } from '../../src/client/index.ts';
import { connectRole } from '../../src/client/node.ts';
import { roles } from '../../src/game/command.ts';
import type { Role } from '../../src/game/command.ts';
import { drawsFor } from '../../src/game/random.ts';
import type { Draws } from '../../src/game/random.ts';
import type { MatchEvent } from '../../src/game/event.ts';
import { isSeatEvent } from '../../src/game/seat.ts';
import { defaultPlayers, seatsFor } from '../../src/players/roster.ts';
import type { Seats } from '../../src/players/roster.ts';
import { withSite } from '../server/crash/site.ts';
import { all, eager, playOut, urlOf, withFrailLine } from './kit.ts';

/** Lines that break and servers that go, while clients play and watch. */

const seed = Number(process.env['CLIENT_SEED'] ?? 1);
const matches = sizeFrom('CLIENT_MATCHES', { small: 1, all: 4 });
const kills = sizeFrom('CLIENT_KILLS', { small: 1, all: 4 });

type SeatsOf = { readonly [R in Role]: Seat<R> };
type FramesOf = Readonly<Record<Role | 'spectator', readonly PushedFrame[]>>;

async function sitDown(url: string, match: CreatedMatch): Promise<SeatsOf> {
  const seats = {
    fraudster: await connectRole(url, 'fraudster', eager),
    investigator: await connectRole(url, 'investigator', eager),
    auditor: await connectRole(url, 'auditor', eager),
  };
  for (const role of roles) await seats[role].join(match);
  return seats;
}

/**
 * Plays a match to its end; returns what each seat did, and every frame that somebody was told. Who is not there at
 * first is not waited for: trouble may begin once `connected` is called.
 */
async function playAt(
  url: string,
  match: CreatedMatch,
  players: Seats,
  connected: () => void = () => undefined,
) {
  const seats = await sitDown(url, match);
  const watching = watch(url, match.match_id, eager);
  const begun = await watching.next();
  connected();
  const [fraudster, investigator, auditor, told, watched] = await Promise.all([
    playOut(seats.fraudster, players.fraudster),
    playOut(seats.investigator, players.investigator),
    playOut(seats.auditor, players.auditor),
    Promise.all(roles.map((role) => all(seats[role].frames()))),
    all(watching),
  ]);
  for (const role of roles) expect(await seats[role].obs()).toMatchObject({ done: true, phase: 'done' });
  for (const role of roles) seats[role].close();
  const frames: FramesOf = {
    fraudster: told[0] ?? [],
    investigator: told[1] ?? [],
    auditor: told[2] ?? [],
    spectator: [...(begun.done === true ? [] : [begun.value]), ...watched],
  };
  return { actions: { fraudster, investigator, auditor }, frames };
}

/** The frames as somebody has them who comes after the end, on a line that holds. */
async function readAgain(url: string, match: CreatedMatch): Promise<FramesOf> {
  const seats = await sitDown(url, match);
  const told = await Promise.all(roles.map((role) => all(seats[role].frames())));
  const spectator = await all(watch(url, match.match_id));
  for (const role of roles) seats[role].close();
  return { fraudster: told[0] ?? [], investigator: told[1] ?? [], auditor: told[2] ?? [], spectator };
}

/** Of whoever comes only after the end, nothing was told to those who left before. */
function expectSame(frames: FramesOf, again: FramesOf): void {
  for (const viewer of [...roles, 'spectator'] as const) {
    const until = again[viewer].findIndex(({ type }) => type === 'match_over') + 1;
    expect(frames[viewer].map(({ seq }) => seq)).toEqual(again[viewer].slice(0, until).map(({ seq }) => seq));
    expect(frames[viewer]).toEqual(again[viewer].slice(0, until));
  }
}

/** What happened in a match, but for who was connected when. */
const gist = (events: readonly MatchEvent[]) =>
  events.filter((event) => !isSeatEvent(event)).map(({ type }) => type);

describe(`lines that break (CLIENT_SEED=${seed})`, () => {
  it(
    'at random bytes change nothing of what is done or told',
    withFrailLine(async (line, served) => {
      const draws: Draws = drawsFor(seed, 'cuts');
      for (let index = 0; index < matches; index += 1) {
        const wishes = { seed: draws.below(2 ** 32), policies: { reveal_at_end: true } };
        const smooth = await createMatch(urlOf(served), wishes);
        const rough = await createMatch(urlOf(served), wishes);
        const expected = await playAt(urlOf(served), smooth, seatsFor(defaultPlayers, wishes.seed));
        const before = line.made;
        const players = seatsFor(defaultPlayers, wishes.seed);
        // Now and then amid a handshake, mostly enough for some requests.
        const played = await playAt(line.url, rough, players, () =>
          line.cutAfter(() => 500 + draws.below(60_000)),
        );
        line.mend();
        expect(line.made - before, 'connections').toBeGreaterThan(8);
        expect(played.actions).toEqual(expected.actions);
        expect(gist(await served.events(rough.match_id))).toEqual(gist(await served.events(smooth.match_id)));
        expectSame(played.frames, await readAgain(urlOf(served), rough));
      }
    }),
  );

  it(
    'just before the answer lose no match, no seat and no action',
    withFrailLine(async (line, served) => {
      const seat = await connectRole(line.url, 'fraudster', eager);
      const lost = async <T>(ask: () => Promise<T>): Promise<T> => {
        line.loseNextAnswer();
        return ask();
      };
      const { match_id: id } = await lost(() => seat.reset({ seed: 5 }));
      expect([...served.server.log.streams()]).toEqual([id]);
      const other = await connectRole(line.url, 'auditor', eager);
      expect(await lost(() => other.join(id))).toMatchObject({ match_id: id });
      const stepped = await lost(() => seat.step({ action_type: 'commit_final' }));
      expect(stepped).toMatchObject({ accepted: true, phase: 'investigator_turn' });
      expect(gist(await served.events(id)).filter((type) => type === 'proposals.committed')).toHaveLength(1);
      expect(line.made).toBe(5);
      for (const each of [seat, other]) each.close();
    }),
  );

  it(
    'are renewed while the player thinks, so that its seat is kept',
    withFrailLine(async (line, served) => {
      const seat = await connectRole(line.url, 'fraudster', eager);
      const { match_id: id } = await seat.reset({ seed: 5 });
      line.cut();
      await served.until(id, 'resumed fraudster');
      expect(await seat.obs()).toMatchObject({ match_id: id });
      expect(line.made).toBe(2);
      seat.close();
    }),
  );

  it(
    'and fall silent without a word are given up, and had again',
    withFrailLine(async (line) => {
      const seat = await connectRole(line.url, 'fraudster', { ...eager, silentMs: 100 });
      const { match_id: id } = await seat.reset({ seed: 5 });
      line.silence();
      expect(await seat.step({ action_type: 'end_turn' })).toMatchObject({ match_id: id, accepted: true });
      expect(line.made).toBeGreaterThan(1);
      seat.close();
    }),
  );

  it(
    'for good are told as what they are, once the client has tried often enough',
    withFrailLine(async (line) => {
      const seat = await connectRole(line.url, 'fraudster', { retries: 3, retryMs: 1 });
      await seat.reset({ seed: 5 });
      const frames = all(seat.frames());
      await line.close();
      const gone = { name: 'ArenaError', code: 'server_unreachable' };
      await expect(seat.obs()).rejects.toMatchObject(gone);
      await expect(frames).rejects.toMatchObject(gone);
      await expect(connectRole(line.url, 'auditor')).rejects.toMatchObject(gone);
      seat.close();
    }),
  );

  it(
    'because of what is sent are not broken for ever',
    withFrailLine(async (line) => {
      const seat = await connectRole(line.url, 'fraudster', { retries: 3, retryMs: 1 });
      await seat.reset({ seed: 5 });
      const note = 'x'.repeat(3 * 1024 * 1024);
      const step = seat.step({ action_type: 'end_turn', metadata: { note } });
      await expect(step).rejects.toMatchObject({ code: 'connection_closed' });
      await expect(
        seat.step({ action_type: 'end_turn', metadata: { note: note.slice(0, 70_000) } }),
      ).rejects.toMatchObject({ code: 'frame_too_large' });
      expect(await seat.step({ action_type: 'end_turn' })).toMatchObject({ accepted: true });
      seat.close();
    }),
  );
});

it(`a server that is killed and started again is played and watched on (CLIENT_SEED=${seed})`, async () => {
  await withSite(async (site) => {
    const { process: server } = site;
    const draws = drawsFor(seed, 'kills');
    await server.start('--policy', 'reveal_at_end=true');
    const url = server.url.replace('ws', 'http');
    const match = await createMatch(url, { seed: 11, task_id: 'task_2' });
    const players = seatsFor(defaultPlayers, 11);
    let [acted, left] = [0, kills];
    let turned: Promise<unknown> = Promise.resolve();
    let nextAt = 1 + draws.below(6);
    /** Ends the server amid the play, and starts it again: by then the players have asked on. */
    const strike = () => {
      acted += 1;
      if (left === 0 || acted < nextAt) return;
      left -= 1;
      nextAt = acted + 1 + draws.below(6);
      const signal = draws.chance(500) ? 'SIGKILL' : 'SIGTERM';
      turned = turned.then(() => server.end(signal)).then(() => server.start());
    };
    const struck = Object.fromEntries(
      roles.map((role) => [
        role,
        {
          act: async (seen: never) => {
            const action = await players[role].act(seen);
            strike();
            return action;
          },
        },
      ]),
    ) as unknown as Seats;
    const played = await playAt(url, match, struck);
    await turned;
    expect(left).toBe(0);
    expectSame(played.frames, await readAgain(url, match));
    const events = (await endAndRead()).flatMap((commit) => commit.events);
    const done = { fraudster: 0, investigator: 0, auditor: 0 };
    for (const event of events)
      if (event.type in byRole) done[byRole[event.type as keyof typeof byRole]] += 1;
    const meant = played.actions;
    expect(done.investigator).toBe(
      meant.investigator.filter(({ action_type: type }) => type !== 'end_turn').length,
    );
    expect(done.fraudster).toBe(
      meant.fraudster.filter(({ action_type: type }) => type !== 'end_turn').length,
    );
    expect(done.auditor).toBe(meant.auditor.length);

    async function endAndRead() {
      await server.end('SIGTERM');
      return site.commits(match.match_id);
    }
  });
});

/** Whose action an event records. */
const byRole = {
  'ad.proposed': 'fraudster',
  'ad.modified': 'fraudster',
  'proposals.committed': 'fraudster',
  'finding.revealed': 'investigator',
  'verdict.given': 'investigator',
  'accounts.linked': 'investigator',
  'flag.raised': 'auditor',
  'audit.submitted': 'auditor',
} as const satisfies Partial<Record<MatchEvent['type'], Role>>;
