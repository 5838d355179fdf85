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

/** The statechart of a match as a value: its phase, and the game state that its guards read. */
export interface ChartState {
  readonly phase: Phase;
  readonly state: GameState;
}

/** Whose move a phase waits for, and which limit the clock sets it. Read from the chart's `meta`. */
export interface PhaseMeta {
  readonly onTurn: Role | null;
  readonly deadline: 'turn' | 'audit' | null;
}

/** The actor that a transition of the library runs in. */
export type Scope = AnyActorScope;

type ChartSnapshot = Snapshot<unknown> & {
  readonly value: Phase;
  readonly context: { readonly state: GameState };
};

/** What is used of the two machines: they take the same events over the same context, with states of their own. */
interface Chart {
  readonly version?: string | undefined;
  readonly states: Readonly<Record<string, { readonly meta?: unknown }>>;
  resolveState(at: { readonly value: Phase; readonly context: { readonly state: GameState } }): ChartSnapshot;
  transition(snapshot: ChartSnapshot, event: MatchEvent, scope: Scope): ChartSnapshot;
}

const charts: Readonly<Record<Created['machine'], Chart>> = { match: matchMachine, review: reviewMachine };
const firstPhases = { match: 'fraudster_turn', review: 'reviewing' } as const;

export const machineVersion = (machine: Created['machine']): string => charts[machine].version ?? '';

/** The chart of a match that has just been created. */
export function openChart(created: Created): ChartState {
  return { phase: firstPhases[created.machine], state: initialState(created) };
}

/**
 * The chart after one fact; null where the phase does not take it. Only the chart decides whether an event fits: no
 * state of a match is made but here. A pure function: `scope` is what the library asks for, and changes no result.
 * @throws whatever a guard or the rules throw at an event that cannot be
 */
export function nextChart(
  { phase, state }: ChartState,
  event: MatchEvent,
  scope: Scope = idle,
): ChartState | null {
  const chart = charts[state.machine];
  const before = chart.resolveState({ value: phase, context: { state } });
  const after = chart.transition(before, event, scope);
  // A chart that does not take an event gives back the snapshot it was given.
  return after === before ? null : { phase: after.value, state: after.context.state };
}

export function phaseMeta({ phase, state }: ChartState): PhaseMeta {
  // The charts are flat: a phase is a state of the root. What is passed at once, or final, has no meta.
  const { meta } = present(charts[state.machine].states[phase], `The state ${phase}`);
  return (meta as PhaseMeta | undefined) ?? noMeta;
}

const noMeta: PhaseMeta = { onTurn: null, deadline: null };

/** Time reaches a match as events only. */
export const timeless = {
  setTimeout: () => invariant(false, 'A match statechart must not arm timers.'),
  clearTimeout: () => undefined,
};

/** Transitions outside an actor of a match, as in a replay, run in this one, which never does anything. */
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

/** Whether an event is only noted: the chart does not see it, and the game state stays as it is. */
export function isAnnotation(event: MatchEvent): event is Annotation {
  return annotations.has(event.type);
}

const turnChanges: ReadonlySet<MatchEvent['type']> = new Set([
  'turn.ended',
  'review.closed',
  'match.graded',
  'match.aborted',
]);

/** Whether an event begins another turn or phase: then the state is digested, and the time limits start anew. */
export function isTurnChange(event: MatchEvent): boolean {
  return turnChanges.has(event.type);
}
