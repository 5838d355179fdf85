import type { Reporter, TestModule, Vitest } from 'vitest/node';
import { longOnly } from './sizes.ts';

/** Says at the end of a run which tests were skipped, and why: a skipped test is a promise that nobody held. */
export class SkippedReporter implements Reporter {
  #isWhole = true;

  onInit({ config }: Vitest): void {
    // Tests that were not named are not told of.
    this.#isWhole = config.testNamePattern === undefined;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    if (!this.#isWhole) return;
    const skipped = modules.flatMap((module) => [...module.children.allTests('skipped')]);
    const unheld = skipped.filter(({ name }) => !name.endsWith(longOnly));
    const lines = unheld.map((test) => {
      const result = test.result();
      const note = result.state === 'skipped' ? result.note : undefined;
      return `${test.module.relativeModuleId} > ${test.fullName}${note === undefined ? '' : `: ${note}`}`;
    });
    const left = skipped.length - unheld.length;
    if (left > 0) console.log(`\n${left} tests are run by npm run test:all only.`);
    if (lines.length > 0) console.log(`\nSkipped:\n  ${lines.join('\n  ')}`);
  }
}
