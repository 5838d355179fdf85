import { defineConfig } from 'vitest/config';
import { StuckReporter } from '../reporter.ts';

export default defineConfig({
  test: { include: ['busy.ts'], reporters: ['default', new StuckReporter(3000)] },
});
