import { createActor } from 'xstate';
import type { AnyActorScope, Snapshot } from 'xstate';
import { matchMachine } from '../../../machines/match.machine.ts';
import { reviewMachine } from '../../../machines/review.machine.ts';
import type { Role } from '../../game/command.ts';
import type { Annotation, MatchEvent } from '../../game/event.ts';
import type { Phase } from '../../game/phase.ts';
import { initialState } from '../../game/state.ts';
import type { GameState } from '../../game/state.ts';
import type { Created } from '../../game/event.ts';
import { invariant, present } from '../../shared/invariant.ts';

/** The state of a match's statechart: its phase, and the game state that its guards read. */
export interface ChartState {
  readonly phase: Phase;
  readonly state: GameState;
}

/** Which role is on turn in a phase, and which time limit applies. Read from the chart's `meta`. */
export interface PhaseMeta {
  readonly onTurn: Role | null;
  readonly deadline: 'turn' | 'audit' | null;
}

/** XState's scope of the actor that a transition runs in. */
export type Scope = AnyActorScope;

type ChartSnapshot = Snapshot<unknown> & {
  readonly value: Phase;
  readonly context: { readonly state: GameState };
};

/**
 * The part of XState's machine API that is used here. Both machines take the same events over the same
 * context, but have different states.
 */
interface Chart {
  readonly version?: string | undefined;
  readonly states: Readonly<Record<string, { readonly meta?: unknown }>>;
  resolveState(at: { readonly value: Phase; readonly context: { readonly state: GameState } }): ChartSnapshot;
  transition(snapshot: ChartSnapshot, event: MatchEvent, scope: Scope): ChartSnapshot;
}

const charts: Readonly<Record<Created['machine'], Chart>> = { match: matchMachine, review: reviewMachine };
const firstPhases = { match: 'fraudster_turn', review: 'reviewing' } as const;

/** The version of a statechart as it is recorded in `match.created`. */
export const machineVersion = (machine: Created['machine']): string => charts[machine].version ?? '';

/** The chart right after the creation of a match. */
export function openChart(created: Created): ChartState {
  return { phase: firstPhases[created.machine], state: initialState(created) };
}

/**
 * The chart after one event; null when the phase does not take it. This is the only place where the next game
 * state is made. Pure: XState needs `scope`, but the result does not depend on it.
 * @throws whatever a guard or the rules throw at an impossible event.
 */
export function nextChart(
  { phase, state }: ChartState,
  event: MatchEvent,
  scope: Scope = idle,
): ChartState | null {
  const chart = charts[state.machine];
  const before = chart.resolveState({ value: phase, context: { state } });
  const after = chart.transition(before, event, scope);
  // XState returns the same snapshot for an event that the state does not take.
  return after === before ? null : { phase: after.value, state: after.context.state };
}

/** Who is on turn in the current phase, and its time limit; both null for `round_end` and final phases. */
export function phaseMeta({ phase, state }: ChartState): PhaseMeta {
  // The charts are flat: every phase is a child of the root. Transient and final states have no meta.
  const { meta } = present(charts[state.machine].states[phase], `The state ${phase}`);
  return (meta as PhaseMeta | undefined) ?? noMeta;
}

const noMeta: PhaseMeta = { onTurn: null, deadline: null };

/** A clock for XState that forbids timers: a match sees time only as events. */
export const timeless = {
  setTimeout: () => invariant(false, 'A match statechart must not arm timers.'),
  clearTimeout: () => undefined,
};

/** The scope for transitions outside a match's actor, as in a replay: of an actor that ignores all events. */
const idle = scopeOfIdleActor();

function scopeOfIdleActor(): Scope {
  const given: Scope[] = [];
  const snapshot: Snapshot<undefined> = { status: 'active', output: undefined, error: undefined };
  createActor(
    {
      transition: (same: Snapshot<undefined>) => same,
      getInitialSnapshot: (scope: Scope) => {
        given.push(scope);
        return snapshot;
      },
      getPersistedSnapshot: (same: Snapshot<undefined>) => same,
    },
    { id: 'idle', clock: timeless },
  );
  return present(given[0], 'The scope of an actor');
}

const annotations: ReadonlySet<MatchEvent['type']> = new Set<Annotation['type']>([
  'action.refused',
  'state.digested',
  'seat.claimed',
  'seat.dropped',
  'seat.resumed',
  'seat.released',
]);

/** Whether an event is an annotation: the chart does not see it and the game state stays the same. */
export function isAnnotation(event: MatchEvent): event is Annotation {
  return annotations.has(event.type);
}

const turnChanges: ReadonlySet<MatchEvent['type']> = new Set([
  'turn.ended',
  'review.closed',
  'match.graded',
  'match.aborted',
]);

/**
 * Whether an event begins another turn or phase. A commit with such an event is digested, and restarts the
 * time limits.
 */
export function isTurnChange(event: MatchEvent): boolean {
  return turnChanges.has(event.type);
}
