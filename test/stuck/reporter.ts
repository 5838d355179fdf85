import { readFileSync, readdirSync } from 'node:fs';
import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node';
import { whereIs } from './where-is.ts';

/** Far longer than any file takes; a single test may take half of it. */
const stuckMs = 10 * 60_000;

/**
 * Ends a run in which a test file does not come to its end, and says which, and what its code does. The time limit of a
 * test cannot do that: it is a timer in a process that may be busy for ever.
 */
export class StuckReporter implements Reporter {
  readonly #limitMs: number;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** The test that each file told of last; one that keeps its process busy may not have been told. */
  readonly #tests = new Map<string, string>();
  #isUnlimited = false;

  constructor(limitMs: number = stuckMs) {
    this.#limitMs = limitMs;
  }

  onInit({ config }: Vitest): void {
    // The tests of a night take as long as they take.
    this.#isUnlimited = config.testTimeout === 0;
  }

  onTestModuleQueued({ moduleId }: TestModule): void {
    if (this.#isUnlimited) return;
    const giveUp = setTimeout(() => void this.#giveUp(), this.#limitMs);
    this.#timers.set(moduleId, giveUp);
  }

  onTestCaseReady({ module, fullName }: TestCase): void {
    this.#tests.set(module.moduleId, fullName);
  }

  onTestModuleEnd({ moduleId }: TestModule): void {
    clearTimeout(this.#timers.get(moduleId));
    this.#timers.delete(moduleId);
    this.#tests.delete(moduleId);
  }

  async #giveUp(): Promise<void> {
    console.error(`\nA test file has not ended within ${this.#limitMs / 1000} s. Underway are:`);
    for (const file of this.#timers.keys()) console.error(`  ${file} > ${this.#tests.get(file) ?? ''}`);
    for (const pid of childrenOf(process.pid)) {
      console.error([`\nProcess ${pid}:`, ...(await whereIs(pid))].join('\n  '));
      process.kill(pid, 'SIGKILL');
    }
    process.exit(1);
  }
}

function childrenOf(pid: number): readonly number[] {
  const texts = readdirSync(`/proc/${pid}/task`).map((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8'),
  );
  return texts.flatMap((text) => text.split(' ').filter(Boolean).map(Number));
}
