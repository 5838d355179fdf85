import { Command } from 'commander';
import { backUp, restoreBackup } from '../../log/tools/backup.ts';
import type { Backup } from '../../log/tools/backup.ts';
import { segmentBytes } from '../../log/tools/export-log.ts';
import { nodeFiles } from '../../log/disk/files.ts';
import { dataDirOption } from '../options.ts';
import { exitCodes, print, run } from '../run.ts';
import { withProgress } from './progress.ts';

interface Options {
  readonly dataDir: string;
  readonly json: boolean;
}

export function backupCommand(): Command {
  return new Command('backup')
    .description('copy the log to an empty folder; it may be written meanwhile')
    .argument('<folder>', 'where to')
    .addOption(dataDirOption())
    .option('--json', 'one JSON document', false)
    .action((folder: string, { dataDir, json }: Options) =>
      run(json, async () => {
        const bytes = await segmentBytes(nodeFiles, dataDir);
        const backup = await withProgress({ json, bytes }, (progress) =>
          backUp(nodeFiles, dataDir, folder, Date.now(), progress),
        );
        return show(backup, json, `backed up to ${folder}`);
      }),
    );
}

export function restoreCommand(): Command {
  return new Command('restore')
    .description('make a log from a backup in an empty data folder, and verify it')
    .argument('<folder>', 'the backup')
    .addOption(dataDirOption())
    .option('--json', 'one JSON document', false)
    .action((folder: string, { dataDir, json }: Options) =>
      run(json, async () => {
        const bytes = await segmentBytes(nodeFiles, folder);
        const backup = await withProgress({ json, bytes }, (progress) =>
          restoreBackup(nodeFiles, folder, dataDir, progress),
        );
        return show(backup, json, `restored to ${dataDir} and verified`);
      }),
    );
}

function show(backup: Backup, json: boolean, what: string): number {
  const { matches, position, segments, at } = backup;
  if (json) print(JSON.stringify(backup));
  else
    print(
      `${what}: ${matches} matches, ${position} commits in ${segments.length} segments, as of ${new Date(at).toISOString()}`,
    );
  return exitCodes.good;
}
