import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { runMatchCase } from './match-cases.ts';
import { readCases } from './read-cases.ts';

const matches = 'test/conformance/matches.jsonl.gz';
const run = promisify(execFile);

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function runner(file: string): Promise<Ran> {
  try {
    const { stdout, stderr } = await run(process.execPath, [
      '--import',
      'tsx',
      'test/conformance/main.ts',
      file,
    ]);
    return { code: 0, stdout, stderr };
  } catch (error) {
    return error as Ran;
  }
}

it('classic agrees with all 250 matches, step by step', async () => {
  const failures: string[] = [];
  let count = 0;
  for await (const testCase of readCases(matches)) {
    count += 1;
    const difference = await runMatchCase(testCase);
    if (difference !== null) failures.push(`${(testCase as { id: string }).id}: ${difference}`);
  }
  expect(failures).toEqual([]);
  expect(count).toBe(250);
});

it('the runner names the first difference of a failed case, of any file, and counts', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fraudarena-'));
  try {
    const cases: string[] = [];
    for await (const testCase of readCases(matches))
      if (cases.length < 3) cases.push(JSON.stringify(testCase));
    const wrong = cases[1]?.replace('"reward":-0.05', '"reward":-0.06') ?? '';
    expect(wrong).not.toBe(cases[1]);
    const file = join(folder, 'own.jsonl');
    await writeFile(file, [cases[0], wrong, cases[2], '{"id":"odd"}'].join('\n'));
    const { code, stdout } = await runner(file);
    expect(code).toBe(1);
    expect(stdout).toMatch(/own\.jsonl \S+: steps\[\d+\]\.expect\.reward/);
    expect(stdout).toContain('odd: neither a match case');
    expect(stdout.trim().split('\n').at(-1)).toBe('2 passed, 2 failed');
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('the runner says in one sentence which file it cannot read', async () => {
  const { code, stderr } = await runner('/nowhere/cases.jsonl');
  expect(code).toBe(2);
  expect(stderr).toContain('/nowhere/cases.jsonl');
});
