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

/** What every event of one match did to its chart. */
export interface MatchTrace {
  readonly machine: 'match' | 'review';
  /** By version, the first at index 0. */
  readonly steps: readonly TraceStep[];
  /** Counts after every {@link checkpointEvery} events, none at index 0: a moment is few events away from one. */
  readonly checkpoints: readonly Counts[];
}

export interface TraceStep {
  readonly taken: Taken;
  /** The transitions taken last, by this event or one before it. */
  readonly last: readonly EdgeId[];
  /** What was refused, where the event records that. */
  readonly refused: string | null;
}

const checkpointEvery = 64;

/** Runs the chart over a stream from `match.created` on. It is run once; any moment is then read off the history. */
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

/** The chart as it stood after event `version`, with what led there. */
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
