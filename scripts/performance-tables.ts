import { readReport } from '../bench/report.ts';
import type { Report, Row } from '../bench/report.ts';

/** The figures of the last whole run of `npm run bench -- --json bench/measured.json`, as tables. */
export async function performanceTables(): Promise<Readonly<Record<string, string>>> {
  const report = await readReport('bench/measured.json');
  const names = Object.keys(report.benches);
  const all = names.flatMap((name) => [`**${name}**`, '', table(rowsOf(report, name)), '']);
  return { measured: [where(report), '', ...all].join('\n') };
}

/** What the README shows of it. */
export async function performanceSummary(): Promise<Readonly<Record<string, string>>> {
  const report = await readReport('bench/measured.json');
  const shown = ['socket', 'growth', 'match', 'replay', 'fanout', 'memory', 'startup'];
  return {
    measured: [where(report), '', table(shown.flatMap((name) => rowsOf(report, name))), ''].join('\n'),
  };
}

const rowsOf = (report: Report, name: string): readonly Row[] => report.benches[name] ?? [];

const where = ({ date, machine }: Report): string => `${date.slice(0, 10)}, ${machine}.`;

function table(rows: readonly Row[]): string {
  const head = ['', 'measured', 'control', 'ratio', 'CPU µs', 'to reach'];
  const lines = rows.map(({ name, unit, value, control, cpuUs, target }) => [
    name,
    `${figure(value)} ${unit}`.trim(),
    control === null ? '' : figure(control),
    control === null ? '' : (value / control).toFixed(value / control < 0.1 ? 3 : 2),
    cpuUs === null ? '' : figure(cpuUs),
    target ?? '',
  ]);
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function figure(value: number): string {
  const digits = value >= 100 ? 0 : value >= 1 ? 1 : 3;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}
