import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { mutants } from './mutate-log/mutants.ts';
import { mutateLog } from './mutate-log/run.ts';
import type { Judged } from './mutate-log/run.ts';

/**
 * Removes the checks of the log one by one, in a copy of the working tree, and checks that a test fails each
 * time. Run as: tsx scripts/mutate-log.ts [--only WORDS] [--first COUNT] [--lanes COUNT]
 */
const { values } = parseArgs({
  options: { only: { type: 'string' }, first: { type: 'string' }, lanes: { type: 'string' } },
});
const { only = '', first = String(mutants.length), lanes = '2' } = values;
const chosen = mutants.filter(({ name }) => name.includes(only)).slice(0, Number(first));

function print({ mutant, verdict, seconds, by }: Judged): void {
  const time = `${seconds.toFixed(1)} s`.padStart(8);
  console.log(`${verdict.padEnd(10)}${mutant.name.padEnd(40)}${time}  ${by.slice(0, 110)}`);
}

const judged = await mutateLog({
  root: fileURLToPath(new URL('..', import.meta.url)),
  mutants: chosen,
  lanes: Number(lanes),
  onJudged: ({ mutant, verdict }) => process.stderr.write(`${verdict}: ${mutant.name}\n`),
});
for (const one of judged) print(one);
const caught = judged.filter(({ verdict }) => verdict === 'caught').length;
console.log(`${caught} of ${judged.length} mutants were caught.`);
process.exit(judged.length > 0 && caught === judged.length ? 0 : 1);
