import Table from 'cli-table3';
import { Command } from 'commander';
import { nodeFiles } from '../../log/disk/files.ts';
import { statLog } from '../../log/tools/stat-log.ts';
import { dataDirOption } from '../options.ts';
import { exitCodes, print, run } from '../run.ts';
import { plain } from '../summary.ts';
import { mebibytes } from './progress.ts';

export function statCommand(): Command {
  return new Command('stat')
    .description('what the log holds, segment by segment, and the room on its disk')
    .addOption(dataDirOption())
    .option('--json', 'one JSON document', false)
    .action((options: { readonly dataDir: string; readonly json: boolean }) =>
      run(options.json, () => stat(options.dataDir, options.json)),
    );
}

async function stat(dataDir: string, json: boolean): Promise<number> {
  const found = await statLog(nodeFiles, dataDir);
  if (json) {
    print(JSON.stringify(found));
    return exitCodes.good;
  }
  const table = new Table({ ...plain, head: ['segment', 'MiB', 'commits', 'events', 'state'] });
  for (const { number, bytes, commits, events, state } of found.segments)
    table.push([number, mebibytes(bytes), commits, events, state]);
  print(`log ${found.logId}: ${found.matches} matches, ${found.commits} commits, ${found.events} events`);
  print(table.toString());
  if (found.pruned > 0) print(`pruned: the first ${found.pruned} segments; archive/ holds their matches`);
  if (found.tornBytes > 0)
    print(`${found.tornBytes} bytes behind the last good line were never acknowledged`);
  for (const { name, bytes } of found.broken) print(`set aside after a crash: ${name}, ${bytes} bytes`);
  const { free, total, state } = found.disk;
  print(`disk: ${mebibytes(free)} of ${mebibytes(total)} MiB free (${state})`);
  return exitCodes.good;
}
