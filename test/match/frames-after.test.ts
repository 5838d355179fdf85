import type { Subscription } from 'rxjs';
import { sizeFrom } from '../support/sizes.ts';
import { describe, expect, it } from 'vitest';
import { roles } from '../../src/game/command.ts';
import type { Viewer } from '../../src/game/command.ts';
import { generatedProposals } from '../../src/game/episode/proposal.ts';
import { drawsFor } from '../../src/game/random.ts';
import type { Draws } from '../../src/game/random.ts';
import { viewFor } from '../../src/game/view/view.ts';
import { Documents } from '../../src/log/disk/documents.ts';
import { MemoryEventLog } from '../../src/log/memory-event-log.ts';
import type { NumberedFrame } from '../../src/match/fold/frames.ts';
import type { MatchActor } from '../../src/match/match-actor.ts';
import { defaultPlayers, seatsFor } from '../../src/players/roster.ts';
import { commandId, matchId } from '../../src/shared/ids.ts';
import { present } from '../../src/shared/invariant.ts';
import { inFolder } from '../log/temp-folder.ts';
import { nextId, opening, proposal, stage } from './kit.ts';

const cuts = sizeFrom('FEED_CUTS', { small: 60, all: 1000 });
const isWhole = process.env['FEED_ALL'] !== undefined;
const seed = Number(process.env['FEED_SEED'] ?? 11);
const id = matchId('match');
const viewers: readonly Viewer[] = [...roles, 'spectator'];

/** One who watches by `framesAfter`, and goes on from its last frame when it was cut. */
class Watcher {
  readonly frames: string[] = [];
  #subscription: Subscription | null = null;
  readonly #viewer: Viewer;

  constructor(viewer: Viewer) {
    this.#viewer = viewer;
  }

  watch(actor: MatchActor): void {
    const subscription = actor.framesAfter(this.#viewer, this.frames.length).subscribe((portion) => {
      // In the middle of a portion it takes all of it: what a reader has is what it was given.
      for (const frame of portion) this.#take(frame);
    });
    this.#subscription = subscription;
  }

  cut(): void {
    this.#subscription?.unsubscribe();
    this.#subscription = null;
  }

  #take(frame: NumberedFrame): void {
    expect(frame.seq).toBe(this.frames.length + 1);
    this.frames.push(JSON.stringify(frame));
  }
}

/** The match played in one go or with watchers that are cut and an actor that is given up now and then. */
async function play(ruleset: string, task: string, folder: string, chaos: Draws | null, actions: number) {
  const log = new MemoryEventLog();
  const { registry, clock } = stage(log, generatedProposals, new Documents(folder));
  const players = seatsFor(defaultPlayers, seed);
  let actor = await registry.create(id, opening(ruleset, { task, seed, deadlines: { turnMs: 3_600_000 } }));
  // The players' presence is told to the others, and all of it to a spectator.
  for (const role of roles) await actor.claimSeat(role, { shown: null, fresh: `hash-${role}` });
  const watchers = viewers.map((viewer) => new Watcher(viewer));
  for (const watcher of watchers) watcher.watch(actor);
  let count = 0;
  let done = 0;
  const breakOnce = async (draws: Draws) => {
    for (const watcher of watchers) watcher.cut();
    done += 1;
    if (draws.chance(30)) {
      await registry.passivate(id);
      actor = await registry.find(id);
    }
    // Some come back at once, some later; some are cut before their past has come.
    for (let turns = draws.below(3); turns > 0; turns -= 1) await Promise.resolve();
    for (const watcher of watchers) watcher.watch(actor);
    for (let turns = draws.below(12); turns > 0; turns -= 1) await Promise.resolve();
  };
  for (; !actor.isOver; count += 1) {
    await clock.advance(1000);
    const role = present(actor.onTurn, 'The role on turn');
    const action = await players[role].act(viewFor(role, actor.position, 0) as never);
    const acting = actor.act(role, action, commandId(`action-${count}`));
    if (chaos !== null) while (done < (cuts * (count + 1)) / actions) await breakOnce(chaos);
    expect(await acting).toMatchObject({ ok: true });
    if (count % 7 === 3) await changeHands(actor);
  }
  for (const watcher of watchers) {
    watcher.cut();
    watcher.watch(actor);
  }
  // In its turn: all that was asked for before has come.
  await actor.dropSeat('fraudster');
  const { frameCounts: told } = actor.fold.bookkeeping;
  await registry.close();
  return {
    frames: watchers.map((each) => each.frames),
    told: viewers.map((viewer) => told[viewer]),
    count,
    done,
  };
}

/** A player goes and another comes: frames for the others. */
async function changeHands(actor: MatchActor): Promise<void> {
  await actor.releaseSeat('auditor', 'left');
  await actor.claimSeat('auditor', { shown: null, fresh: `hash-${actor.version}` });
  await actor.dropSeat('investigator');
  await actor.claimSeat('investigator', { shown: 'hash-investigator', fresh: 'none' });
}

describe(`watchers that are cut ${cuts} times in a match (seed ${seed})`, () => {
  for (const ruleset of ['standard', 'classic'])
    for (const task of isWhole ? ['task_1', 'task_3'] : [ruleset === 'standard' ? 'task_3' : 'task_1'])
      it(
        `have the frames of those who never were, spectators too: ${ruleset}, ${task}`,
        inFolder(async (folder) => {
          const whole = await play(ruleset, task, folder, null, 1);
          const draws = drawsFor(seed, 'watchers', ruleset, task);
          const cut = await play(ruleset, task, folder, draws, whole.count);
          expect(cut.done).toBeGreaterThanOrEqual(cuts);
          expect(cut.frames).toEqual(whole.frames);
          expect(cut.told).toEqual(whole.told);
          expect(whole.frames.map(({ length }) => length)).toEqual(whole.told);
          for (const frames of whole.frames) expect(frames.at(-1)).toContain('"type":"match_over"');
          const [spectator = []] = whole.frames.slice(3);
          const presence = spectator.filter((frame) => frame.includes('"type":"presence"'));
          for (const role of roles) expect(presence.some((frame) => frame.includes(role))).toBe(true);
        }),
      );
});

/** A log whose reader gets what there was when it asked, but late. */
class LateLog extends MemoryEventLog {
  late: Promise<unknown> = Promise.resolve();

  override async read(...wanted: Parameters<MemoryEventLog['read']>) {
    const commits = await super.read(...wanted);
    await this.late;
    return commits;
  }
}

describe('framesAfter', () => {
  it('leaves no gap and repeats nothing where the match goes on while the past is read', async () => {
    const log = new LateLog();
    const { registry } = stage(log);
    const actor = await registry.create(id, opening('standard'));
    await actor.act('fraudster', proposal('One.'), nextId());
    let goOn: () => void = () => undefined;
    log.late = new Promise<void>((resolve) => (goOn = resolve));
    const got: NumberedFrame[] = [];
    actor.framesAfter('fraudster', 0).subscribe((frames) => got.push(...frames));
    const acting = actor.act('fraudster', proposal('Two.'), nextId());
    // The past is read by now, and nothing else holds the second action up.
    await new Promise((resolve) => setImmediate(resolve));
    goOn();
    await acting;
    expect(got.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    await registry.close();
  });

  it.each(['standard', 'classic'])(
    'gives every viewer from every number exactly the frames after it (%s)',
    async (ruleset) =>
      inFolder(async (folder) => {
        const { registry } = stage(new MemoryEventLog(), generatedProposals, new Documents(folder));
        const actor = await registry.create(id, opening(ruleset, { seed }));
        for (const role of roles) await actor.claimSeat(role, { shown: null, fresh: `hash-${role}` });
        const players = seatsFor(defaultPlayers, seed);
        for (let count = 0; !actor.isOver; count += 1) {
          const role = present(actor.onTurn, 'The role on turn');
          const action = await players[role].act(viewFor(role, actor.position, 0) as never);
          await actor.act(role, action, commandId(`action-${count}`));
          if (count % 9 === 0) await expectTails(actor);
        }
        await expectTails(actor);
        await registry.close();
      })(),
  );
});

async function expectTails(actor: MatchActor): Promise<void> {
  for (const viewer of viewers) {
    const total = actor.fold.bookkeeping.frameCounts[viewer];
    const tails = Array.from({ length: total + 1 }, (_, after) => {
      const got: NumberedFrame[] = [];
      const subscription = actor.framesAfter(viewer, after).subscribe((frames) => got.push(...frames));
      return { got, subscription };
    });
    await actor.dropSeat('fraudster').then(() => actor.claimSeat('fraudster', back));
    for (const { subscription } of tails) subscription.unsubscribe();
    const all = tails[0]?.got.slice(0, total) ?? [];
    expect(all.map(({ seq }) => seq)).toEqual(all.map((_, index) => index + 1));
    expect(all).toHaveLength(total);
    for (const [after, { got }] of tails.entries())
      expect(got.filter(({ seq }) => seq <= total)).toEqual(all.slice(after));
  }
}

const back = { shown: 'hash-fraudster', fresh: 'none' };
