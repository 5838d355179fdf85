import { Command } from 'commander';
import { SingleBar } from 'cli-progress';
import Table from 'cli-table3';
import { Documents } from '../../log/disk/documents.ts';
import type { WholeStream } from '../../log/segments/every-stream.ts';
import { FileEventLog } from '../../log/file/file-event-log.ts';
import { archiveFolder } from '../../log/disk/data-folder.ts';
import { archiveFileOf, archiveFileShape } from '../../history/archiver.ts';
import { SummaryFile } from '../../history/summary-file.ts';
import { FinishedMatches } from '../../history/finished-matches.ts';
import { AppError } from '../../shared/errors.ts';
import type { MatchId } from '../../shared/ids.ts';
import { dataDirOption, matchIdArgument } from '../options.ts';
import { exitCodes, print, run } from '../run.ts';
import { plain } from '../summary.ts';

interface Options {
  readonly dataDir: string;
  readonly json: boolean;
}

/** The archive of finished matches. It is derived from the log, so it may be deleted and rebuilt. */
export function archiveCommand(): Command {
  const archive = new Command('archive').description(
    'list, show and rebuild the records of finished matches',
  );
  const part = (name: string, description: string) =>
    archive
      .command(name)
      .description(description)
      .addOption(dataDirOption())
      .option('--json', 'JSON for programs', false);
  part('list', 'the finished matches, oldest first').action((options: Options) =>
    run(options.json, () => list(options)),
  );
  part('show', 'the whole record of one match, as JSON')
    .argument('<match>', 'match id')
    .action((match: string, options: Options) =>
      run(options.json, () => show(matchIdArgument(match), options)),
    );
  part('rebuild', 'make every record again from the log; the same log gives the same bytes').action(
    (options: Options) => run(options.json, () => rebuild(options)),
  );
  return archive;
}

const archivesOf = ({ dataDir }: Options): Documents => new Documents(archiveFolder(dataDir));

async function list(options: Options): Promise<number> {
  const archives = archivesOf(options);
  const table = new Table({ ...plain, head: ['match', 'task', 'ended', 'grade', 'archived'] });
  const rows = [];
  for (const name of [...(await archives.names())].sort()) {
    const { archive } = await read(archives, name);
    const { task_id, end_reason, grader_score, archived_at } = archive;
    rows.push({ match_id: name, task_id, end_reason, grader_score, archived_at });
  }
  rows.sort((a, b) => Number(a.archived_at) - Number(b.archived_at));
  if (options.json) for (const row of rows) print(JSON.stringify(row));
  else {
    for (const { match_id, task_id, end_reason, grader_score, archived_at } of rows) {
      const grade = typeof grader_score === 'number' ? grader_score.toFixed(3) : '-';
      const at = new Date(Number(archived_at) * 1000).toISOString();
      table.push([match_id, String(task_id), String(end_reason), grade, at]);
    }
    print(table.toString());
  }
  return exitCodes.good;
}

async function show(match: MatchId, options: Options): Promise<number> {
  const { archive, hash } = await read(archivesOf(options), match);
  print(JSON.stringify({ ...archive, hash }, null, options.json ? 0 : 2));
  return exitCodes.good;
}

/** @throws AppError `unknown_match` */
async function read(archives: Documents, match: MatchId) {
  const parsed = archiveFileShape.safeParse(await archives.read(match));
  if (parsed.success) return parsed.data;
  throw new AppError('unknown_match', `There is no whole archive of match ${match}.`, { match });
}

async function rebuild(options: Options): Promise<number> {
  const archives = archivesOf(options);
  const log = await FileEventLog.open(options.dataDir, 'read');
  const bar = new SingleBar({
    format: '{bar} {value}/{total} matches',
    clearOnComplete: true,
    stream: process.stderr,
  });
  const counts = { rebuilt: 0, unchanged: 0, running: 0, pruned: 0 };
  try {
    if (!options.json) bar.start(log.streams().length, 0);
    for await (const { stream, commits } of log.everyStream()) {
      counts[await rebuildOne(archives, stream, commits)] += 1;
      bar.increment();
    }
  } finally {
    bar.stop();
    await log.close();
  }
  await listAnew(options, archives);
  if (options.json) print(JSON.stringify(counts));
  else
    print(
      `${counts.rebuilt} rebuilt, ${counts.unchanged} as they were, ${counts.running} not finished, ${counts.pruned} pruned and kept`,
    );
  return exitCodes.good;
}

/** Rebuilds the list of archives, which is derived from them. */
async function listAnew({ dataDir }: Options, archives: Documents): Promise<void> {
  const folder = archiveFolder(dataDir);
  await new SummaryFile(folder).remove();
  const { fault } = await new FinishedMatches(folder, archives).load();
  if (fault !== null) throw fault;
}

/** A pruned match has no events left: its record is kept as it is. */
async function rebuildOne(archives: Documents, match: MatchId, commits: WholeStream['commits']) {
  if (commits === null) return 'pruned';
  const file = archiveFileOf(match, commits);
  if (file === null) return 'running';
  if (await archives.holds(match, file)) return 'unchanged';
  await archives.write(match, file);
  return 'rebuilt';
}
