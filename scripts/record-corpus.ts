import { spawnSync } from 'node:child_process';
import { recordedText } from '../test/corpus/transcript.ts';

/**
 * Updates the behaviour corpus (test/corpus/corpus.mocked.test.ts): plays everything and writes the recordings that
 * differ. `show NAME` prints one instead, as in `show matches/m07`.
 */
const [verb, name = ''] = process.argv.slice(2);

if (verb === 'show') process.stdout.write(recordedText(name) ?? `${name} was never recorded.\n`);
else {
  const env = Object.assign({}, process.env, { CORPUS_RECORD: '1' });
  const { status } = spawnSync('npx', ['vitest', 'run', 'test/corpus'], { stdio: 'inherit', env });
  process.exitCode = status ?? 1;
}
