import { createActor, transition } from 'xstate';
import type { ActorRefFrom, SnapshotFrom } from 'xstate';
import { matchMachine } from '../../machines/match.machine.ts';
import { nodeMachine } from '../../machines/node.machine.ts';
import type { NodeEvent } from '../../machines/node.machine.ts';
import { reviewMachine } from '../../machines/review.machine.ts';
import { seatMachine } from '../../machines/seat.machine.ts';
import { invariant } from '../shared/invariant.ts';
import type { Role } from '../game/command.ts';
import type { Annotation, MatchEvent } from '../game/event.ts';
import type { Seat, SeatEvent } from '../game/seat.ts';
import type { Match } from '../game/state.ts';

/** The states of the charts. `round_end` is passed within one commit. */
export type Phase =
  'fraudster_turn' | 'investigator_turn' | 'round_end' | 'audit_phase' | 'reviewing' | 'done' | 'aborted';

/** A match and its phase at one version. */
export interface Moment {
  readonly phase: Phase;
  readonly match: Match;
}

/** Whose move a phase waits for, and which limit the clock sets it. Read from the chart's `meta`. */
export interface PhaseMeta {
  readonly onTurn: Role | null;
  readonly deadline: 'turn' | 'audit' | null;
}

export type Rehearsal =
  { readonly ok: true; readonly moment: Moment } | { readonly ok: false; readonly refused: MatchEvent };

type ChartSnapshot = SnapshotFrom<typeof matchMachine>;

// Both charts speak the same events over the same context; only their state names differ.
const machines = { match: matchMachine, review: reviewMachine as unknown as typeof matchMachine };

export function machineVersion(machine: Match['machine']): string {
  return machines[machine].version ?? '';
}

/**
 * The live statechart of one match, and the only way to its state. Facts made by `decide` are sent to it, never
 * client input: an actor obeys `xstate.stop` from anyone.
 */
export class Statechart {
  #failure: unknown = null;
  readonly #machine: typeof matchMachine;
  readonly #actor;

  /** Begins in the first phase, or in a phase that a replay has reached before. */
  constructor(match: Match, id: string, phase?: Phase) {
    this.#machine = machines[match.machine];
    const reached = phase === undefined ? {} : { snapshot: snapshotAt(this.#machine, match, phase) };
    this.#actor = createActor(this.#machine, { id, input: { match }, clock: timeless, ...reached });
    // Without an observer an error in an action would end the whole process.
    this.#actor.subscribe({ error: (error) => (this.#failure = error) });
    this.#actor.start();
  }

  get moment(): Moment {
    return momentOf(this.#actor.getSnapshot());
  }

  get meta(): PhaseMeta {
    const { root } = this.#machine;
    // The charts are flat: a phase is a state of the root.
    const { meta } =
      (root.states as Readonly<Record<string, { readonly meta?: unknown }>>)[this.#phase] ?? {};
    return (meta as PhaseMeta | undefined) ?? noMeta;
  }

  get #phase(): Phase {
    return this.#actor.getSnapshot().value;
  }

  /** What broke the chart; null while it is sound. A broken chart takes no more events. */
  get failure(): unknown {
    return this.#failure;
  }

  /** The moment to which `events` would lead, or the first one the chart does not take. Changes nothing. */
  rehearse(events: readonly MatchEvent[]): Rehearsal {
    let snapshot: ChartSnapshot = this.#actor.getSnapshot();
    const scope = scopeOf(this.#actor);
    for (const event of events) {
      if (isAnnotation(event)) continue;
      if (!snapshot.can(event)) return { ok: false, refused: event };
      snapshot = this.#machine.transition(snapshot, event, scope);
    }
    return { ok: true, moment: momentOf(snapshot) };
  }

  /** Takes one event of the stream. The caller has rehearsed it, or reads it from the log. */
  apply(event: MatchEvent): void {
    if (!isAnnotation(event)) this.#actor.send(event);
  }

  /** Whether the current phase takes the event; a stored event it does not take has diverged. */
  takes(event: MatchEvent): boolean {
    return isAnnotation(event) || this.#actor.getSnapshot().can(event);
  }

  stop(): void {
    this.#actor.stop();
  }
}

const noMeta: PhaseMeta = { onTurn: null, deadline: null };

/**
 * What a transition is tried in that changes nothing: the actions of the charts only assign. The library's own
 * `transition` makes a whole actor for every event, which takes several times as long.
 */
function scopeOf(actor: ActorRefFrom<typeof matchMachine>): Parameters<typeof matchMachine.transition>[2] {
  const nothing = (): void => undefined;
  return {
    ...{ self: actor, id: actor.id, sessionId: actor.sessionId, system: actor.system },
    ...{ logger: nothing, defer: nothing, emit: nothing, stopChild: nothing, actionExecutor: nothing },
  };
}

/** The seat after `event`; null when the seat's chart does not take it. */
export function seatAfter({ status, tokenHash }: Seat, event: SeatEvent): Seat | null {
  const snapshot = seatMachine.resolveState({ value: status, context: { tokenHash } });
  if (!snapshot.can(event)) return null;
  const [next] = transition(seatMachine, snapshot, event);
  return { status: next.value, tokenHash: next.context.tokenHash };
}

export type NodeState = 'starting' | 'recovering' | 'serving' | 'draining' | 'stopped';

/** The server's state after `event`; the same where its chart does not take it, as when it is asked to stop twice. */
export function nodeAfter(state: NodeState, event: NodeEvent['type']): NodeState {
  const [next] = transition(nodeMachine, nodeMachine.resolveState({ value: state }), { type: event });
  return next.value;
}

const annotations: ReadonlySet<MatchEvent['type']> = new Set<Annotation['type']>([
  'action.refused',
  'state.digested',
  'seat.claimed',
  'seat.dropped',
  'seat.resumed',
  'seat.released',
]);

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

function snapshotAt(machine: typeof matchMachine, match: Match, phase: Phase): ChartSnapshot {
  return machine.resolveState({ value: phase, context: { match } });
}

function momentOf(snapshot: ChartSnapshot): Moment {
  return { phase: snapshot.value, match: snapshot.context.match };
}

/** Time reaches a match as events only. */
const timeless = {
  setTimeout: () => invariant(false, 'A match statechart must not arm timers.'),
  clearTimeout: () => undefined,
};
