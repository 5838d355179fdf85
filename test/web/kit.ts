import { chartOf } from '../../src/chart/model/model.ts';
import type { ChartModel } from '../../src/chart/model/model.ts';
import { machines } from '../../src/chart/model/machines.ts';
import type { NumberedFrame } from '../../src/match/fold/frames.ts';
import type { MatchMoments } from '../../src/protocol/moments.ts';
import { FrameReader } from '../../web/src/timeline/frames.ts';
import type { Frame } from '../../web/src/timeline/frames.ts';
import { momentsOfRecord } from '../../web/src/timeline/record.ts';
import { Replay } from '../../web/src/timeline/replay.ts';

export type ToldMoments = Extract<MatchMoments, { source: 'spectator' }>;
export type Revealed = Extract<MatchMoments, { source: 'record' }>;

export async function momentsAt<T extends MatchMoments>(url: string, id: string): Promise<T> {
  return (await (await fetch(`${url}/api/v1/matches/${id}/moments`)).json()) as T;
}

export const modelOf = (machine: 'match' | 'review'): ChartModel => chartOf(machines[machine]);

/** As the page reads a running match. */
export function replayOfTold(
  machine: 'match' | 'review',
  startingAds: ToldMoments['starting_ads'],
  frames: readonly (NumberedFrame | Frame)[],
): Replay {
  const reader = new FrameReader(modelOf(machine));
  return Replay.opened('', startingAds).with(frames.map((frame) => reader.read(frame)));
}

/** As the page reads a finished one. */
export const replayOfRecord = ({ starting_ads, moments }: Revealed): Replay =>
  Replay.opened('', starting_ads).with(momentsOfRecord(moments));
