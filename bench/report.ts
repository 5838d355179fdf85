import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import Table from 'cli-table3';
import * as z from 'zod';
import { plain } from '../src/cli/summary.ts';

const rowShape = z.strictObject({
  /** What was measured. */
  name: z.string(),
  unit: z.string(),
  /** The median of the runs. */
  value: z.number(),
  /** The median of the control, measured alternately with the value; null without a control. */
  control: z.number().nullable(),
  /** CPU time per operation, over all threads of the process, in microseconds. */
  cpuUs: z.number().nullable(),
  /** The value to reach, in words. */
  target: z.string().nullable(),
});
export type Row = z.infer<typeof rowShape>;

const reportShape = z.strictObject({
  date: z.string(),
  machine: z.string(),
  benches: z.record(z.string(), z.array(rowShape)),
});
/** The results of a run of benches, as stored in a file. */
export type Report = z.infer<typeof reportShape>;

/** A row with the medians of its samples. */
export function row(
  name: string,
  unit: string,
  samples: readonly { readonly value: number; readonly control?: number; readonly cpuUs?: number }[],
  target: string | null = null,
): Row {
  const medianOf = (pick: 'value' | 'control' | 'cpuUs'): number | null => {
    const found = samples.map((sample) => sample[pick]).filter((figure) => figure !== undefined);
    return found.length === 0 ? null : median(found);
  };
  const [value, control, cpuUs] = [medianOf('value') ?? NaN, medianOf('control'), medianOf('cpuUs')];
  return { name, unit, value, control, cpuUs, target };
}

export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
}

export function emptyReport(): Report {
  const [cpu] = cpus();
  const machine = `${cpus().length} x ${cpu?.model.trim() ?? 'unknown CPU'}, Node ${process.version}`;
  return { date: new Date().toISOString(), machine, benches: {} };
}

/** @throws if the file is not a report of this program */
export async function readReport(file: string): Promise<Report> {
  return reportShape.parse(JSON.parse(await readFile(file, 'utf8')));
}

/** The rows as a table, next to those of an earlier report if there is one. */
export function tableOf(name: string, rows: readonly Row[], before: Report | null): string {
  const head = [name, 'measured', 'control', 'ratio', 'CPU µs', 'target'];
  const table = new Table({ ...plain, head: before === null ? head : [...head, 'before', 'change'] });
  for (const each of rows) {
    const cells = [
      each.name,
      `${shown(each.value)} ${each.unit}`,
      shown(each.control),
      each.control === null ? '' : (each.value / each.control).toFixed(2),
      each.cpuUs === null ? '' : each.cpuUs.toFixed(1),
      each.target ?? '',
    ];
    table.push(before === null ? cells : [...cells, ...changeOf(each, before.benches[name] ?? [])]);
  }
  return table.toString();
}

function changeOf({ name, value }: Row, before: readonly Row[]): readonly string[] {
  const old = before.find((each) => each.name === name);
  if (old === undefined) return ['', ''];
  const change = 100 * (value / old.value - 1);
  return [shown(old.value), `${change >= 0 ? '+' : ''}${change.toFixed(0)} %`];
}

function shown(figure: number | null): string {
  if (figure === null) return '';
  const digits = Math.abs(figure) >= 100 ? 0 : Math.abs(figure) >= 1 ? 1 : 3;
  return figure.toLocaleString('en-US', { maximumFractionDigits: digits });
}
