import { Command } from 'commander';
import { FileEventLog } from '../../log/file/file-event-log.ts';
import { verify } from '../../match/proof/verify.ts';
import type { MatchId } from '../../shared/ids.ts';
import { chosenMatches } from '../chosen-matches.ts';
import { dataDirOption, matchIdArgument } from '../options.ts';
import { exitCodes, print, run } from '../run.ts';
import { verifyAll } from './verify-all.ts';
import type { Tell } from './verify-all.ts';

interface VerifyOptions {
  readonly dataDir: string;
  readonly json: boolean;
}

export function verifyCommand(): Command {
  return new Command('verify')
    .description('replay stored matches and compare every recorded digest and decision')
    .argument('[match...]', 'match ids (default: all, on every CPU)')
    .addOption(dataDirOption())
    .option('--json', 'one JSON line per match', false)
    .addHelpText('after', '\nExit codes: 0 all agree, 1 a match diverged or the log is damaged, 2 wrong use.')
    .action((matches: readonly string[], options: VerifyOptions) =>
      run(options.json, () => check(matches.map(matchIdArgument), options)),
    );
}

async function check(chosen: readonly MatchId[], { dataDir, json }: VerifyOptions): Promise<number> {
  const log = await FileEventLog.open(dataDir, 'read');
  try {
    const counts = { good: 0, bad: 0, pruned: 0 };
    const tell: Tell = (id, result) => {
      counts[result === null ? 'pruned' : result.ok ? 'good' : 'bad'] += 1;
      if (result === null) return;
      if (json) print(JSON.stringify({ match_id: id, ...result }));
      else if (!result.ok) print(`${id}: ${result.divergence.kind}: ${result.divergence.message}`);
      else if (chosen.length > 0)
        print(`${id}: verified, ${result.version} events, ${result.phase}, digest ${result.digest}`);
    };
    if (chosen.length === 0) await verifyAll(log, dataDir, tell);
    else
      for await (const { stream, commits } of chosenMatches(log, chosen, dataDir))
        tell(stream, commits === null ? null : verify(stream, commits));
    const { good, bad, pruned } = counts;
    const rest = pruned === 0 ? '' : `, ${pruned} archived and pruned`;
    if (!json) print(`${good} verified, ${bad} diverged${rest}`);
    return bad === 0 ? exitCodes.good : exitCodes.failed;
  } finally {
    await log.close();
  }
}
