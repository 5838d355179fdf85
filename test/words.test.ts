import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** The words that the table of CONTRIBUTING.md has replaced, each with the word that is used now. */
function replacedWords(): readonly (readonly [old: string, word: string])[] {
  const text = readFileSync('CONTRIBUTING.md', 'utf8');
  const table = text.slice(text.indexOf('| word'), text.indexOf('The grading rules named'));
  return table.split('\n').flatMap((row) => {
    const [, word = '', , old = ''] = row.split('|').map((cell) => cell.trim());
    return [...old.matchAll(/`(\w+)`/g)].map(([, each = '']) => [each, word] as const);
  });
}

const folders = ['src', 'machines', 'web/src', 'test', 'bench', 'scripts', 'docs', 'README.md'];
const isOwn = (file: string): boolean => file === 'test/words.test.ts';

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...folders], {
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => /\.(ts|tsx|md)$/.test(file) && !isOwn(file));

/** Code without comments and strings: what is said, sent, stored or shown keeps its words. Of prose, what is marked as code. */
function codeOf(file: string, text: string): string {
  if (file.endsWith('.md')) return (text.match(/`[^`\n]+`/g) ?? []).join('\n');
  return text
    .replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
    .replace(/'(?:[^'\\\n]|\\.)*'/g, "''")
    .replace(/`(?:[^`\\$]|\\.)*`/g, '``');
}

describe('the words of the house', () => {
  const words = replacedWords();

  it('stand in a table', () => {
    expect(words.length).toBeGreaterThan(25);
    expect(files.length).toBeGreaterThan(500);
  });

  it('are the only ones for what they mean', () => {
    const texts = files.flatMap((file) => {
      try {
        return [{ file, text: codeOf(file, readFileSync(file, 'utf8')) }];
      } catch {
        // Deleted, and not committed yet.
        return [];
      }
    });
    const found = words.flatMap(([old, word]) =>
      texts
        .filter(({ text }) => new RegExp(`(?<![\\w./-])${old}(?![\\w-])`).test(text))
        .map(({ file }) => `${file}: ${old} is ${word} here`),
    );
    expect(found).toEqual([]);
  });
});
