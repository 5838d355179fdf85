import { defineConfig } from 'vitest/config';
import { StuckReporter } from './test/stuck/reporter.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/build.ts',
    testTimeout: 300_000,
    // Left to itself, one core of two would idle.
    maxWorkers: 2,
    reporters: ['default', new StuckReporter()],
    coverage: {
      provider: 'v8',
      include: ['src/**', 'machines/**'],
      reporter: ['text-summary', 'json-summary'],
    },
  },
});
