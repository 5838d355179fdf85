import type { Command } from '../game/command.ts';
import { decide } from '../game/decide/decide.ts';
import type { Decision, ProposalSource } from '../game/decide/decision.ts';
import type { Created, MatchEvent } from '../game/event.ts';
import { rulesetOf } from '../game/ruleset.ts';
import type { Ruleset } from '../game/ruleset.ts';
import { initialState } from '../game/state.ts';
import { phaseViolation } from '../match/phase-violation.ts';
import { Statechart } from '../match/fold/chart.ts';
import type { Moment, PhaseMeta } from '../match/fold/chart.ts';
import { invariant, present } from '../shared/invariant.ts';
import { exampleProposals } from './examples.ts';

/** A match at one point of its stream, with everything needed to go on from there. A value: nothing changes it. */
export interface Scene extends Moment, PhaseMeta {
  readonly rules: Ruleset;
  readonly source: ProposalSource;
  readonly created: Created;
  /** The facts since the opening. */
  readonly events: readonly MatchEvent[];
}

/** What a command came to, with the scene after it; the same scene for a refusal. */
export type Outcome = Decision & { readonly scene: Scene };

/** Given: a match just created. */
export function opened(created: Created, source: ProposalSource = exampleProposals): Scene {
  const rules = present(rulesetOf(created.ruleset), `Ruleset ${created.ruleset.name}`);
  return sceneAfter({ created, rules, source, events: [] });
}

/**
 * Given: what has happened. Commands are carried out, facts are applied as they stand.
 * @throws InvariantError when a command is refused or the chart does not take a fact.
 */
export function play(scene: Scene, ...happened: readonly (Command | MatchEvent)[]): Scene {
  return happened.reduce((now, next) => {
    if ('type' in next) return sceneAfter({ ...now, events: [...now.events, next] });
    const outcome = when(now, next);
    invariant(outcome.ok, outcome.ok ? '' : `Refused: ${outcome.rejection.message}`);
    return outcome.scene;
  }, scene);
}

/** When: one command, put to the chart and the rules as an actor does it. */
export function when(scene: Scene, command: Command): Outcome {
  const { match, rules, source, phase, onTurn } = scene;
  const decision =
    phaseViolation(command.by, phase, onTurn) ?? decide({ match, rules, source }, phase, command);
  if (!decision.ok) return { ...decision, scene };
  return { ...decision, scene: sceneAfter({ ...scene, events: [...scene.events, ...decision.events] }) };
}

/** Then: an event in one line, its type with what tells it from others of the type. */
export function labelOf({ type, data }: MatchEvent): string {
  const detail = ['code', 'cause', 'reason'].find((key) => key in data);
  return detail === undefined || type === 'accounts.linked'
    ? type
    : `${type} ${String((data as Readonly<Record<string, unknown>>)[detail])}`;
}

/** Then: the reward of the action that the events answer; 0 for actions that bring none. */
export function rewardOf([first]: readonly MatchEvent[]): number {
  return first !== undefined && 'reward' in first.data ? first.data.reward : 0;
}

function sceneAfter(parts: Pick<Scene, 'created' | 'rules' | 'source' | 'events'>): Scene {
  const { created, rules, source, events } = parts;
  const chart = new Statechart(initialState(created), 'scene');
  for (const event of events) {
    const { phase } = chart.moment;
    const isTaken = chart.apply(event);
    invariant(chart.failure === null, `${event.type} broke the match.`);
    invariant(isTaken, `${phase} does not take ${labelOf(event)}.`);
  }
  const { moment, meta } = chart;
  chart.stop();
  return { ...moment, ...meta, created, rules, source, events };
}
