import { readFile, writeFile } from 'node:fs/promises';

/**
 * Replaces the content between `<!-- name:start -->` and `<!-- name:end -->` in a Markdown file.
 * @throws Error if the file has no such section
 */
export async function replaceSection(file: string, name: string, content: string): Promise<void> {
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`];
  const text = await readFile(file, 'utf8');
  const [before, rest] = text.split(start);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`${file} has no section ${name}.`);
  await writeFile(file, `${before}${start}\n\n${content}\n\n${end}${after}`);
}
