import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { mutants } from './mutate-log/mutants.ts';

/**
 * The tests of the log and of the server in sizes that take a night, one after another. Run as: tsx
 * scripts/nightly.ts [--scale 0.01] [--seed 7] [--only "a part of the jobs' names"]
 */
const { values } = parseArgs({
  options: { scale: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' } },
});
const scale = Number(values.scale ?? 1);
const seed = values.seed ?? '1';
const root = fileURLToPath(new URL('..', import.meta.url));

const scaled = (count: number): string => String(Math.max(1, Math.round(count * scale)));

interface Job {
  readonly name: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** A command for tests without a time limit. */
const tests = (...files: readonly string[]): readonly string[] => {
  return ['node_modules/vitest/vitest.mjs', 'run', '--testTimeout', '0', '--no-file-parallelism', ...files];
};

const jobs: readonly Job[] = [
  {
    name: 'log: simulated crashes and faults',
    command: tests('test/log/sim'),
    environment: {
      TEST_SIM_SEEDS: scaled(200_000),
      TEST_SIM_HISTORIES: scaled(100_000),
      TEST_SIM_FIRST: seed,
    },
  },
  {
    name: 'log: mutated files',
    command: tests('test/log/mutations.test.ts'),
    environment: { TEST_MUTATIONS: scaled(500_000), TEST_SEED: seed },
  },
  {
    name: 'log: kills, system calls and full disks',
    command: tests('test/log/process'),
    environment: {
      TEST_KILLS: scaled(1000),
      TEST_FILL_LEVELS: scaled(2000),
      TEST_SEED: seed,
      // All system calls of all workloads take half an hour, which cannot be scaled down.
      TEST_NIGHTLY: scale < 0.5 ? '' : '1',
    },
  },
  {
    name: 'server: what roles may not know',
    command: tests('test/server/secrets'),
    environment: {
      TEST_PAIRS: scaled(2000),
      TEST_CANARY_MATCHES: scaled(200),
      TEST_TOLD_MATCHES: scaled(1500),
      TEST_SEED: seed,
    },
  },
  {
    name: 'server: kills and stops',
    command: tests('test/server/crash'),
    environment: { TEST_SERVER_KILLS: scaled(100), TEST_SERVER_STOPS: scaled(50), TEST_SEED: seed },
  },
  {
    name: 'server: cut lines',
    command: tests('test/server/frames/cuts.test.ts', 'test/match/frames-after.test.ts'),
    environment: { FEED_CUTS: scaled(5000), FEED_SEED: seed, ...(scale < 0.5 ? {} : { FEED_ALL: '1' }) },
  },
  {
    name: 'server: attacks',
    command: tests('test/server/hostile'),
    environment: {
      HOSTILE_FRAMES: scaled(500_000),
      HOSTILE_MATCHES: scaled(400),
      HOSTILE_ROUNDS: String(Math.max(6, Number(scaled(60)))),
      HOSTILE_SEED: seed,
    },
  },
  {
    name: 'server: requests of any kind',
    command: tests('test/server/api', 'test/server/history'),
    environment: {
      HTTP_FUZZ_REQUESTS: scaled(400_000),
      HTTP_FUZZ_SEED: seed,
      HISTORY_MATCHES: scaled(100_000),
      HISTORY_SEED: seed,
      TEST_SEED: seed,
    },
  },
  {
    name: 'client: lines that break',
    command: tests('test/client'),
    environment: { CLIENT_MATCHES: scaled(100), CLIENT_SEED: seed },
  },
  {
    // Uses the last build: `npm run build`, or any test that starts a server.
    name: 'server: an hour of play',
    command: ['dist/bench/main.js', 'soak', '--scale', String(scale)],
    environment: {},
  },
  {
    name: 'log: checks taken away',
    command: ['--import', 'tsx', 'scripts/mutate-log.ts', '--first', scaled(mutants.length)],
    environment: {},
  },
];

async function run({ command, environment }: Job): Promise<boolean> {
  const env = { ...process.env, TEST_SIZE: 'all', ...environment };
  const running = spawn(process.execPath, command, { cwd: root, env, stdio: 'inherit' });
  const [code] = (await once(running, 'exit')) as [number | null];
  return code === 0;
}

const rows: string[] = [];
let failures = 0;
for (const job of jobs.filter(({ name }) => name.includes(values.only ?? ''))) {
  const started = performance.now();
  console.log(`--- ${job.name}: ${JSON.stringify(job.environment)}`);
  const isGood = await run(job);
  failures += isGood ? 0 : 1;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  rows.push(`${isGood ? 'passed' : 'FAILED'}  ${job.name.padEnd(40)}${seconds.padStart(9)} s`);
}
console.log(`\nScale ${scale}, seed ${seed}`);
for (const row of rows) console.log(row);
process.exit(failures === 0 ? 0 : 1);
