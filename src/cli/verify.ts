import { Command } from 'commander';
import { FileEventLog } from '../log/file-event-log.ts';
import { verify } from '../match/verify.ts';
import { chosenMatches } from './chosen-matches.ts';
import { dataDirOption, matchIdArgument } from './options.ts';
import { exitCodes, print, run } from './run.ts';

interface VerifyOptions {
  readonly dataDir: string;
  readonly json: boolean;
}

export function verifyCommand(): Command {
  return new Command('verify')
    .description('replay stored matches and compare every recorded digest and decision')
    .argument('[match...]', 'match ids (default: all)')
    .addOption(dataDirOption())
    .option('--json', 'one JSON line per match', false)
    .addHelpText('after', '\nExit codes: 0 all agree, 1 a match diverged or the log is damaged, 2 wrong use.')
    .action((matches: readonly string[], options: VerifyOptions) =>
      run(options.json, () => check(matches, options)),
    );
}

async function check(matches: readonly string[], { dataDir, json }: VerifyOptions): Promise<number> {
  const wanted = matches.map(matchIdArgument);
  const log = await FileEventLog.open(dataDir, 'read');
  try {
    let [good, bad, pruned] = [0, 0, 0];
    for await (const { stream: id, commits } of chosenMatches(log, wanted, dataDir)) {
      if (commits === null) {
        pruned += 1;
        continue;
      }
      const result = verify(id, commits);
      if (result.ok) good += 1;
      else bad += 1;
      if (json) print(JSON.stringify({ match_id: id, ...result }));
      else if (!result.ok) print(`${id}: ${result.divergence.kind}: ${result.divergence.message}`);
      else if (wanted.length > 0)
        print(`${id}: verified, ${result.version} events, ${result.phase}, digest ${result.digest}`);
    }
    const rest = pruned === 0 ? '' : `, ${pruned} archived and pruned`;
    if (!json) print(`${good} verified, ${bad} diverged${rest}`);
    return bad === 0 ? exitCodes.good : exitCodes.failed;
  } finally {
    await log.close();
  }
}
