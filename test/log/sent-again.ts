import { expect } from 'vitest';
import { drawsFor } from '../../src/game/random.ts';
import type { Appended } from '../../src/log/event-log.ts';
import { FileEventLog } from '../../src/log/file/file-event-log.ts';
import { streamVersion } from '../../src/shared/ids.ts';
import { commitOf, noteOf } from '../../src/testing/event-log.contract.ts';
import { contentOf, plain } from './commits.ts';
import { commandCount } from './features-sizes.ts';

/** Commands that are sent two to five times have one effect and one answer, after a restart too. */
export async function expectOneEffectEach(folder: string): Promise<void> {
  const seed = 2;
  const draws = drawsFor(seed, 'sent again');
  const options = { ...plain, segmentBytes: 400_000 };
  const commands = Array.from({ length: commandCount }, (_, at) => commitOf(`m-${at >> 7}`, at % 128));
  let log = await FileEventLog.open(folder, 'write', options);
  const answers: (Appended | undefined)[] = [];
  for (let from = 0; from < commands.length; from += 1000) {
    const sent = commands
      .slice(from, from + 1000)
      .map((command) => Array.from({ length: draws.between(1, 4) }, () => log.append(command)));
    for (const [first, ...more] of sent) {
      answers.push(await first);
      for (const again of more) expect(await again).toEqual(answers.at(-1));
    }
  }
  await log.close();
  log = await FileEventLog.open(folder, 'write', options);
  for (const [at, command] of draws.shuffle([...commands.entries()])) {
    const expectedVersion = streamVersion(draws.below(200));
    const again = await log.append({ ...command, expectedVersion, events: [noteOf('another')] });
    expect(again, `seed ${seed} command ${at}`).toEqual(answers[at]);
  }
  expect(await contentOf(log)).toHaveLength(commandCount);
  await log.close();
}
