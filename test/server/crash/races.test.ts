import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { Role } from '../../../src/game/command.ts';
import { Documents } from '../../../src/log/disk/documents.ts';
import type { MatchActor } from '../../../src/match/match-actor.ts';
import type { MatchHost } from '../../../src/server/matches/match-host.ts';
import { runningPage } from '../../../src/server/matches/running-page.ts';
import { RoleSocket } from '../../../src/server/sockets/role-socket.ts';
import { Seating } from '../../../src/server/matches/seating.ts';
import type { Sitter } from '../../../src/server/matches/seating.ts';
import type { ServerSocket } from '../../../src/server/net/socket-port.ts';
import { commandId } from '../../../src/shared/ids.ts';
import { limits } from '../../../src/shared/limits.ts';
import { TestClock } from '../../../src/testing/test-clock.ts';
import { hostIn } from '../../support/host.ts';
import { GuardedLog } from '../../match/kit.ts';

/** A host whose log a test can hold up. */
async function withSeating(use: (stage: Stage) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'fraudarena-seats-'));
  const stage = new Stage(folder);
  try {
    await use(stage);
  } finally {
    stage.goOn();
    await stage.host.close();
    await rm(folder, { recursive: true });
  }
}

const silent = { info: nothing, warn: nothing, error: nothing };
function nothing(): void {
  return;
}

const anyMatch = { players: {}, knobs: {}, policies: {}, deadlines: {} };

class Stage {
  readonly clock = new TestClock();
  readonly log = new GuardedLog();
  readonly host: MatchHost;
  readonly seating: Seating;
  readonly archives: Documents;
  readonly complaints: object[] = [];
  readonly #folder: string;
  #goOn = nothing;

  constructor(folder: string) {
    this.#folder = folder;
    this.archives = new Documents(join(folder, 'archives'));
    this.host = this.newHost();
    this.seating = this.newSeating();
  }

  /** That of another run: it knows of no match. */
  newHost(): MatchHost {
    const { clock, log } = this;
    const diagnostics = { ...silent, error: (details: object) => this.complaints.push(details) };
    return hostIn(this.#folder, { log, clock, diagnostics });
  }

  /** That of another run: it knows of nobody. */
  newSeating(): Seating {
    return new Seating(this.host, this.clock, limits.graceMs, silent);
  }

  match(): Promise<MatchActor> {
    return this.host.create(anyMatch, '');
  }

  /** From here on nothing is stored until {@link Stage.goOn}. @returns what resolves when something waits. */
  holdUp(): Promise<void> {
    return this.#hold('before');
  }

  /** The same of the looking up of commands. */
  holdUpLookups(): Promise<void> {
    return this.#hold('beforeFind');
  }

  #hold(hook: 'before' | 'beforeFind'): Promise<void> {
    const going = new Promise<void>((resolve) => (this.#goOn = resolve));
    return new Promise((resolve) => {
      this.log[hook] = () => {
        resolve();
        return going;
      };
    });
  }

  goOn(): void {
    this.log.before = nothing;
    this.log.beforeFind = nothing;
    this.#goOn();
  }
}

class Player implements Sitter {
  readonly token: string;
  isTakenOver = false;

  constructor(token: string) {
    this.token = token.padEnd(22, '-');
  }

  takenOver(): void {
    this.isTakenOver = true;
  }
}

const statusOf = (actor: MatchActor, role: Role) => actor.fold.bookkeeping.seats[role].status;

describe('a player that comes back', () => {
  it('keeps its seat when its grace period ends while it sits down', () =>
    withSeating(async (stage) => {
      const { seating, clock } = stage;
      const actor = await stage.match();
      const player = new Player('owner');
      await seating.sit(player, actor.matchId, 'auditor', player.token);
      await seating.leave(player, actor.matchId, 'auditor', 'cut');
      const isHeldUp = stage.holdUp();
      const sitting = seating.sit(player, actor.matchId, 'auditor', player.token);
      await isHeldUp;
      await clock.advance(limits.graceMs);
      stage.goOn();
      expect(await sitting).toMatchObject({ ok: true });
      expect(await seating.sit(new Player('stranger'), actor.matchId, 'auditor', null)).toMatchObject({
        code: 'seat_taken',
      });
      expect(statusOf(actor, 'auditor')).toBe('held');
    }));

  it('holds its seat when its old connection is noticed to be gone meanwhile', () =>
    withSeating(async (stage) => {
      const { seating } = stage;
      const actor = await stage.match();
      const old = new Player('owner');
      await seating.sit(old, actor.matchId, 'auditor', old.token);
      const isHeldUp = stage.holdUp();
      const other = new Player('other');
      const before = seating.sit(other, actor.matchId, 'fraudster', other.token);
      await isHeldUp;
      const fresh = new Player('owner');
      const sitting = seating.sit(fresh, actor.matchId, 'auditor', fresh.token);
      const leaving = seating.leave(old, actor.matchId, 'auditor', 'cut');
      stage.goOn();
      await Promise.all([before, sitting, leaving]);
      expect(statusOf(actor, 'auditor')).toBe('held');
      expect(seating.connected(actor.matchId)).toEqual(['fraudster', 'auditor']);
    }));

  it('holds its seat when the server that has just started waits for the others', () =>
    withSeating(async (stage) => {
      const { host } = stage;
      const actor = await stage.match();
      const players = { fraudster: new Player('one'), investigator: new Player('two') };
      await stage.seating.sit(players.fraudster, actor.matchId, 'fraudster', players.fraudster.token);
      await stage.seating.sit(
        players.investigator,
        actor.matchId,
        'investigator',
        players.investigator.token,
      );
      const seating = stage.newSeating();
      const isHeldUp = stage.holdUp();
      const expecting = seating.awaitPlayers(actor.matchId);
      await isHeldUp;
      const sitting = seating.sit(
        players.investigator,
        actor.matchId,
        'investigator',
        players.investigator.token,
      );
      stage.goOn();
      await Promise.all([expecting, sitting]);
      const { seats } = (await host.find(actor.matchId)).fold.bookkeeping;
      expect(seats).toMatchObject({ fraudster: { status: 'dropped' }, investigator: { status: 'held' } });
    }));
});

describe('a socket that is closed while it subscribes', () => {
  it.each(Array.from({ length: 12 }, (_, ticks) => ticks))('watches its match no longer (%d)', (ticks) =>
    withSeating(async (stage) => {
      const { host, seating, clock } = stage;
      const actor = await stage.match();
      const told: string[] = [];
      const wire: ServerSocket = {
        address: '',
        waitingBytes: 0,
        send: (text) => {
          told.push(text);
          return 'sent';
        },
        close: nothing,
      };
      const parts = { host, seating, clock, limits, diagnostics: silent, metrics: { answered: nothing } };
      const socket = new RoleSocket(parts, 'auditor', wire, {
        query: '',
        address: '',
      });
      const say = (frame: object) => socket.message(Buffer.from(JSON.stringify(frame)), false);
      say({ type: 'join', data: { match_id: actor.matchId } });
      await vi.waitFor(() => expect(told).toHaveLength(1));
      say({ type: 'subscribe' });
      // At every step of the answer once.
      for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve();
      socket.closed();
      await vi.waitFor(() => expect(statusOf(actor, 'auditor')).toBe('dropped'));
      await new Promise((resolve) => setImmediate(resolve));
      expect(actor.isWatched).toBe(false);
    }),
  );
});

describe('matches that end while a server that has just started looks at them', () => {
  it('are archived once each', () =>
    withSeating(async (stage) => {
      const { host, archives, complaints } = stage;
      const actors = await Promise.all(Array.from({ length: 20 }, () => stage.match()));
      const ended = actors.map((actor) => actor.execute({ by: 'owner', abort: 'over' }, commandId('end')));
      await Promise.all([...ended, host.recover(() => Promise.resolve())]);
      await host.close();
      expect(complaints).toEqual([]);
      expect([...(await archives.names())].sort()).toEqual(actors.map(({ matchId }) => matchId).sort());
    }));
});

describe('a match that can be neither played nor ended', () => {
  it('is named once when it is forgotten, and no longer counts', () =>
    withSeating(async (stage) => {
      const { host, clock, complaints } = stage;
      const { matchId: id, version } = await stage.match();
      // A seat that nobody holds cannot be dropped: no match writes this.
      const events = [{ type: 'seat.dropped', data: { role: 'auditor' } }] as const;
      await stage.log.append({
        stream: id,
        expectedVersion: version,
        commandId: commandId('odd'),
        at: clock.now(),
        events,
      });
      await host.passivate(id);
      expect(host.counts.unfinished).toBe(1);
      await clock.advance(limits.matchIdleMs);
      await vi.waitFor(() => expect(host.counts.unfinished).toBe(0));
      await clock.advance(limits.matchIdleMs);
      expect(complaints).toMatchObject([{ match: id }]);
    }));
});

describe('the list of running matches', () => {
  const idsOf = (host: MatchHost) => [...host.running()].map(({ summary }) => summary.match_id);

  it('has a match that took long to be stored behind those that others have been shown', () =>
    withSeating(async (stage) => {
      const isHeldUp = stage.holdUp();
      const slow = stage.match();
      await isHeldUp;
      stage.log.before = nothing;
      const [one, other] = [await stage.match(), await stage.match()];
      const first = runningPage(stage.host, { limit: 1, cursor: null });
      expect(first.rows.map(({ match_id }) => match_id)).toEqual([one.matchId]);
      stage.goOn();
      const { matchId: late } = await slow;
      const rest = runningPage(stage.host, { limit: 9, cursor: first.next });
      expect(rest.rows.map(({ match_id }) => match_id)).toEqual([other.matchId, late]);
    }));

  it('keeps a match whose name somebody asks for while it is found again', () =>
    withSeating(async (stage) => {
      const { matchId: id } = await stage.match();
      const again = stage.newHost();
      void stage.holdUpLookups();
      let created: Promise<MatchActor> | undefined;
      const create = () => (created ??= again.create({ ...anyMatch, matchId: id }, 'a'));
      stage.log.beforeRead = () => void create().catch(nothing);
      await again.recover(() => Promise.resolve());
      stage.goOn();
      await expect(create()).rejects.toMatchObject({ code: 'match_exists' });
      expect([idsOf(again), again.counts.unfinished, stage.complaints]).toEqual([[id], 1, []]);
      await again.close();
    }));
});

describe('a stored match', () => {
  it('is found while somebody else asks for its name', () =>
    withSeating(async (stage) => {
      const { matchId: id } = await stage.match();
      const again = stage.newHost();
      const isHeldUp = stage.holdUpLookups();
      const created = again.create({ ...anyMatch, matchId: id }, '').catch((error: unknown) => error);
      await isHeldUp;
      const found = again.find(id);
      stage.goOn();
      expect(await created).toMatchObject({ code: 'match_exists' });
      expect((await found).matchId).toBe(id);
      await again.close();
    }));
});
