import type { MatchEvent } from '../../game/event.ts';
import { initialState } from '../../game/state.ts';
import { isAnnotation } from '../../match/fold/chart.ts';
import { invariant, present } from '../../shared/invariant.ts';
import { counted, noCounts } from './counts.ts';
import type { Counts } from './counts.ts';
import { machines } from './machines.ts';
import type { EdgeId, StateId } from './model.ts';
import type { Overlay } from './overlay.ts';
import { Tracer } from './trace.ts';
import type { Taken } from './trace.ts';

/** What every event of one match did in its statechart. */
export interface MatchTrace {
  readonly machine: 'match' | 'review';
  /** By version: index 0 is version 1. */
  readonly steps: readonly TraceStep[];
  /**
   * Counts after every {@link checkpointEvery} events, starting with none at index 0. They keep {@link
   * countsAt} short.
   */
  readonly checkpoints: readonly Counts[];
}

export interface TraceStep {
  readonly taken: Taken;
  /** The transitions taken most recently, by this event or an earlier one. */
  readonly last: readonly EdgeId[];
  /** The code of the refusal that the event records; null for other events. */
  readonly refused: string | null;
}

const checkpointEvery = 64;

/**
 * Runs the chart once over a stream that starts with `match.created`. Any moment can then be read from the
 * trace.
 */
export function traceOf(events: readonly MatchEvent[]): MatchTrace {
  const [created] = events;
  invariant(created?.type === 'match.created', 'A stream begins with match.created.');
  const { machine } = created.data;
  const tracer = new Tracer(machines[machine], { state: initialState(created.data) });
  const moments: TraceStep[] = [];
  const checkpoints = [noCounts];
  for (const event of events) {
    const before = moments.at(-1);
    const taken = before === undefined ? tracer.opening : takenBy(tracer, event, before.taken.active);
    moments.push({
      taken,
      last: taken.edges.length > 0 ? taken.edges : (before?.last ?? []),
      refused: event.type === 'action.refused' ? event.data.code : null,
    });
    if (moments.length % checkpointEvery === 0) checkpoints.push(countedOn(checkpoints, moments));
  }
  tracer.stop();
  return { machine, steps: moments, checkpoints };
}

const takenBy = (tracer: Tracer, event: MatchEvent, active: readonly StateId[]): Taken =>
  isAnnotation(event) ? { edges: [], entered: [], failed: [], active } : tracer.take(event);

const countedOn = (checkpoints: readonly Counts[], moments: readonly TraceStep[]): Counts =>
  counted(
    present(checkpoints.at(-1), 'A checkpoint'),
    moments.slice(-checkpointEvery).map(({ taken }) => taken),
  );

/** The counts after event `version`. */
export function countsAt({ steps: moments, checkpoints }: MatchTrace, version: number): Counts {
  const index = Math.floor(version / checkpointEvery);
  const since = moments.slice(index * checkpointEvery, version).map(({ taken }) => taken);
  return counted(present(checkpoints[index], `A checkpoint before version ${version}`), since);
}

/** The overlay of the chart after event `version`: active states, counts, last transitions, refusal. */
export function overlayAt(history: MatchTrace, version: number): Overlay {
  const { taken, last, refused } = present(history.steps[version - 1], `Version ${version}`);
  const [state] = taken.active;
  return {
    active: taken.active,
    heat: countsAt(history, version),
    last,
    seq: version,
    ...(refused === null || state === undefined ? {} : { refused: { state, what: refused } }),
  };
}
