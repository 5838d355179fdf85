import { createActor, transition } from 'xstate';
import type { ActorRefFrom, SnapshotFrom } from 'xstate';
import { matchMachine } from '../../../machines/match.machine.ts';
import { nodeMachine } from '../../../machines/node.machine.ts';
import type { NodeEvent } from '../../../machines/node.machine.ts';
import { reviewMachine } from '../../../machines/review.machine.ts';
import { seatMachine } from '../../../machines/seat.machine.ts';
import { invariant } from '../../shared/invariant.ts';
import type { Role } from '../../game/command.ts';
import type { Annotation, MatchEvent } from '../../game/event.ts';
import type { Seat, SeatEvent } from '../../game/seat.ts';
import type { Match } from '../../game/state.ts';

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
const machines = {
  match: remembering(matchMachine),
  review: remembering(reviewMachine as unknown as typeof matchMachine),
};

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
  readonly #scope: Scope;

  /** Begins in the first phase, or in a phase that a replay has reached before. */
  constructor(match: Match, id: string, phase?: Phase) {
    this.#machine = machines[match.machine];
    const reached = phase === undefined ? {} : { snapshot: snapshotAt(this.#machine, match, phase) };
    this.#actor = createActor(this.#machine, { id, input: { match }, clock: timeless, ...reached });
    // Without an observer an error in an action would end the whole process.
    this.#actor.subscribe({ error: (error) => (this.#failure = error) });
    this.#actor.start();
    this.#scope = scopeOf(this.#actor);
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
    for (const event of events) {
      if (isAnnotation(event)) continue;
      const next = this.#machine.transition(snapshot, event, this.#scope);
      // What a chart does not take leaves it as it is.
      if (next === snapshot) return { ok: false, refused: event };
      snapshot = next;
    }
    return { ok: true, moment: momentOf(snapshot) };
  }

  /** Goes on with one event of the stream. @returns whether the phase takes it; one that it does not take changes nothing. */
  apply(event: MatchEvent): boolean {
    if (isAnnotation(event)) return true;
    const before = this.#actor.getSnapshot();
    this.#actor.send(event);
    return this.#actor.getSnapshot() !== before;
  }

  stop(): void {
    this.#actor.stop();
  }
}

const noMeta: PhaseMeta = { onTurn: null, deadline: null };

type Scope = Parameters<typeof matchMachine.transition>[2];

/** What was tried last from a snapshot, and where it led. */
const tried = new WeakMap<ChartSnapshot, { readonly event: MatchEvent; readonly next: ChartSnapshot }>();

/** The machine, which does not make a transition again that was tried last: it is rehearsed, stored, and then taken. */
function remembering(machine: typeof matchMachine): typeof matchMachine {
  const same = Object.create(machine) as typeof matchMachine;
  same.transition = (snapshot, event, scope) => {
    const last = tried.get(snapshot);
    if (last?.event === event) return last.next;
    const next = machine.transition(snapshot, event, scope);
    tried.set(snapshot, { event, next });
    return next;
  };
  return same;
}

/**
 * What a transition is tried in that changes nothing: the actions of the charts only assign. The library's own
 * `transition` makes a whole actor for every event, which takes several times as long.
 */
function scopeOf(actor: ActorRefFrom<typeof matchMachine>): Scope {
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
