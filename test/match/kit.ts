import type { Observable } from 'rxjs';
import type { ProposalSource } from '../../src/game/decide/decision.ts';
import { generateEpisode } from '../../src/game/episode/generate.ts';
import { generatedProposals } from '../../src/game/episode/proposal.ts';
import type { Created, EventOf, MatchEvent } from '../../src/game/event.ts';
import { tasks } from '../../src/game/task.ts';
import type { Appended, Commit, EventLog, StoredCommit } from '../../src/log/event-log.ts';
import type { Documents } from '../../src/log/disk/documents.ts';
import { MemoryEventLog } from '../../src/log/memory-event-log.ts';
import { MatchRegistry } from '../../src/match/registry.ts';
import type { AppendedCommit, MatchActor } from '../../src/match/match-actor.ts';
import type { FoldedCommit } from '../../src/match/fold/fold.ts';
import { openingFor, taskNamed } from '../../src/match/new-match.ts';
import type { NewMatch } from '../../src/match/new-match.ts';
import { playMatch } from '../../src/players/play-match.ts';
import { defaultPlayers, seatsFor } from '../../src/players/roster.ts';
import type { SeatNames, Seats } from '../../src/players/roster.ts';
import type { WireAction } from '../../src/players/player.ts';
import { commandId, matchId } from '../../src/shared/ids.ts';
import type { CommandId, MatchId, StreamVersion } from '../../src/shared/ids.ts';
import { TestClock } from '../../src/testing/test-clock.ts';

/** Matches in memory whose time the test moves. */
export function stage(
  log: EventLog = new MemoryEventLog(),
  source: ProposalSource = generatedProposals,
  checkpoints?: Documents,
) {
  const clock = new TestClock();
  const kept = checkpoints === undefined ? {} : { checkpoints };
  return { log, clock, registry: new MatchRegistry({ log, clock, source, ...kept }) };
}

export function opening(ruleset: string, wanted: Partial<NewMatch> = {}): Created {
  const { task = 'task_1', seed = 7 } = wanted;
  return openingFor({
    task,
    ruleset,
    seed,
    salt: 'salt',
    episode: generateEpisode(tasks[taskNamed(task)], seed),
    ...wanted,
  });
}

export interface Recorded {
  readonly id: MatchId;
  readonly actor: MatchActor;
  readonly log: EventLog;
  readonly commits: readonly StoredCommit[];
  /** What it told whoever followed its commits. */
  readonly followed: readonly FoldedCommit<AppendedCommit>[];
}

interface PlayedOptions extends Partial<NewMatch> {
  /** Who plays where it is not the default player. */
  readonly names?: Partial<SeatNames>;
  /** Puts other players, or something around the players, on the seats. */
  readonly around?: (seats: Seats) => Seats;
}

/** A match played to its end by players of the roster. */
export async function played(
  ruleset: string,
  { names = {}, around = (seats) => seats, ...wanted }: PlayedOptions = {},
): Promise<Recorded> {
  const { registry, log } = stage();
  const created = opening(ruleset, wanted);
  const id = matchId(`${created.taskId}-${ruleset}-${created.seed}`);
  const actor = await registry.create(id, created);
  const followed: FoldedCommit<AppendedCommit>[] = [];
  actor.commits.subscribe((folded) => followed.push(folded));
  await playMatch(actor, around(seatsFor({ ...defaultPlayers, ...names }, created.seed)));
  return { id, actor, log, commits: await log.read(id), followed };
}

let commands = 0;
/** A command id that was not used before. */
export const nextId = (): CommandId => commandId(`test-${(commands += 1)}`);

export const proposal = (copy: string): WireAction => ({
  action_type: 'propose_ad',
  ad_copy: copy,
  category: 'ecommerce',
});
export const endTurn: WireAction = { action_type: 'end_turn' };

export const typesOf = (commits: readonly StoredCommit[]): readonly MatchEvent['type'][] =>
  commits.flatMap(({ events }) => events.map((event) => event.type));

/** The events of one type, in order. */
export function ofType<Type extends MatchEvent['type']>(
  commits: readonly StoredCommit[],
  type: Type,
): readonly EventOf<Type>[] {
  return commits.flatMap(({ events }) =>
    events.filter((event): event is EventOf<Type> => event.type === type),
  );
}

/** A deep copy, as another process would read it. */
export const reread = (commits: readonly StoredCommit[]): StoredCommit[] =>
  JSON.parse(JSON.stringify(commits)) as StoredCommit[];

/** A log that asks, and waits, before it stores; what `before` throws is how the append fails. */
export class GuardedLog implements EventLog {
  before: (commit: Commit) => unknown = () => undefined;
  beforeFind: () => unknown = () => undefined;
  beforeRead: () => void = () => undefined;
  readonly #log = new MemoryEventLog();

  async append(commit: Commit): Promise<Appended> {
    await this.before(commit);
    return this.#log.append(commit);
  }

  read(stream: MatchId, after?: StreamVersion): Promise<readonly StoredCommit[]> {
    this.beforeRead();
    return this.#log.read(stream, after);
  }

  async find(stream: MatchId, id: CommandId): Promise<Appended | null> {
    await this.beforeFind();
    return this.#log.find(stream, id);
  }

  streams(): readonly MatchId[] {
    return this.#log.streams();
  }

  subscribe(after: number): Observable<StoredCommit> {
    return this.#log.subscribe(after);
  }

  close(): Promise<void> {
    return this.#log.close();
  }
}
