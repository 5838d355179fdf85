import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import type { MatchEvent } from '../src/game/event.ts';
import { plain } from '../src/cli/summary.ts';
import { FileEventLog } from '../src/log/file-event-log.ts';
import { commandId, matchId, streamVersion } from '../src/shared/ids.ts';

/**
 * How long a new process takes to open a log of many events by its indexes, and how much memory it then holds. The
 * log takes some 330 bytes of disk per event while this runs. Run:
 * npm run bench:log-open -- [--events 10000000] [--runs 3] [--matches-at-once 256]
 */
const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '10000000' },
    runs: { type: 'string', default: '3' },
    'matches-at-once': { type: 'string', default: '256' },
    /** Of this program's own: opens the log of a folder once and says what it took. */
    open: { type: 'string' },
  },
});

interface Opening {
  readonly milliseconds: number;
  readonly positions: number;
  readonly matches: number;
  readonly residentBytes: number;
  readonly heapBytes: number;
}

const eventsPerCommit = 4;
const commitsPerMatch = 13;
const mebibyte = 2 ** 20;

/** About 250 bytes, as the events of players are. */
const eventAt = (match: number, index: number): MatchEvent => ({
  type: 'action.refused',
  data: {
    by: 'investigator',
    code: 'phase_violation',
    message: `The investigator is not on turn in match ${match}: attempt ${index}.`,
    details: { phase: 'fraudster_turn', on_turn: 'fraudster' },
    phase: 'fraudster_turn',
    attempt: `{"action_type":"investigate","ad_id":"ad_${index}"}`,
  },
});

/** Fills a log through its own writer, without syncs. Some matches are played at the same time, as on a busy node. */
async function fill(data: string, events: number): Promise<void> {
  const log = await FileEventLog.open(data, 'write', { durability: { mode: 'os' }, markAfterMs: null });
  const matches = Math.ceil(events / eventsPerCommit / commitsPerMatch);
  let next = 0;
  const lane = async () => {
    for (let match = next++; match < matches; match = next++)
      for (let index = 0; index < commitsPerMatch; index += 1)
        await log.append({
          stream: matchId(`task_2-standard-${match}`),
          expectedVersion: streamVersion(index * eventsPerCommit),
          commandId: commandId(`investigator.${match}-${index}`),
          at: 1_700_000_000_000 + index,
          events: Array.from({ length: eventsPerCommit }, (_, at) => eventAt(match, index + at)),
        });
  };
  await Promise.all(Array.from({ length: Number(values['matches-at-once']) }, lane));
  await log.close();
}

async function openOnce(data: string): Promise<Opening> {
  const start = performance.now();
  const log = await FileEventLog.open(data, 'write');
  const milliseconds = performance.now() - start;
  const { rss, heapUsed } = process.memoryUsage();
  const { position, streams } = log.health;
  await log.close();
  return {
    milliseconds,
    positions: position,
    matches: streams,
    residentBytes: rss,
    heapBytes: heapUsed,
  };
}

async function measure(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'fraudarena-bench-'));
  try {
    await fill(folder, Number(values.events));
    const names = (await readdir(join(folder, 'log'))).filter((name) => name.endsWith('.ndjson')).sort();
    const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, 'log', name))).size));
    const inMebibytes = (bytes: number) => `${Math.round(bytes / mebibyte)} MiB`;
    const [cpu] = cpus();
    const total = sizes.reduce((sum, size) => sum + size, 0);
    print(`${cpus().length} x ${cpu?.model ?? 'unknown CPU'}, Node ${process.version}, ${folder}`);
    print(`${names.length} segments of ${inMebibytes(total)}, the last of ${inMebibytes(sizes.at(-1) ?? 0)}`);
    const table = new Table({ ...plain, head: ['opening', 'seconds', 'commits', 'matches', 'RSS', 'heap'] });
    for (let run = 1; run <= Number(values.runs); run += 1) {
      const said = execFileSync(process.execPath, [import.meta.filename, '--open', folder]).toString();
      const { milliseconds, positions, matches, residentBytes, heapBytes } = JSON.parse(said) as Opening;
      const memory = [inMebibytes(residentBytes), inMebibytes(heapBytes)];
      table.push([run, (milliseconds / 1000).toFixed(2), positions, matches, ...memory]);
    }
    print(table.toString());
  } finally {
    await rm(folder, { recursive: true });
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

if (values.open === undefined) await measure();
else print(JSON.stringify(await openOnce(values.open)));
