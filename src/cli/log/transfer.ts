import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command } from 'commander';
import { exportLog, segmentBytes } from '../../log/tools/export-log.ts';
import { FileEventLog } from '../../log/file/file-event-log.ts';
import { nodeFiles } from '../../log/disk/files.ts';
import { fileBytes, importLog } from '../../log/tools/import-log.ts';
import { AppError, describeError, isAppError } from '../../shared/errors.ts';
import { dataDirOption, matchIdArgument } from '../options.ts';
import { exitCodes, print, run } from '../run.ts';
import { withProgress } from './progress.ts';

interface ExportOptions {
  readonly dataDir: string;
  readonly output?: string;
  readonly json: boolean;
}

export function exportCommand(): Command {
  return new Command('export')
    .description('write matches as NDJSON with their chains')
    .argument('[match...]', 'match ids (default: all)')
    .option('-o, --output <file>', 'a file that does not exist yet (default: stdout)')
    .addOption(dataDirOption())
    .option('--json', 'errors as JSON', false)
    .action((matches: readonly string[], options: ExportOptions) =>
      run(options.json, () => writeExport(matches, options)),
    );
}

async function writeExport(
  matches: readonly string[],
  { dataDir, output, json }: ExportOptions,
): Promise<number> {
  const wanted = matches.length === 0 ? 'all' : matches.map(matchIdArgument);
  const bytes = await segmentBytes(nodeFiles, dataDir);
  await withProgress({ json: json || output === undefined, bytes }, async (progress) => {
    const lines = exportLog(nodeFiles, dataDir, wanted, progress);
    // Refusals come with the first line, before the file is created.
    const first = await lines.next();
    const all = async function* () {
      if (first.done !== true) yield first.value;
      yield* lines;
    };
    const out = output === undefined ? process.stdout : createWriteStream(output, { flags: 'wx' });
    try {
      await pipeline(Readable.from(all()), out, { end: out !== process.stdout });
    } catch (error) {
      if (isAppError(error)) throw error;
      const message = `${output ?? 'stdout'} cannot be written: ${describeError(error)}`;
      throw new AppError('file_unreadable', message, { path: output ?? '' }, { cause: error });
    }
  });
  return exitCodes.good;
}

export function importCommand(): Command {
  return new Command('import')
    .description('take in an export, or a log of format 1, with the chains of its matches')
    .argument('<file>', 'what `arena log export` wrote, or an events.ndjson')
    .addOption(dataDirOption())
    .option('--json', 'one JSON document', false)
    .action((file: string, options: { readonly dataDir: string; readonly json: boolean }) =>
      run(options.json, () => readImport(file, options.dataDir, options.json)),
    );
}

async function readImport(file: string, dataDir: string, json: boolean): Promise<number> {
  const bytes = await fileBytes(nodeFiles, file);
  const log = await FileEventLog.open(dataDir, 'write');
  try {
    const imported = await withProgress({ json, bytes }, (progress) =>
      importLog(nodeFiles, file, log, progress),
    );
    const { matches, commits, events, known } = imported;
    if (json) print(JSON.stringify(imported));
    else
      print(`${matches} matches, ${commits} commits, ${events} events; ${known} commits were there already`);
    return exitCodes.good;
  } finally {
    await log.close();
  }
}
