import { defineConfig } from 'vitest/config';
import { builtTests } from './test/projects.ts';
import { StuckReporter } from './test/stuck/reporter.ts';
import { SkippedReporter } from './test/support/skipped-reporter.ts';

/** Files share the modules that one before has loaded: to load them anew for each takes a fifth of the time. */
const shared = { isolate: false, pool: 'forks' } as const;

const ruleTests = ['test/rules/**/*.test.ts', 'test/game/**/*.test.ts'];

/** They replace a module for themselves. */
const mockedTests = ['test/**/*.mocked.test.ts'];

/** Where continuous integration wants the results to be written. */
const report = process.env['TEST_REPORT'];

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: { ...shared, name: 'rules', include: ruleTests, exclude: mockedTests, pool: 'threads' },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: 'sources',
          include: ['test/**/*.test.ts'],
          exclude: [...builtTests, ...ruleTests, ...mockedTests],
        },
      },
      { extends: true, test: { name: 'mocked', include: mockedTests } },
      {
        extends: true,
        test: { ...shared, name: 'built', include: [...builtTests], globalSetup: 'test/build.ts' },
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
