import type { Command } from '../game/command.ts';
import { decide, turnRefusal } from '../game/decide/decide.ts';
import type { Decision, ProposalSource } from '../game/decide/decision.ts';
import type { Created, MatchEvent } from '../game/event.ts';
import type { Position } from '../game/position.ts';
import type { PhaseMeta } from '../match/fold/chart.ts';
import { foldCommit, openFold } from '../match/fold/fold.ts';
import type { MatchFold } from '../match/fold/fold.ts';
import { foldOn } from '../match/fold/replay.ts';
import { matchId, streamVersion } from '../shared/ids.ts';
import { invariant } from '../shared/invariant.ts';
import { exampleProposals } from './examples.ts';

/** A match at one point of its stream, with everything needed to continue. Immutable. */
export interface Scene extends Position, PhaseMeta {
  readonly source: ProposalSource;
  readonly created: Created;
  readonly fold: MatchFold;
  /** The events since the opening. */
  readonly events: readonly MatchEvent[];
}

/** The decision on a command, with the scene after it; unchanged after a refusal. */
export type Outcome = Decision & { readonly scene: Scene };

/** Given: a match that was just created. */
export function opened(created: Created, source: ProposalSource = exampleProposals): Scene {
  const opening = {
    expectedVersion: streamVersion(0),
    at: 0,
    events: [{ type: 'match.created', data: created }],
  } as const;
  return sceneOf(foldOn(openFold(matchId('scene'), opening), opening), { created, source, events: [] });
}

/**
 * Given: what has happened. Commands are executed, events are applied unchecked by the rules.
 * @throws InvariantError if a command is refused or the statechart does not accept an event.
 */
export function play(scene: Scene, ...happened: readonly (Command | MatchEvent)[]): Scene {
  return happened.reduce((now, next) => {
    if ('type' in next) return sceneAfter(now, [next]);
    const outcome = when(now, next);
    invariant(outcome.ok, outcome.ok ? '' : `Refused: ${outcome.rejection.message}`);
    return outcome.scene;
  }, scene);
}

/** When: one command, checked by the statechart and the rules as an actor does. */
export function when(scene: Scene, command: Command): Outcome {
  const decision = turnRefusal(scene.fold, command.by) ?? decide(scene, command);
  return decision.ok ? { ...decision, scene: sceneAfter(scene, decision.events) } : { ...decision, scene };
}

/** Then: an event in one line, its type with its code, cause or reason. */
export function labelOf({ type, data }: MatchEvent): string {
  const detail = ['code', 'cause', 'reason'].find((key) => key in data);
  return detail === undefined || type === 'accounts.linked'
    ? type
    : `${type} ${String((data as Readonly<Record<string, unknown>>)[detail])}`;
}

/** Then: the reward of the action that produced the events; 0 for none. */
export function rewardOf([first]: readonly MatchEvent[]): number {
  return first !== undefined && 'reward' in first.data ? first.data.reward : 0;
}

function sceneAfter({ fold, created, source, events: before }: Scene, events: readonly MatchEvent[]): Scene {
  const folded = foldCommit(fold, { expectedVersion: fold.version, at: 0, events });
  invariant(folded.ok, folded.ok ? '' : `${folded.message}.`);
  return sceneOf(folded.fold, { created, source, events: [...before, ...events] });
}

function sceneOf(fold: MatchFold, rest: Pick<Scene, 'created' | 'source' | 'events'>): Scene {
  const { position, onTurn, deadline } = fold;
  const { phase, state, rules } = position;
  return { phase, state, rules, onTurn, deadline, fold, ...rest };
}
