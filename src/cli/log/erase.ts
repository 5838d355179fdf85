import { Command } from 'commander';
import { FileEventLog } from '../../log/file/file-event-log.ts';
import { eraseMatch } from '../../history/erase-match.ts';
import { AppError } from '../../shared/errors.ts';
import { dataDirOption, matchIdArgument } from '../options.ts';
import { exitCodes, print, run } from '../run.ts';
import { requireLog } from './require-log.ts';

interface EraseOptions {
  readonly dataDir: string;
  readonly by: string;
  readonly reason: string;
  readonly yes: boolean;
  readonly json: boolean;
}

export function eraseCommand(): Command {
  return new Command('erase')
    .description('remove every text of a match for good; its phases, rewards and chain stay')
    .argument('<match>', 'match id')
    .requiredOption('--by <name>', 'who decided it; the log records it')
    .option('--reason <text>', 'why; the log records it', '')
    .option('--yes', 'yes, the texts are to be gone', false)
    .addOption(dataDirOption())
    .option('--json', 'one JSON document', false)
    .action((match: string, options: EraseOptions) => run(options.json, () => erase(match, options)));
}

async function erase(match: string, { dataDir, by, reason, yes, json }: EraseOptions): Promise<number> {
  const id = matchIdArgument(match);
  if (!yes)
    throw new AppError(
      'confirmation_missing',
      `Nothing brings the texts of ${id} back; say --yes if it is meant.`,
    );
  await requireLog(dataDir);
  const log = await FileEventLog.open(dataDir, 'write');
  try {
    const { seals, broken } = await eraseMatch(log, dataDir, id, { by, reason });
    const segments = Object.keys(seals).map(Number);
    if (json) print(JSON.stringify({ match_id: id, by, reason, segments, broken }));
    else {
      print(`${id}: erased from ${segments.length} segments; ${broken} torn tails removed`);
      print('Backups and exports that hold it must be replaced by new ones.');
    }
    return exitCodes.good;
  } finally {
    await log.close();
  }
}
