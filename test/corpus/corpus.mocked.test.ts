/**
 * The behaviour corpus: what this program says to everybody, byte for byte. 60 matches are played over real sockets
 * through the whole server, and every frame, HTTP answer, event stream, export, archive and output of the command
 * line is compared with what was recorded under `recorded/`. A change of behaviour fails here, meant or not.
 *
 * By default a spread of the matches is played; CORPUS=all plays all of them. After a change that is meant:
 * `npx tsx scripts/record-corpus.ts`, which plays all and writes only the recordings that differ. To read one:
 * `npx tsx scripts/record-corpus.ts show matches/m07`. Each `##` begins a stream; `>` was sent, `<` came back, `x` is
 * the end of a connection.
 *
 * Time, tokens, salts and ids are fixed from outside the program (`fixed-draws.ts`); all that the corpus touches of
 * the program stands in `under-test.ts`.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { playByCommandLine, playHall, readDescriptions } from './hall.ts';
import { playOne } from './one-match.ts';
import { plans, spread } from './plan.ts';
import { startAt } from './stage.ts';
import { difference, forgetOthers, isRecording } from './transcript.ts';
import { adapterNamed } from './under-test.ts';
import { isAll } from '../support/sizes.ts';

vi.mock('node:crypto', async (original) => {
  const { fixedDraws } = await import('./fixed-draws.ts');
  return Object.assign({}, await original(), fixedDraws);
});

beforeAll(() => void vi.useFakeTimers({ toFake: ['Date'], now: startAt }));
afterAll(() => void vi.useRealTimers());

const played = isRecording || isAll || process.env['CORPUS'] === 'all' ? plans : spread;

describe('over the adapter ws', () => {
  it.each(played)('match $name is told to everybody as it was recorded', async (plan) => {
    expect(difference(`matches/${plan.name}`, await playOne(plan, 'ws'))).toBeNull();
  });

  it('a server of many matches lists and refuses as it was recorded', async () => {
    expect(difference('hall', await playHall('ws'))).toBeNull();
  });

  it('the descriptions and pictures are those that were recorded', async () => {
    expect(difference('descriptions', await readDescriptions('ws'))).toBeNull();
  });

  it('the command line plays reviews and matches as it was recorded', async () => {
    expect(difference('command-line', await playByCommandLine())).toBeNull();
  });
});

describe.skipIf(isRecording || adapterNamed('uws') === null)('over the adapter uws', () => {
  it.each(plans.filter(({ index }) => index % 9 === 1))(
    'match $name is told the same bytes',
    async (plan) => {
      const text = (await playOne(plan, 'uws')).replaceAll('"adapter":"uws"', '"adapter":"ws"');
      expect(difference(`matches/${plan.name}`, text)).toBeNull();
    },
  );
});

if (isRecording)
  forgetOthers(
    'matches',
    plans.map(({ name }) => name),
  );
