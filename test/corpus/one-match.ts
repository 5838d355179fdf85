import { tell } from './after.ts';
import { Drive } from './drive.ts';
import { beginDraws } from './fixed-draws.ts';
import { follow, lookAround, lookAt } from './look.ts';
import type { Plan } from './plan.ts';
import { Stage } from './stage.ts';
import type { AdapterName } from './stage.ts';
import { Transcript } from './transcript.ts';

/** Plays the match of a plan on a server of its own, and records all that anybody is told of it. */
export async function playOne(plan: Plan, adapter: AdapterName): Promise<string> {
  beginDraws(plan.name);
  const transcript = new Transcript();
  transcript.add('plan', JSON.stringify(plan));
  const stage = await Stage.open(transcript, adapter, { framesPerSecond: plan.framesPerSecond });
  try {
    const drive = new Drive(stage, plan);
    await drive.open();
    const tokens = () => ({ owner: drive.ownerToken, seats: drive.tokens });
    const streams: Promise<unknown>[] = [];
    if (plan.isWatched) streams.push((await follow(stage.http, plan, tokens(), '')).ended);
    await drive.play(async (round) => {
      if (round === 0) await lookAt(stage.http, plan, tokens(), 'http at first');
      if (round === 9) await lookAt(stage.http, plan, tokens(), 'http in the middle');
      if (round !== 9 || !plan.isWatched) return;
      streams.push((await follow(stage.http, plan, tokens(), '?after=3')).ended);
    });
    await Promise.all(streams);
    await stage.archived(1);
    await drive.leave();
    await lookAt(stage.http, plan, tokens(), 'http after the end');
    await (
      await follow(stage.http, plan, tokens(), '?after=2')
    ).ended;
    await lookAround(stage.http, 'http after the end');
    await stage.stop();
    await tell(transcript, stage.dataDir, plan.name, plan.index);
  } finally {
    await stage.remove();
  }
  return transcript.text;
}
