import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';

/** What was recorded of one match or of one kind: streams of lines, each in its own order. */
export class Transcript {
  readonly #streams = new Map<string, string[]>();
  /** Parts of texts that differ from run to run, with what stands for them. */
  readonly #masks: (readonly [string, string])[] = [];

  mask(text: string, name: string): void {
    this.#masks.push([text, name]);
  }

  /** Adds a text to a stream, line by line. */
  add(stream: string, text: string): void {
    let masked = text;
    for (const [from, to] of this.#masks) masked = masked.replaceAll(from, to);
    const lines = this.#streams.get(stream) ?? [];
    lines.push(...masked.replace(/\n$/, '').split('\n'));
    this.#streams.set(stream, lines);
  }

  get text(): string {
    const streams = [...this.#streams].map(([name, lines]) => `## ${name}\n${lines.join('\n')}\n`);
    return streams.join('');
  }
}

const folder = fileURLToPath(new URL('recorded/', import.meta.url));

export const isRecording = process.env['CORPUS_RECORD'] === '1';

const pathOf = (name: string): string => `${folder}${name}.txt.br`;

export const recordedText = (name: string): string | null =>
  existsSync(pathOf(name)) ? brotliDecompressSync(readFileSync(pathOf(name))).toString() : null;

/** Writes a recording, unless it says what the old one said. */
export function record(name: string, text: string): void {
  if (recordedText(name) === text) return;
  mkdirSync(dirname(pathOf(name)), { recursive: true });
  // Its window spans a whole recording, in which the same ads are told of again and again.
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 9,
    [constants.BROTLI_PARAM_LGWIN]: 24,
    [constants.BROTLI_PARAM_SIZE_HINT]: Buffer.byteLength(text),
  };
  writeFileSync(pathOf(name), brotliCompressSync(text, { params }));
}

/** Removes the recordings of a folder that nothing plays any more. */
export function forgetOthers(under: string, names: readonly string[]): void {
  const known = new Set(names.map((name) => `${name}.txt.br`));
  const path = `${folder}${under}`;
  if (!existsSync(path)) return;
  for (const file of readdirSync(path))
    if (file.endsWith('.txt.br') && !known.has(file)) rmSync(`${path}/${file}`);
}

/** Records, or says where the text first differs from what was recorded; null where it does not. */
export function difference(name: string, text: string): string | null {
  if (isRecording) {
    record(name, text);
    return null;
  }
  const known = recordedText(name);
  if (known === null) return `${name} was never recorded.`;
  return known === text ? null : `${name}, ${firstDifference(known, text)}`;
}

function firstDifference(known: string, text: string): string {
  const [before, now] = [known.split('\n'), text.split('\n')];
  const last = Math.max(before.length, now.length);
  let [stream, line] = ['', 0];
  for (let index = 0; index < last; index += 1) {
    const [old, fresh] = [before[index] ?? '(nothing)', now[index] ?? '(nothing)'];
    if (old !== fresh) {
      const at = commonLength(old, fresh);
      const cut = (each: string) => each.slice(Math.max(0, at - 80), at + 160);
      return `${stream}, line ${line + 1}, column ${at + 1}:\n  recorded: ${cut(old)}\n  now:      ${cut(fresh)}`;
    }
    line += 1;
    if (old.startsWith('## ')) [stream, line] = [old.slice(3), 0];
  }
  return 'no line differs';
}

function commonLength(one: string, two: string): number {
  let at = 0;
  while (at < one.length && one[at] === two[at]) at += 1;
  return at;
}
