import type { Role, RoleCommand } from '../../src/game/command.ts';
import type { RejectionCode } from '../../src/game/decide/decision.ts';
import type { MatchEvent } from '../../src/game/event.ts';
import type { Phase } from '../../src/game/phase.ts';
import type { Position } from '../../src/game/position.ts';
import { MemoryEventLog } from '../../src/log/memory-event-log.ts';
import { MatchRegistry } from '../../src/match/registry.ts';
import type { Clock } from '../../src/match/clock.ts';
import type { MatchActor } from '../../src/match/match-actor.ts';
import type { Reply } from '../../src/match/match-actor.ts';
import { replay } from '../../src/match/fold/replay.ts';
import { formatAction } from '../../src/protocol/action.ts';
import { commandId, matchId } from '../../src/shared/ids.ts';
import { exampleOpening, exampleProposals } from '../../src/testing/examples.ts';
import type { Example } from '../../src/testing/examples.ts';

export const rulesetNames = ['classic', 'standard'] as const;
export type RulesetName = (typeof rulesetNames)[number];

/** An action object exactly as a client sends it. */
export interface Raw {
  readonly by: Role;
  readonly raw: Readonly<Record<string, unknown>>;
}

/** What an action comes to: next phase, step reward and events; or the code of a refusal, which changes nothing. */
export type Expected = Done | readonly [refused: RejectionCode];
export type Done = readonly [result: 'ok', phase: Phase, reward: number, ...events: string[]];

/** One cell of the transition table: a phase, a role, an action and the case it is in. */
export interface Cell {
  readonly phase: Phase;
  readonly case: string;
  readonly example?: Example;
  /** Accepted actions before, from the start of the match. */
  readonly given?: readonly (RoleCommand | Raw)[];
  readonly does: RoleCommand | Raw;
  /** A ruleset without an expectation has no such case. */
  readonly classic?: Expected;
  readonly standard?: Expected;
}

/** Both rulesets expect the same. */
export const both = (...expected: Expected) => ({ classic: expected, standard: expected });

export interface Carried {
  readonly before: Position;
  readonly after: Position;
  readonly reply: Reply;
  /** The events that the action added to the stream. */
  readonly added: readonly MatchEvent[];
  readonly replayed: Position;
}

const still: Clock = { now: () => 0, after: () => () => undefined };

/** Carries a cell out by a real actor over a real log. */
export async function carryOut(
  ruleset: RulesetName,
  { example, given = [], does }: Pick<Cell, 'example' | 'given' | 'does'>,
  prepare: (actor: MatchActor) => Promise<unknown> = () => Promise.resolve(),
): Promise<Carried> {
  const log = new MemoryEventLog();
  const registry = new MatchRegistry({ log, clock: still, source: exampleProposals });
  const id = matchId('cell');
  const actor = await registry.create(id, exampleOpening({ ruleset, ...example }));
  for (const [index, sent] of given.entries()) {
    const reply = await actor.act(sent.by, wireOf(sent), commandId(`given-${index}`));
    if (!reply.ok) throw new Error(`given[${index}]: ${reply.rejection.message}`);
  }
  await prepare(actor);
  const [before, version] = [actor.position, actor.version];
  const reply = await actor.act(does.by, wireOf(does), commandId('does'));
  const added = (await log.read(id, version)).flatMap((commit) => commit.events);
  const replayed = replay(id, await log.read(id)).position;
  const carried = { before, after: actor.position, reply, added, replayed };
  await registry.close();
  return carried;
}

export function wireOf(sent: RoleCommand | Raw): Readonly<Record<string, unknown>> {
  return 'raw' in sent ? sent.raw : formatAction(sent.action);
}
