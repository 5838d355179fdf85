import type { Viewer } from '../../game/command.ts';
import type { Rejection } from '../../game/decide/decision.ts';
import type { Appended, Commit, EventLog } from '../../log/event-log.ts';
import type { CommandId, MatchId } from '../../shared/ids.ts';
import { present } from '../../shared/invariant.ts';
import { framesAt } from './frames.ts';
import type { NumberedFrame } from './frames.ts';
import type { Reply } from '../reply.ts';
import { replay } from './fold.ts';
import { standpointOf } from './standpoint.ts';
import type { Standpoint } from './standpoint.ts';

/** The answer that a stored command got, as it was: the match is taken back to the version the command led to. */
export async function replyFromLog(log: EventLog, match: MatchId, id: CommandId): Promise<Reply> {
  const commits = await log.read(match);
  const stored = commits.find(({ commandId }) => commandId === id);
  const commit = present(stored, `The commit of ${id}`);
  const then = replay(match, commits, commit.version);
  then.chart.stop();
  return replyOf(commit, standpointOf(then));
}

export function replyOf({ version, events }: Commit & Appended, standpoint: Standpoint): Reply {
  const [first] = events;
  if (first?.type !== 'action.refused') return { ok: true, version, standpoint, events };
  const { code, message, details } = first.data;
  const rejection = { code: code as Rejection['code'], message, details };
  return { ok: false, version, standpoint, rejection };
}

/** All of a viewer's frames so far, made again from the events. */
export function framesOfStream(
  match: MatchId,
  commits: readonly (Commit & Appended)[],
  viewer: Viewer,
): readonly NumberedFrame[] {
  const frames: NumberedFrame[] = [];
  replay(match, commits, undefined, (step, { told }) =>
    frames.push(...framesAt(viewer, step, told)),
  ).chart.stop();
  return frames;
}
