import type { MatchMoments } from '../../../src/protocol/moments.ts';
import { isMistake, kindOf } from './moment.ts';
import type { TimelineMoment } from './moment.ts';

export type RecordedMoments = Extract<MatchMoments, { readonly source: 'record' }>['moments'];

/** The moments of a finished match. It leaves out state digests, which are no event of the match. */
export function momentsOfRecord(recorded: RecordedMoments): readonly TimelineMoment[] {
  return recorded
    .filter(({ event }) => event !== 'state.digested')
    .map(({ version, at, by, event, round, data, action, reward, phase, edges }) => {
      const kind = kindOf(event);
      return {
        seq: version,
        at,
        role: by,
        kind,
        event,
        phase,
        round,
        edges,
        isExact: true,
        data,
        action,
        reward,
        isMistake: isMistake(kind, data),
      };
    });
}
