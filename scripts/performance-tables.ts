import { readReport } from '../bench/report.ts';
import type { Report, Row } from '../bench/report.ts';

/** The results of the last whole run of `npm run bench -- --json bench/measured.json`, as tables. */
export async function performanceTables(): Promise<Readonly<Record<string, string>>> {
  const report = await readReport('bench/measured.json');
  const names = Object.keys(report.benches);
  const all = names.flatMap((name) => [`**${name}**`, '', table(rowsOf(report, name)), '']);
  return { measured: [where(report), '', ...all].join('\n') };
}

/** The five figures of the README: a row of a bench, found by name, and its meaning. */
const highlights: readonly {
  readonly bench: string;
  readonly row: RegExp;
  readonly meaning: (...numbers: readonly string[]) => string;
}[] = [
  {
    bench: 'socket',
    row: /^actions, (\d+) sockets, durable$/,
    meaning: (sockets) =>
      `Actions that one server on one CPU accepts from ${sockets} sockets. Each is on disk before its answer.`,
  },
  {
    bench: 'socket',
    row: /^p99 at (\d+) frames\/s, log on disk$/,
    meaning: (rate) => `At ${rate} frames a second, 99 of 100 answers come within this time.`,
  },
  {
    bench: 'fanout',
    row: /^frames to ([\d,]+) spectators$/,
    meaning: (spectators) => `Frames that one match sends to ${spectators} spectators.`,
  },
  {
    bench: 'memory',
    row: /^a live idle match$/,
    meaning: () => 'Memory of a running match while no role acts.',
  },
  {
    bench: 'startup',
    row: /^first answer over (\d+) events$/,
    meaning: (events) =>
      `Time to the first answer of a server that starts over a log of ${Number(events).toLocaleString('en-US')} events.`,
  },
];

/** The generated section of the README. */
export async function performanceSummary(): Promise<Readonly<Record<string, string>>> {
  const report = await readReport('bench/measured.json');
  const lines = highlights.map(({ bench, row, meaning }) => {
    const found = rowsOf(report, bench).find(({ name }) => row.test(name));
    if (found === undefined) throw new Error(`bench/measured.json has no row ${row.source} of ${bench}.`);
    const [, ...numbers] = row.exec(found.name) ?? [];
    return `| ${measured(found)} | ${meaning(...numbers)} |`;
  });
  return {
    measured: [where(report), '', '| measured | what it means |', '| --- | --- |', ...lines, ''].join('\n'),
  };
}

const rowsOf = (report: Report, name: string): readonly Row[] => report.benches[name] ?? [];

const where = ({ date, machine }: Report): string => `${date.slice(0, 10)}, ${machine}.`;

function table(rows: readonly Row[]): string {
  const head = ['', 'measured', 'control', 'ratio', 'CPU µs', 'to reach'];
  const lines = rows.map(({ name, unit, value, control, cpuUs, target }) => [
    name,
    measured({ unit, value }),
    control === null ? '' : figure(control),
    control === null ? '' : (value / control).toFixed(value / control < 0.1 ? 3 : 2),
    cpuUs === null ? '' : figure(cpuUs),
    target ?? '',
  ]);
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const measured = ({ unit, value }: Pick<Row, 'unit' | 'value'>): string => `${figure(value)} ${unit}`.trim();

function figure(value: number): string {
  const digits = value >= 100 ? 0 : value >= 1 ? 1 : 3;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}
