import { describe, expect, it } from 'vitest';
import type { NumberedFrame } from '../../../src/match/fold/frames.ts';
import { FrameFeed } from '../../../src/server/matches/frame-feed.ts';
import { matchId } from '../../../src/shared/ids.ts';
import { nextId, opening, proposal, stage } from '../../match/kit.ts';

const id = matchId('match');

describe('a subscription to a match whose actor is given up', () => {
  it('goes on with the next actor, without gap or repeat', async () => {
    const { registry } = stage();
    await registry.create(id, opening('standard'));
    const frames: NumberedFrame[] = [];
    let heard = (): void => undefined;
    const feed = new FrameFeed(0, {
      viewer: 'fraudster',
      find: () => registry.find(id),
      send: (frame) => {
        frames.push(frame);
        heard();
      },
      hasRoom: () => true,
      failed: (error) => expect.unreachable(String(error)),
    });
    for (let round = 0; round < 3; round += 1) {
      // As a socket does after every answer; the feed goes on by itself as well.
      await Promise.all([registry.passivate(id), feed.follow(), feed.follow()]);
      const told = (await registry.find(id)).fold.bookkeeping.frameCounts.fraudster + 1;
      const isHeard = new Promise<void>((resolve) => {
        heard = () => {
          if (frames.at(-1)?.seq === told) resolve();
        };
      });
      await (await registry.find(id)).act('fraudster', proposal(`Lamp ${round}.`), nextId());
      await isHeard;
    }
    feed.stop();
    expect(frames.map(({ seq }) => seq)).toEqual(frames.map((_, index) => index + 1));
    await registry.close();
  });
});
