import { Command } from 'commander';
import { Documents } from '../../log/disk/documents.ts';
import { FileEventLog } from '../../log/file/file-event-log.ts';
import { nodeFiles } from '../../log/disk/files.ts';
import { archiveFolder, lockPath } from '../../log/disk/data-folder.ts';
import { pruneLog } from '../../log/tools/prune.ts';
import { archiveMatch, isArchived } from '../../history/archiver.ts';
import type { Archived } from '../../history/archiver.ts';
import { chosenMatches } from '../chosen-matches.ts';
import { dataDirOption, matchIdArgument } from '../options.ts';
import { exitCodes, print, run } from '../run.ts';
import { mebibytes } from './progress.ts';
import { requireLog } from './require-log.ts';

interface Options {
  readonly dataDir: string;
  readonly json: boolean;
}

export function archiveCommand(): Command {
  return new Command('archive')
    .description('write an archive file of every finished match, after a replay has proved it')
    .argument('[match...]', 'match ids (default: all)')
    .addOption(dataDirOption())
    .option('--json', 'one JSON document', false)
    .action((matches: readonly string[], options: Options) =>
      run(options.json, () => archive(matches.map(matchIdArgument), options)),
    );
}

async function archive(
  matches: readonly ReturnType<typeof matchIdArgument>[],
  { dataDir, json }: Options,
): Promise<number> {
  const archives = new Documents(archiveFolder(dataDir));
  const log = await FileEventLog.open(dataDir, 'read');
  try {
    const counts: Record<Archived | 'pruned', number> = {
      archived: 0,
      there_already: 0,
      running: 0,
      pruned: 0,
    };
    for await (const { stream, commits } of chosenMatches(log, matches, dataDir))
      counts[commits === null ? 'pruned' : await archiveMatch(archives, stream, commits)] += 1;
    const { archived, there_already, running, pruned } = counts;
    if (json) print(JSON.stringify(counts));
    else print(`${archived} archived, ${there_already + pruned} were already, ${running} not finished`);
    return exitCodes.good;
  } finally {
    await log.close();
  }
}

export function pruneCommand(): Command {
  return new Command('prune')
    .description('delete the oldest segments of which every match is archived')
    .addOption(dataDirOption())
    .option('--json', 'one JSON document', false)
    .action((options: Options) => run(options.json, () => prune(options)));
}

async function prune({ dataDir, json }: Options): Promise<number> {
  const archives = new Documents(archiveFolder(dataDir));
  await requireLog(dataDir);
  const release = await nodeFiles.lock(lockPath(dataDir));
  try {
    const pruned = await pruneLog(nodeFiles, dataDir, (match, chain) => isArchived(archives, match, chain));
    if (json) print(JSON.stringify(pruned));
    else {
      print(`${pruned.segments.length} segments pruned, ${mebibytes(pruned.bytes)} MiB`);
      if (pruned.keptFor !== null) print(`The rest is kept: match ${pruned.keptFor} is not archived.`);
    }
    return exitCodes.good;
  } finally {
    await release();
  }
}
