import { readCases } from './read-cases.ts';
import { runGradingCase } from './grading-cases.ts';
import { runMatchCase } from './match-cases.ts';

/** Runs files in the conformance format; without arguments, the vectors that come with the project. */
const own = ['test/conformance/matches.jsonl.gz', 'test/conformance/grading.jsonl.gz'];

async function main(files: readonly string[]): Promise<number> {
  let [passed, failed] = [0, 0];
  for (const file of files.length > 0 ? files : own) {
    for await (const testCase of readCases(file)) {
      const difference = await firstDifferenceOf(testCase);
      if (difference === null) passed += 1;
      else {
        failed += 1;
        console.log(`${file} ${nameOf(testCase)}: ${difference}`);
      }
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

/** A match case has steps, a grading case an input. A case of neither form, or one that throws, has failed. */
async function firstDifferenceOf(testCase: unknown): Promise<string | null> {
  try {
    if (typeof testCase === 'object' && testCase !== null) {
      if ('steps' in testCase) return await runMatchCase(testCase);
      if ('input' in testCase) return runGradingCase(testCase);
    }
    return 'neither a match case (steps) nor a grading case (input)';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function nameOf(testCase: unknown): string {
  const { id } = (testCase ?? {}) as { id?: unknown };
  return typeof id === 'string' ? id : '(a case without id)';
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
