import { defineConfig } from 'vitest/config';
import { builtTests } from './test/projects.ts';
import { StuckReporter } from './test/stuck/reporter.ts';
import { SkippedReporter } from './test/support/skipped-reporter.ts';

/** All but those that replace a module: it would stay replaced, or be loaded before. */
const ruleTests = ['test/rules/**/!(*.mocked).test.ts', 'test/game/**/!(*.mocked).test.ts'];

/** Where continuous integration wants the results to be written. */
const report = process.env['TEST_REPORT'];

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        // Pure functions: the files may share the modules that the one before has loaded.
        test: { name: 'rules', include: ruleTests, isolate: false, pool: 'threads' },
      },
      {
        extends: true,
        test: { name: 'sources', include: ['test/**/*.test.ts'], exclude: [...builtTests, ...ruleTests] },
      },
      {
        extends: true,
        test: { name: 'built', include: [...builtTests], globalSetup: 'test/build.ts' },
      },
    ],
    testTimeout: 300_000,
    // Left to itself, one core of two would idle.
    maxWorkers: 2,
    reporters: [
      'default',
      new StuckReporter(),
      new SkippedReporter(),
      ...(report === undefined ? [] : [['json', { outputFile: report }] as ['json', { outputFile: string }]]),
    ],
    coverage: {
      provider: 'v8',
      include: ['src/**', 'machines/**'],
      reporter: ['text-summary', 'json-summary'],
    },
  },
});
