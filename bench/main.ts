import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Argument, Command } from 'commander';
import { wholeNumber } from '../src/cli/options.ts';
import { benchEpisode } from './episode.ts';
import { benchFanout } from './fanout.ts';
import { benchGrowth } from './growth.ts';
import { benchLog } from './log.ts';
import { benchMatch } from './match.ts';
import { benchMemory } from './memory.ts';
import type { BenchOptions } from './options.ts';
import { benchReplay } from './replay.ts';
import { emptyReport, readReport, tableOf } from './report.ts';
import type { Row } from './report.ts';
import { benchSoak } from './soak.ts';
import { benchSocket } from './socket.ts';
import { benchStartup } from './startup.ts';
import { benchView } from './view.ts';

const benches: Readonly<Record<string, (options: BenchOptions) => Promise<readonly Row[]>>> = {
  socket: benchSocket,
  growth: benchGrowth,
  match: benchMatch,
  episode: benchEpisode,
  view: benchView,
  log: benchLog,
  replay: benchReplay,
  fanout: benchFanout,
  memory: benchMemory,
  startup: benchStartup,
};

/** Run only if named: they take hours. */
const longBenches: typeof benches = { soak: benchSoak };
const all = { ...benches, ...longBenches };

interface Flags {
  readonly rounds: number;
  readonly seconds: number;
  readonly scale: number;
  readonly dir: string;
  readonly json?: string;
  readonly compare?: string;
}

await new Command('bench')
  .description('measures hot paths beside controls that do none of our work')
  .addArgument(new Argument('[name...]', 'which; default: all but soak').choices(Object.keys(all)))
  .option('--rounds <n>', 'runs of each; the medians are shown', wholeNumber(1, 100), 5)
  .option('--seconds <n>', 'how long each run lasts', wholeNumber(1, 600), 3)
  .option('--scale <share>', 'size of the large worlds, 1 is whole', Number, 1)
  .option('--dir <folder>', 'a folder on the disk to be measured', tmpdir())
  .option('--json <file>', 'write the figures')
  .option('--compare <file>', 'show the figures of an earlier run beside')
  .action(measure)
  .parseAsync();

async function measure(names: readonly string[], { json, compare, dir, ...sizes }: Flags): Promise<void> {
  const before = compare === undefined ? null : await readReport(compare);
  const report = emptyReport();
  process.stdout.write(`${report.machine}, ${report.date}\n`);
  const folder = await mkdtemp(join(dir, 'fraudarena-bench-'));
  try {
    for (const name of names.length === 0 ? Object.keys(benches) : names) {
      const rows = await all[name]?.({ ...sizes, folder }).catch((error: unknown) => failed(name, error));
      if (rows === undefined) continue;
      report.benches[name] = [...rows];
      process.stdout.write(`${tableOf(name, rows, before)}\n`);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  if (json !== undefined) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
}

/** Reports a failed bench. The others are still measured. */
function failed(name: string, error: unknown): undefined {
  process.stderr.write(`${name} failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
