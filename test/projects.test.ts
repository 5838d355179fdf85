import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';
import { builtTests } from './projects.ts';

const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .map((name) => join('test', name))
  .filter((name) => name.endsWith('.ts'));
const textOf = (file: string): string => readFileSync(file, 'utf8');

/** What is built lies in one folder, and is also found by the name of the package. */
const asksForBuild = (text: string): boolean =>
  /(?<!ajv\/)\bdist\/|['"`]dist['"`]|['"`]fraudarena['"`/]/.test(text);

/** The file and all files of tests that it imports, one way or another. */
function withImports(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, path = ''] of textOf(file).matchAll(/(?:from|import) '(\.[^']+)'/g)) {
    const imported = normalize(join(dirname(file), path));
    if (imported.startsWith('test/')) withImports(imported, seen);
  }
  return seen;
}

const isBuilt = (file: string): boolean => file.endsWith('.e2e.test.ts') || builtTests.includes(file);

it('a test that asks for what was built waits for the build', () => {
  const unlisted = files.filter((file) => file.endsWith('.test.ts') && !isBuilt(file));
  const asking = unlisted.flatMap((file) =>
    [...withImports(file)].filter((each) => asksForBuild(textOf(each))).map((each) => `${file}: ${each}`),
  );
  expect(asking).toEqual([]);
});

it('a test that is listed as waiting for the build is there and asks for it', () => {
  const [endings, ...listed] = builtTests;
  expect(endings).toBe('test/**/*.e2e.test.ts');
  const idle = listed.filter((file) => ![...withImports(file)].some((each) => asksForBuild(textOf(each))));
  expect(idle).toEqual([]);
});

it('a test that replaces a module is run by itself', () => {
  const replaces = (file: string) => /\bvi\.(mock|doMock|resetModules)\b/.test(textOf(file));
  const tests = files.filter((file) => file.endsWith('.test.ts') && file !== 'test/projects.test.ts');
  const replacing = tests.filter((file) => [...withImports(file)].some(replaces));
  expect(tests.filter((file) => file.endsWith('.mocked.test.ts'))).toEqual(replacing);
});
