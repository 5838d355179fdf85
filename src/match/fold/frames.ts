import type { Json } from '../../shared/canonical-json.ts';
import type { Viewer } from '../../game/command.ts';
import { policiesOf } from '../../game/event.ts';
import { isSeatEvent } from '../../game/seat.ts';
import { round } from '../../game/state.ts';
import { legalActions } from '../../game/view/legal.ts';
import { isOver } from '../../game/position.ts';
import type { Position, Step } from '../../game/position.ts';
import { roundsRemaining } from '../../game/view/common.ts';
import { publicEvents } from '../../game/view/public-events.ts';
import type { PhaseMeta } from './chart.ts';

/** One event of a stream with what its frames need. */
export interface FrameStep extends Step {
  /** When its commit was decided, milliseconds since the Unix epoch. */
  readonly at: number;
  /** When the match was created, milliseconds since the Unix epoch. */
  readonly createdAt: number;
  /** The meta of the phase after the event. */
  readonly meta: PhaseMeta;
}

/** One message to a viewer. `at` is in milliseconds since the Unix epoch, `data` in wire names. */
export interface Frame {
  readonly type: 'event' | 'turn' | 'presence' | 'match_over';
  readonly at: number;
  readonly data: Readonly<Record<string, Json>>;
}

/** A frame with its number in the stream of its viewer: from 1, without gaps. */
export interface NumberedFrame extends Frame {
  readonly seq: number;
}

/**
 * A viewer's frames of one event, numbered. `frameCounts`: how many frames each viewer has after this event.
 */
export function numberedFrames(
  viewer: Viewer,
  step: FrameStep,
  frameCounts: Readonly<Record<Viewer, number>>,
): readonly NumberedFrame[] {
  const frames = framesOf(viewer, step);
  const before = frameCounts[viewer] - frames.length;
  return frames.map((frame, index) => ({ seq: before + index + 1, ...frame }));
}

/** A viewer's frames of one event, in order. Empty if the viewer may learn nothing of it. */
export function framesOf(viewer: Viewer, step: FrameStep): readonly Frame[] {
  const { event, at, after } = step;
  if (isSeatEvent(event)) {
    const { role } = event.data;
    return role === viewer ? [] : [{ type: 'presence', at, data: { role, status: presence[event.type] } }];
  }
  const frames: Frame[] = publicEvents(viewer, step).map((data) => ({ type: 'event', at, data }));
  if (endsMatch(step)) frames.push({ type: 'match_over', at, data: overData(viewer, after) });
  else if (beginsTurn(step)) frames.push({ type: 'turn', at, data: turnData(viewer, step) });
  return frames;
}

/** The number of frames that {@link framesOf} returns, several times faster than making them. */
export function countFrames(viewer: Viewer, step: FrameStep): number {
  const { event } = step;
  if (isSeatEvent(event)) return event.data.role === viewer ? 0 : 1;
  return publicEvents(viewer, step).length + (endsMatch(step) || beginsTurn(step) ? 1 : 0);
}

const presence = {
  'seat.claimed': 'held',
  'seat.resumed': 'held',
  'seat.dropped': 'dropped',
  'seat.released': 'released',
} as const;

function endsMatch({ event, after }: FrameStep): boolean {
  return isOver(after) && (event.type === 'match.graded' || event.type === 'match.aborted');
}

function beginsTurn({ event, before, after, meta }: FrameStep): boolean {
  if (meta.onTurn === null) return false;
  return (
    event.type === 'match.created' ||
    before.phase !== after.phase ||
    round(before.state) !== round(after.state)
  );
}

function turnData(viewer: Viewer, { at, createdAt, after, meta }: FrameStep): Frame['data'] {
  const { state, phase } = after;
  const { turnMs, auditMs, matchMs } = state.deadlines;
  const turnLimit = meta.deadline === 'audit' ? auditMs : meta.deadline === 'turn' ? turnMs : null;
  const ends = [
    ...(turnLimit === null ? [] : [at + turnLimit]),
    ...(matchMs === null ? [] : [createdAt + matchMs]),
  ];
  const isOwn = meta.onTurn === viewer;
  const legal = isOwn ? legalActions(meta.onTurn, after) : undefined;
  return {
    phase,
    on_turn: meta.onTurn,
    ...(viewer === 'spectator' ? {} : { your_turn: isOwn }),
    round_number: round(state),
    rounds_remaining: roundsRemaining(state),
    deadline_at: ends.length === 0 ? null : Math.min(...ends),
    ...(legal === undefined ? {} : { legal_actions: legal as unknown as Json }),
  };
}

function overData(viewer: Viewer, { state, phase }: Position): Frame['data'] {
  const rewards = state.grades?.rewards ?? null;
  const { revealAtEnd } = policiesOf(state);
  return {
    phase,
    end_reason: state.endReason,
    grader_score: state.grades?.grade ?? null,
    ...(viewer === 'spectator' ? {} : { reward: rewards?.[viewer] ?? null }),
    ...(revealAtEnd ? { rewards: rewards === null ? null : { ...rewards } } : {}),
  };
}
