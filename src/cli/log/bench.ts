import { mkdir } from 'node:fs/promises';
import { cpus } from 'node:os';
import Table from 'cli-table3';
import { Command } from 'commander';
import { measureControl, measureLog } from '../../log/tools/bench.ts';
import type { Throughput } from '../../log/tools/bench.ts';
import { lossWindow } from '../../log/durability.ts';
import type { Durability } from '../../log/durability.ts';
import { dataDirOption, wholeNumber } from '../options.ts';
import { exitCodes, print, run } from '../run.ts';
import { plain } from '../summary.ts';

const callers = [1, 16, 256, 2000];

export function benchCommand(): Command {
  return new Command('bench')
    .description("measure durable commits per second on the data folder's disk")
    .option('--ms <n>', 'milliseconds per row', wholeNumber(100, 60_000), 2000)
    .addOption(dataDirOption())
    .option('--json', 'one JSON line per row', false)
    .action((options: { readonly ms: number; readonly dataDir: string; readonly json: boolean }) =>
      run(options.json, () => bench(options)),
    );
}

async function bench(options: {
  readonly ms: number;
  readonly dataDir: string;
  readonly json: boolean;
}): Promise<number> {
  const { ms, dataDir, json } = options;
  await mkdir(dataDir, { recursive: true });
  const group: Durability = { mode: 'group' };
  const table = new Table({
    ...plain,
    head: ['callers', 'commits/s', 'p50 ms', 'p99 ms', 'control/s', 'ratio'],
  });
  for (const count of callers) {
    const control = await measureControl(dataDir, count, ms);
    const log = await measureLog(dataDir, count, ms, group);
    const ratio = log.perSecond / control.perSecond;
    if (json) print(JSON.stringify({ mode: 'group', ...log, control: control.perSecond, ratio }));
    else table.push([count, ...figures(log), Math.round(control.perSecond), ratio.toFixed(2)]);
  }
  if (!json) {
    const [cpu] = cpus();
    print(`${cpus().length} x ${cpu?.model ?? 'unknown CPU'}, Node ${process.version}, ${dataDir}`);
    print(table.toString());
    print(`Mode group: ${lossWindow(group)}. Control: the same bytes through sonic-boom alone, O_DSYNC.`);
  }
  return exitCodes.good;
}

function figures({ perSecond, p50Ms, p99Ms }: Throughput): readonly (string | number)[] {
  return [Math.round(perSecond), p50Ms.toFixed(2), p99Ms.toFixed(2)];
}
