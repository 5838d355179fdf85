import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

it('a file that keeps its process busy for ever ends the run, and is named with what it does', async () => {
  const vitest = at('../../node_modules/vitest/vitest.mjs');
  const { code, stderr } = await new Promise<{ readonly code: unknown; readonly stderr: string }>((resolve) =>
    execFile(process.execPath, [vitest, 'run', '--root', at('example')], (error, _, text) =>
      resolve({ code: error?.code, stderr: text }),
    ),
  );
  expect(code).toBe(1);
  expect(stderr).toContain('example/busy.ts');
  expect(stderr).toContain('at busyForEver');
});
