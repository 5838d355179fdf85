import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { count, lastValueFrom, take } from 'rxjs';
import type { MatchEvent } from '../src/game/event.ts';
import { measureControl, measureLog } from '../src/log/bench.ts';
import { plain } from '../src/cli/summary.ts';
import { FileEventLog } from '../src/log/file-event-log.ts';
import { commandId, matchId, streamVersion } from '../src/shared/ids.ts';

/**
 * What the log costs: durable commits per second beside sonic-boom alone; replay beside JSON.parse per line of the
 * same files; opening a log of many events by its indexes. Run: npm run bench:log -- [--ms 3000] [--events 1000000]
 */
const { values } = parseArgs({
  options: {
    ms: { type: 'string', default: '3000' },
    rounds: { type: 'string', default: '3' },
    events: { type: 'string', default: '1000000' },
  },
});
const [ms, rounds, events] = [Number(values.ms), Number(values.rounds), Number(values.events)];
const folder = await mkdtemp(join(tmpdir(), 'fraudarena-bench-'));

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Control and log in turns, so that both meet the same weather; the medians of the rounds. */
async function commits(): Promise<void> {
  const table = new Table({
    ...plain,
    head: ['callers', 'control/s', 'log/s', 'ratio', 'p50 ms', 'p99 ms', 'target'],
  });
  for (const [callers, target] of [
    [1, null],
    [16, 0.6],
    [256, 0.35],
    [2000, null],
  ] as const) {
    const rows = [];
    for (let round = 0; round < rounds; round += 1) {
      const control = await measureControl(folder, callers, ms);
      rows.push({ control, log: await measureLog(folder, callers, ms, { mode: 'group' }) });
    }
    const control = median(rows.map((row) => row.control.perSecond));
    const log = median(rows.map((row) => row.log.perSecond));
    const [p50, p99] = [median(rows.map((row) => row.log.p50Ms)), median(rows.map((row) => row.log.p99Ms))];
    const shown = [callers, Math.round(control), Math.round(log), (log / control).toFixed(2)];
    table.push([...shown, p50.toFixed(2), p99.toFixed(2), target ?? '']);
  }
  print(table.toString());
}

const eventsPerCommit = 2;
const commitsPerMatch = 25;

/** A log of many matches of about 50 events, written without syncs. */
async function fill(data: string): Promise<void> {
  const log = await FileEventLog.open(data, 'write', { durability: { mode: 'os' }, markAfterMs: null });
  const note = (text: string): MatchEvent => ({
    type: 'action.refused',
    data: { by: 'auditor', code: 'x', message: 'A note.', details: {}, phase: 'audit_phase', attempt: text },
  });
  const matches = Math.ceil(events / eventsPerCommit / commitsPerMatch);
  const lanes = 256;
  const lane = async (_: unknown, first: number) => {
    for (let match = first; match < matches; match += lanes) {
      for (let index = 0; index < commitsPerMatch; index += 1) {
        await log.append({
          stream: matchId(`match-${match}`),
          expectedVersion: streamVersion(index * eventsPerCommit),
          commandId: commandId(`auditor.${index}`),
          at: 1_700_000_000_000 + index,
          events: [note(`${match} ${index} some words of a player`), note('and some more')],
        });
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  await log.close();
}

async function replayAndOpening(): Promise<void> {
  const data = join(folder, 'replay');
  await fill(data);
  const table = new Table({ ...plain, head: ['', 'seconds', 'per second', 'ratio', 'target'] });
  const bare = await timed(() => parsePlainly(data));
  const log = await FileEventLog.open(data, 'read');
  const replayed = await timed(() =>
    lastValueFrom(log.subscribe(0).pipe(take(log.health.position), count())),
  );
  await log.close();
  const opening = await timed(async () => (await FileEventLog.open(data, 'write')).close());
  table.push([
    'JSON.parse per line',
    bare.seconds.toFixed(2),
    Math.round(bare.result / bare.seconds),
    '',
    '',
  ]);
  const ratio = (bare.seconds / replayed.seconds).toFixed(2);
  table.push([
    'replay of all commits',
    replayed.seconds.toFixed(2),
    Math.round(replayed.result / replayed.seconds),
    ratio,
    0.5,
  ]);
  table.push([`open ${events} events, and close`, opening.seconds.toFixed(2), '', '', '3 s at 10,000,000']);
  print(table.toString());
}

/** The least that any reader of these files must do. */
async function parsePlainly(data: string): Promise<number> {
  const parsed: unknown[] = [];
  let lines = 0;
  for (const name of (await readdir(join(data, 'log'))).filter((file) => file.endsWith('.ndjson'))) {
    const bytes = await readFile(join(data, 'log', name));
    for (let start = 0; start < bytes.length;) {
      const end = bytes.indexOf(10, start);
      parsed[0] = JSON.parse(bytes.toString('utf8', start, end));
      lines += 1;
      start = end + 1;
    }
  }
  return lines;
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly seconds: number }> {
  const start = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - start) / 1000 };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
}

try {
  const [cpu] = cpus();
  print(`${cpus().length} x ${cpu?.model ?? 'unknown CPU'}, Node ${process.version}, ${folder}`);
  await commits();
  await replayAndOpening();
} finally {
  await rm(folder, { recursive: true });
}
