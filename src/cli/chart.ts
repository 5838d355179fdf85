import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { Command, Option } from 'commander';
import { machineNames, machines } from '../chart/machines.ts';
import type { MachineName } from '../chart/machines.ts';
import { chartOf } from '../chart/model.ts';
import type { Direction } from '../chart/graph.ts';
import type { Theme } from '../chart/palette.ts';
import { AppError, describeError } from '../shared/errors.ts';
import { exitCodes, run } from './run.ts';

interface ChartOptions {
  readonly direction: Direction;
  readonly theme: Theme;
  readonly format?: Format;
  readonly output?: string;
}

const formats = ['svg', 'png', 'mermaid', 'scxml', 'json'] as const;
type Format = (typeof formats)[number];

export function chartCommand(): Command {
  return new Command('chart')
    .description('draw the statechart of a machine')
    .argument('<machine>', `one of ${machineNames.join(', ')}`)
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
    .action((machine: string, options: ChartOptions) => run(false, () => draw(machine, options)));
}

async function draw(named: string, options: ChartOptions): Promise<number> {
  const { output } = options;
  const format = options.format ?? formatOf(output);
  if (format === 'png' && output === undefined && process.stdout.isTTY)
    throw new AppError('argument_invalid', 'A PNG is no text for a terminal: name a file with --output.');
  const chart = await written(machineArgument(named), format, options);
  if (output === undefined) process.stdout.write(chart);
  else await save(output, chart);
  return exitCodes.good;
}

const endings: Readonly<Record<string, Format>> = {
  ...{ '.svg': 'svg', '.png': 'png', '.mmd': 'mermaid', '.mermaid': 'mermaid', '.scxml': 'scxml' },
  '.json': 'json',
};

const formatOf = (file: string | undefined): Format =>
  (file === undefined ? undefined : endings[extname(file).toLowerCase()]) ?? 'svg';

/** @throws AppError `argument_invalid` */
function machineArgument(text: string): MachineName {
  const machine = machineNames.find((name) => name === text);
  if (machine !== undefined) return machine;
  const known = machineNames.join(', ');
  throw new AppError('argument_invalid', `There is no machine "${text}". Machines: ${known}.`, {
    machine: text,
  });
}

/** Each part is loaded when it is asked for: the layout engine alone takes longer than all other verbs together. */
async function written(
  machine: MachineName,
  format: Format,
  { direction, theme }: ChartOptions,
): Promise<string | Uint8Array> {
  const model = chartOf(machines[machine]);
  if (format === 'json') return `${JSON.stringify(model, null, 2)}\n`;
  if (format === 'scxml') return (await import('../chart/scxml.ts')).scxmlOf(model);
  if (format === 'mermaid') return (await import('../chart/mermaid.ts')).mermaidOf(model, direction);
  const [{ layoutOf }, { paintChart }] = await Promise.all([
    import('../chart/layout.ts'),
    import('../chart/paint.ts'),
  ]);
  const svg = paintChart(await layoutOf(model, direction), { theme });
  return format === 'png' ? (await import('../chart/raster.ts')).pngOf(svg) : `${svg}\n`;
}

/** @throws AppError `file_unreadable` */
async function save(file: string, chart: string | Uint8Array): Promise<void> {
  try {
    await writeFile(file, chart);
  } catch (cause) {
    const message = `${file} cannot be written: ${describeError(cause)}`;
    throw new AppError('file_unreadable', message, { path: file }, { cause });
  }
}
