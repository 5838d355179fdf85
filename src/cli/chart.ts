import { extname } from 'node:path';
import { Command, Option } from 'commander';
import { machineNames, machines } from '../chart/model/machines.ts';
import type { MachineName } from '../chart/model/machines.ts';
import { chartOf } from '../chart/model/model.ts';
import type { Direction } from '../chart/layout/graph.ts';
import type { Overlay } from '../chart/model/overlay.ts';
import type { Theme } from '../chart/paint/palette.ts';
import { AppError, isAppError } from '../shared/errors.ts';
import { dataDirOption, matchIdArgument, wholeNumber } from './options.ts';
import { exitCodes, run } from './run.ts';
import { save } from './save.ts';

interface ChartOptions {
  readonly direction: Direction;
  readonly theme: Theme;
  readonly format?: Format;
  readonly output?: string;
  readonly at?: number;
  readonly heat: boolean;
  readonly dataDir: string;
}

/** A machine, with the overlay of a moment of a match. */
interface Drawn {
  readonly machine: MachineName;
  readonly overlay: Overlay;
}

const formats = ['svg', 'png', 'mermaid', 'scxml', 'json'] as const;
type Format = (typeof formats)[number];

export function chartCommand(): Command {
  return new Command('chart')
    .description('draw the statechart of a machine, or of a stored match at any moment')
    .argument('<what>', `one of ${machineNames.join(', ')}, or a match id`)
    .option('--at <n>', 'of a match: after event n (default: the last)', wholeNumber(1))
    .option('--heat', 'of a match: how often each transition was taken until then', false)
    .addOption(dataDirOption())
    .addOption(
      new Option('--direction <direction>', 'where the flow goes').choices(['down', 'right']).default('down'),
    )
    .addOption(new Option('--theme <theme>', 'colours').choices(['light', 'dark']).default('light'))
    .addOption(
      new Option('--format <format>', "what to write (default: by the file's ending, else svg)").choices(
        formats,
      ),
    )
    .option('-o, --output <file>', 'write to a file instead of the standard output')
    .action((what: string, options: ChartOptions) => run(false, () => draw(what, options)));
}

async function draw(named: string, options: ChartOptions): Promise<number> {
  const { output } = options;
  const format = options.format ?? formatOf(output);
  if (format === 'png' && output === undefined && process.stdout.isTTY)
    throw new AppError('argument_invalid', 'A PNG is no text for a terminal: name a file with --output.');
  const chart = await written(await drawnOf(named, options), format, options);
  if (output === undefined) process.stdout.write(chart);
  else await save(output, chart);
  return exitCodes.good;
}

const endings: Readonly<Record<string, Format>> = {
  '.svg': 'svg',
  '.png': 'png',
  '.mmd': 'mermaid',
  '.mermaid': 'mermaid',
  '.scxml': 'scxml',
  '.json': 'json',
};

const formatOf = (file: string | undefined): Format =>
  (file === undefined ? undefined : endings[extname(file).toLowerCase()]) ?? 'svg';

/**
 * Resolves a machine name or a match id.
 * @throws AppError `argument_invalid`, `unknown_match`, or the log's own codes.
 */
async function drawnOf(named: string, options: ChartOptions): Promise<Drawn> {
  const machine = machineNames.find((name) => name === named);
  if (machine === undefined) return momentOf(named, options);
  if (options.at !== undefined || options.heat)
    throw new AppError('argument_invalid', '--at and --heat belong to a match, not to a machine.');
  return { machine, overlay: {} };
}

async function momentOf(named: string, { at, heat, dataDir }: ChartOptions): Promise<Drawn> {
  const id = matchIdArgument(named);
  const [{ FileEventLog }, { traceOf, overlayAt }] = await Promise.all([
    import('../log/file/file-event-log.ts'),
    import('../chart/model/match-trace.ts'),
  ]);
  const noMachine = `${named} is no machine (${machineNames.join(', ')})`;
  const log = await FileEventLog.open(dataDir, 'read').catch((error: unknown) => {
    if (!isAppError(error, 'file_unreadable')) throw error;
    throw new AppError(error.code, `${noMachine}. ${error.message}`, error.details, { cause: error });
  });
  try {
    const events = (await log.read(id)).flatMap((commit) => commit.events);
    if (events.length === 0)
      throw new AppError('unknown_match', `${noMachine}, and no match of that id is stored in ${dataDir}.`, {
        match: id,
      });
    const version = at ?? events.length;
    if (version > events.length)
      throw new AppError('argument_invalid', `--at ${version}: match ${id} has ${events.length} events.`);
    const history = traceOf(events);
    const { heat: counts, ...moment } = overlayAt(history, version);
    const overlay = heat && counts !== undefined ? { ...moment, heat: counts } : moment;
    return { machine: history.machine, overlay };
  } finally {
    await log.close();
  }
}

/** Imports each part on use: loading the layout engine alone takes longer than all other verbs together. */
async function written(
  { machine, overlay }: Drawn,
  format: Format,
  { direction, theme }: ChartOptions,
): Promise<string | Uint8Array> {
  const model = chartOf(machines[machine]);
  if (format === 'json')
    return `${JSON.stringify(overlay.seq === undefined ? model : { ...model, overlay }, null, 2)}\n`;
  if (format === 'scxml') return (await import('../chart/scxml.ts')).scxmlOf(model);
  if (format === 'mermaid') return (await import('../chart/mermaid.ts')).mermaidOf(model, direction);
  const [{ layoutOf }, { paintChart }] = await Promise.all([
    import('../chart/layout/layout.ts'),
    import('../chart/paint/paint.ts'),
  ]);
  const svg = paintChart(await layoutOf(model, direction), { theme, overlay });
  return format === 'png' ? (await import('../chart/paint/raster.ts')).pngOf(svg) : `${svg}\n`;
}
