import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { drawsFor } from '../../src/game/random.ts';
import type { Draws } from '../../src/game/random.ts';
import type { Commit, EventLog, StoredCommit } from '../../src/log/event-log.ts';
import type { FileLogOptions } from '../../src/log/file/file-event-log.ts';
import { nodeFiles } from '../../src/log/disk/files.ts';
import { logFolder } from '../../src/log/disk/data-folder.ts';
import { frame } from '../../src/log/line/line.ts';
import { commitOf, noteOf } from '../../src/testing/event-log.contract.ts';

const texts = ['plain', 'naïve café', '\uFFFD replaced', '"quoted" \\ \u2028', '👩‍👩‍👧‍👦 €', '","h":"0"}'];

/** Commits of several matches as they may follow each other in one log; the same for the same seed. */
export function manyCommits(count: number, seed: number): readonly Commit[] {
  const draws = drawsFor(seed, 'commits');
  const versions = new Map<string, number>();
  return Array.from({ length: count }, () => {
    const stream = draws.pick(['m-1', 'm-2', 'm-3', 'm-4']);
    const version = versions.get(stream) ?? 0;
    const events = Array.from({ length: draws.between(1, 3) }, () => someEvent(draws));
    versions.set(stream, version + events.length);
    return commitOf(stream, version, { events, at: 1_700_000_000_000 + draws.below(1000) });
  });
}

function someEvent(draws: Draws) {
  return noteOf({
    text: draws.pick(texts),
    number: draws.below(1000),
    list: [draws.pick(texts), null, true],
  });
}

export async function appendAll(log: EventLog, commits: readonly Commit[]): Promise<void> {
  await Promise.all(commits.map((commit) => log.append(commit)));
}

/** Everything a log holds, in its own order. */
export async function contentOf(log: EventLog): Promise<readonly StoredCommit[]> {
  const streams = await Promise.all(log.streams().map((stream) => log.read(stream)));
  return streams.flat().sort((one, other) => one.position - other.position);
}

/** Appends in batches of these sizes, each once the one before is answered; what is left comes as the last. */
export async function appendBatches(
  log: EventLog,
  commits: readonly Commit[],
  sizes: readonly number[],
): Promise<void> {
  let next = 0;
  for (const size of [...sizes, Infinity]) {
    await appendAll(log, commits.slice(next, next + size));
    next += size;
  }
}

const done = (): Promise<void> => Promise.resolve();

/** Batches stay as the test makes them, without marks. To be fast, no process is asked for the lock, and few syncs. */
export const plain: FileLogOptions = {
  markAfterMs: null,
  files: { ...nodeFiles, sync: done, lock: () => Promise.resolve(done) },
};

/** The files of a log by name, but for its reserve of space: of an open one, what a crash at this moment leaves. */
export type Image = ReadonlyMap<string, Buffer>;

export async function imageOf(folder: string): Promise<Image> {
  const names = (await readdir(logFolder(folder))).filter((name) => name !== 'reserve').sort();
  return new Map(
    await Promise.all(
      names.map(async (name) => [name, await readFile(join(logFolder(folder), name))] as const),
    ),
  );
}

/** Makes these the files of a log, and removes all others. */
export async function writeImage(folder: string, image: Image): Promise<void> {
  await mkdir(logFolder(folder), { recursive: true });
  for (const name of await readdir(logFolder(folder)))
    if (name !== 'reserve' && !image.has(name)) await rm(join(logFolder(folder), name));
  for (const [name, bytes] of image) await writeFile(join(logFolder(folder), name), bytes);
}

/** The names whose bytes differ, or that only one of them has. */
export function differences(one: Image, other: Image): readonly string[] {
  const names = [...new Set([...one.keys(), ...other.keys()])];
  return names.filter((name) => !(one.get(name) ?? none).equals(other.get(name) ?? none));
}

const none = Buffer.from('no file');

/** The image with one file of other bytes. */
export function withBytes(image: Image, path: string, bytes: Buffer): Image {
  return new Map(image).set(basename(path), bytes);
}

export interface FileLine {
  /** From 1. */
  readonly number: number;
  /** Where its first byte stands in the file. */
  readonly offset: number;
  /** With its line feed. */
  readonly bytes: Buffer;
}

/** The lines of a segment. */
export function linesIn(content: Buffer): readonly FileLine[] {
  const lines: FileLine[] = [];
  for (let offset = 0; offset < content.length;) {
    const end = content.indexOf('\n', offset) + 1 || content.length;
    lines.push({ number: lines.length + 1, offset, bytes: content.subarray(offset, end) });
    offset = end;
  }
  return lines;
}

export const linesOf = async (path: string): Promise<readonly FileLine[]> => linesIn(await readFile(path));

/** The item at an index, from the end below 0. */
export function itemAt<T>(items: readonly T[], index: number): T {
  const item = items.at(index);
  if (item === undefined) throw new Error(`There is no item ${index}.`);
  return item;
}

/** Bytes of a line behind what its checksum covers. */
export const tailOfLine = 16;

/** A line with part of its text changed, under a checksum that fits. */
export function resealed(line: Buffer, from: string | RegExp, to: string): Buffer {
  const text = line.toString('utf8', 0, line.length - tailOfLine);
  const edited = text.replace(from, () => to);
  if (edited === text) throw new Error(`The line has no ${String(from)}.`);
  return frame([edited]).bytes;
}

/** What the JSON of a line says. */
export function fieldsOf(line: Buffer): Readonly<Record<string, unknown>> {
  return JSON.parse(line.toString()) as Readonly<Record<string, unknown>>;
}
