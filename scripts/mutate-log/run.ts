import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { mutants as all } from './mutants.ts';
import type { Catcher, Mutant } from './mutants.ts';
import { TreeCopy } from './tree.ts';

/**
 * The result of the tests for a mutant.
 * - `caught`: a test failed, or the tests did not end in time.
 * - `survived`: all tests passed.
 * - `unclear`: no test ran, or the tests fail without the mutant too.
 * - `not found`: its text does not occur exactly once in its file.
 */
export type Verdict = 'caught' | 'survived' | 'unclear' | 'not found';

export interface Judged {
  readonly mutant: Mutant;
  readonly verdict: Verdict;
  readonly seconds: number;
  /** The first test that failed, or the reason for another verdict. */
  readonly by: string;
}

/**
 * The time limit of the tests without a mutant. With one, the limit is `patienceMs` plus `timesAsLong` times
 * the time without it; tests that exceed it never end.
 */
const longestMs = 300_000;
const patienceMs = 30_000;
const timesAsLong = 5;

interface Outcome {
  readonly passed: number;
  /** The name of the first test that failed. */
  readonly failed: string | null;
  readonly timedOut: boolean;
  readonly ms: number;
}

interface Report {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** Runs the tests in a folder up to the first failure. */
async function runTests(
  folder: string,
  { files, named, environment }: Catcher,
  limitMs = longestMs,
): Promise<Outcome> {
  const started = performance.now();
  const report = join(folder, 'mutate-log-report.json');
  await rm(report, { force: true });
  const vitest = join(folder, 'node_modules', 'vitest', 'vitest.mjs');
  // Threads, so that killing the process ends all tests.
  const how = ['--bail', '1', '--pool', 'threads', '--reporter', 'json', '--outputFile', report];
  const which = named === undefined ? [] : ['--testNamePattern', named];
  const running = spawn(process.execPath, [vitest, 'run', ...how, ...which, ...files], {
    cwd: folder,
    // Mutants are judged by the sizes of `npm run test:all`.
    env: { ...process.env, TEST_SIZE: 'all', ...environment },
    stdio: 'ignore',
    timeout: Math.round(limitMs),
    killSignal: 'SIGKILL',
  });
  const [, signal] = (await once(running, 'exit')) as [number | null, NodeJS.Signals | null];
  const ms = performance.now() - started;
  if (signal !== null) return { passed: 0, failed: null, timedOut: true, ms };
  const text = await readFile(report, 'utf8').catch(() => '{"numPassedTests":0,"testResults":[]}');
  const { numPassedTests, testResults } = JSON.parse(text) as Report;
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = results.find(({ status }) => status === 'failed')?.fullName ?? null;
  return { passed: numPassedTests, failed, timedOut: false, ms };
}

const keyOf = (catcher: Catcher): string => JSON.stringify(catcher);

/**
 * Judges one mutant after another in its own copy of the tree. The tests must pass without a mutant first.
 */
class Lane {
  readonly #tree: TreeCopy;
  readonly #sound: Map<string, Promise<Outcome>>;

  constructor(tree: TreeCopy, sound: Map<string, Promise<Outcome>>) {
    this.#tree = tree;
    this.#sound = sound;
  }

  async judge(mutant: Mutant): Promise<Judged> {
    const started = performance.now();
    const told = (verdict: Verdict, by: string): Judged => {
      const seconds = Math.round((performance.now() - started) / 100) / 10;
      return { mutant, verdict, seconds, by };
    };
    const { folder } = this.#tree;
    const key = keyOf(mutant.caughtBy);
    const sound = this.#sound.get(key) ?? runTests(folder, mutant.caughtBy);
    this.#sound.set(key, sound);
    const { passed, failed, timedOut, ms } = await sound;
    if (failed !== null || timedOut)
      return told('unclear', `fails without it: ${failed ?? 'its tests never end'}`);
    if (passed === 0) return told('unclear', 'no test ran without it');
    const limitMs = patienceMs + timesAsLong * ms;
    const outcome = await this.#tree.with(mutant, () => runTests(folder, mutant.caughtBy, limitMs));
    if (outcome === null) return told('not found', mutant.file);
    if (outcome.timedOut) return told('caught', 'its tests never end');
    if (outcome.failed !== null) return told('caught', outcome.failed);
    return outcome.passed === 0 ? told('unclear', 'no test ran with it') : told('survived', '');
  }
}

export interface MutateOptions {
  /** The working tree. */
  readonly root: string;
  readonly mutants?: readonly Mutant[];
  /** The number of mutants judged at once. */
  readonly lanes?: number;
  readonly onJudged?: (judged: Judged) => void;
}

/**
 * Judges mutants of the log in copies of the working tree. Resolves with the results in the order of
 * `mutants`.
 */
export async function mutateLog({
  root,
  mutants = all,
  lanes = 2,
  onJudged,
}: MutateOptions): Promise<readonly Judged[]> {
  const left = [...mutants].reverse();
  const judged: Judged[] = [];
  const sound = new Map<string, Promise<Outcome>>();
  const work = async () => {
    const tree = await TreeCopy.of(root);
    try {
      const lane = new Lane(tree, sound);
      for (let mutant = left.pop(); mutant !== undefined; mutant = left.pop()) {
        const one = await lane.judge(mutant);
        judged.push(one);
        onJudged?.(one);
      }
    } finally {
      await tree.remove();
    }
  };
  await Promise.all(Array.from({ length: lanes }, work));
  return judged.sort((one, other) => mutants.indexOf(one.mutant) - mutants.indexOf(other.mutant));
}
