import { constants } from 'node:fs';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Commit, EventLog, StoredCommit } from '../../../src/log/event-log.ts';
import { withChecksum } from '../../../src/log/disk/checksum.ts';
import { exportLog } from '../../../src/log/tools/export-log.ts';
import { FileEventLog } from '../../../src/log/file/file-event-log.ts';
import type { FileLogOptions } from '../../../src/log/file/file-event-log.ts';
import { nodeFiles } from '../../../src/log/disk/files.ts';
import type { Files, Space } from '../../../src/log/disk/files.ts';
import { indexPath, rowsPath } from '../../../src/log/disk/data-folder.ts';
import { importLog } from '../../../src/log/tools/import-log.ts';
import type { Imported } from '../../../src/log/tools/import-log.ts';
import type { Player, WireAction } from '../../../src/players/player.ts';
import type { Seats } from '../../../src/players/roster.ts';
import { MemoryEventLog } from '../../../src/log/memory-event-log.ts';
import { isAppError } from '../../../src/shared/errors.ts';
import type { MatchId } from '../../../src/shared/ids.ts';
import { appendBatches, contentOf, imageOf, itemAt, linesIn, manyCommits, plain } from '../commits.ts';
import type { FileLine, Image } from '../commits.ts';
import { inFolder } from '../temp-folder.ts';

/** Small segments, so that a few commits fill several. */
export const small: FileLogOptions = { ...plain, segmentBytes: 3000 };

/** A closed log of several segments. */
export interface SoundLog {
  readonly folder: string;
  readonly commits: readonly StoredCommit[];
  readonly image: Image;
  /** The names of its segments, in order. */
  readonly segments: readonly string[];
}

/** Runs with a closed log of several segments, whose indexes are all written. */
export function withSoundLog(
  use: (log: SoundLog) => Promise<void>,
  commits: readonly Commit[] = manyCommits(60, 11),
): () => Promise<void> {
  return inFolder(async (folder) => {
    const stored = await writeLog(folder, commits);
    const image = await imageOf(folder);
    const segments = [...image.keys()].filter((name) => name.endsWith('.ndjson'));
    await use({ folder, commits: stored, image, segments });
  });
}

/** Writes commits in batches of three into a log of a folder, and closes it. */
export async function writeLog(
  folder: string,
  commits: readonly Commit[],
  options: FileLogOptions = small,
): Promise<readonly StoredCommit[]> {
  const log = await FileEventLog.open(folder, 'write', options);
  await appendBatches(
    log,
    commits,
    commits.map(() => 3),
  );
  const stored = await contentOf(log);
  await log.close();
  return stored;
}

/** Everything that a log on disk holds. */
export async function storedIn(folder: string): Promise<readonly StoredCommit[]> {
  const log = await FileEventLog.open(folder, 'read', plain);
  const content = await contentOf(log);
  await log.close();
  return content;
}

/** Opens a log to write and closes it, as a program that is started and stopped. */
export async function restart(folder: string): Promise<void> {
  await (await FileEventLog.open(folder, 'write', small)).close();
}

export async function exportOf(folder: string, matches: readonly MatchId[] | 'all' = 'all'): Promise<string> {
  let text = '';
  for await (const line of exportLog(nodeFiles, folder, matches)) text += line;
  return text;
}

/** The bytes of every file under a folder, by path. */
export async function bytesUnder(folder: string): Promise<Image> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(files.map(async (path) => [path, await readFile(path)] as const)));
}

/** Fails where one of the texts stands in a file under the folder, and says which and where. */
export async function expectAbsent(folder: string, texts: Iterable<string>): Promise<void> {
  const files = await bytesUnder(folder);
  const found = [...texts].flatMap((text) =>
    [...files].filter(([, bytes]) => bytes.includes(inJson(text))).map(([path]) => `${text} in ${path}`),
  );
  expect(found).toEqual([]);
}

/** The texts that stand in some file under the folder. */
export async function presentIn(folder: string, texts: Iterable<string>): Promise<readonly string[]> {
  const files = [...(await bytesUnder(folder)).values()];
  return [...texts].filter((text) => files.some((bytes) => bytes.includes(inJson(text))));
}

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

/** Removes the index and the rows of a segment. */
export async function removeIndex(folder: string, number: number): Promise<void> {
  await rm(indexPath(folder, number), { force: true });
  await rm(rowsPath(folder, number), { force: true });
}

export async function flipByte(path: string, place: number, mask = 0x10): Promise<void> {
  const bytes = await readFile(path);
  bytes.writeUInt8(bytes.readUInt8(place) ^ mask, place);
  await writeFile(path, bytes);
}

/** Where the lines of every segment begin and end. */
export function placesIn(image: Image): ReadonlyMap<string, readonly (readonly [number, number])[]> {
  const segments = [...image].filter(([name]) => name.endsWith('.ndjson'));
  const placeOf = ({ offset, bytes }: FileLine) => [offset, bytes.length] as const;
  return new Map(segments.map(([name, bytes]) => [name, linesIn(bytes).map(placeOf)]));
}

/** A promise's error, for several looks at it. */
export async function refusalOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('It was not refused.');
}

export interface IndexJson {
  readonly segment: Record<string, unknown>;
  readonly streams: unknown[][];
}

/** What the index of a segment says. */
export function indexIn(image: Image, number: number): IndexJson {
  const text = image.get(`${String(number).padStart(8, '0')}.idx`)?.toString() ?? '{}';
  const index = JSON.parse(text) as IndexJson & { c?: string };
  delete index.c;
  return index;
}

/** Changes an index as a program with a fault would: under a checksum that fits. */
export async function rewriteIndex(path: string, change: (index: IndexJson) => void): Promise<void> {
  const index = JSON.parse(await readFile(path, 'utf8')) as IndexJson & { c?: string };
  delete index.c;
  change(index);
  await writeFile(path, withChecksum(JSON.stringify(index)));
}

/** Where a test puts what is to be taken in: in the data folder, so that it goes with it. */
export const exportPath = (folder: string): string => join(folder, 'export.ndjson');

/** Takes a file of this text into the log of a folder. */
export async function importInto(folder: string, text: string | Buffer): Promise<Imported> {
  const path = exportPath(folder);
  await mkdir(folder, { recursive: true });
  await writeFile(path, text);
  const log = await FileEventLog.open(folder, 'write', small);
  return importLog(nodeFiles, path, log).finally(() => log.close());
}

export const linesFrom = (text: string): readonly Buffer[] =>
  linesIn(Buffer.from(text)).map(({ bytes }) => bytes);

/** The rejections that nobody handles while the work is done; otherwise each of them would fail the whole run. */
export async function unhandledIn(work: () => Promise<void>): Promise<readonly unknown[]> {
  const event = 'unhandledRejection';
  const others = process.listeners(event);
  const found: unknown[] = [];
  process.removeAllListeners(event).on(event, (reason) => found.push(reason));
  try {
    await work();
    // Node tells of them once the promises of this turn have run their course.
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.removeAllListeners(event);
    for (const listener of others) process.on(event, listener);
  }
  return found;
}

/** Runs with the export of a log and a folder that holds nothing. */
export const withExport = (use: (text: string, empty: string, source: string) => Promise<void>) =>
  withSoundLog(async ({ folder }) => {
    const text = await exportOf(folder);
    await inFolder((empty) => use(text, empty, folder))();
  });

/** Imports until the log is closed under it, after `stop` lines. */
export async function importPart(folder: string, path: string, stop: number): Promise<void> {
  const log = await FileEventLog.open(folder, 'write', small);
  let lines = 0;
  const importing = importLog(nodeFiles, path, log, () => {
    lines += 1;
    if (lines === stop) void log.close();
  });
  expect(await refusalOf(importing)).toMatchObject({ code: 'log_closed' });
  await log.close();
}

const any = expect.any(Number) as unknown;
/** Ways in which an export of 60 commits is not whole, and the line that says so. */
export const exportFaults: readonly (readonly [
  string,
  (lines: readonly Buffer[]) => readonly Buffer[],
  unknown,
])[] = [
  ['without its first line', (lines) => lines.slice(1), 1],
  ['without its first commit', (lines) => lines.toSpliced(1, 1), any],
  ['without a commit', (lines) => lines.toSpliced(30, 1), any],
  ['without its last commit', (lines) => lines.toSpliced(-2, 1), 61],
  ['without its last line', (lines) => lines.slice(0, -1), 61],
  ['with half a last line', (lines) => lines.with(-1, itemAt(lines, -1).subarray(0, 40)), 62],
  ['without its last line feed', (lines) => lines.with(-1, itemAt(lines, -1).subarray(0, -1)), 62],
  ['with two lines swapped', (lines) => lines.with(20, itemAt(lines, 21)).with(21, itemAt(lines, 20)), any],
  ['with the last lines swapped', (lines) => [...lines.slice(0, -2), ...lines.slice(-2).reverse()], 61],
  ['with a line twice', (lines) => lines.toSpliced(20, 0, itemAt(lines, 20)), 22],
  ['with text behind its end', (lines) => [...lines, Buffer.from('x')], 63],
  ['with an empty line behind its end', (lines) => [...lines, Buffer.from('\n')], 63],
  ['with zeros behind its end', (lines) => [...lines, Buffer.alloc(10)], 63],
  ['with another export behind its end', (lines) => [...lines, ...lines], 63],
  ['with an empty line inside', (lines) => lines.toSpliced(20, 0, Buffer.from('\n')), 21],
  ['that is empty', () => [], 0],
  ['that is text', () => [Buffer.from('nothing of the kind\n')], 1],
  ['that is a picture', () => [Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0])], 1],
];

/** Every text that talking players have sent, each of them found nowhere else. */
export type Words = Set<string>;

/** Puts a word of its own in every text field of every action, and sends faulty actions in between. */
export function talking(
  seats: Seats,
  name: string,
  words: Words,
  flagTypes: 'known' | 'any' = 'known',
): Seats {
  const say = (what: string): string => {
    const word = `${name}-${what}-${words.size}-quokka`;
    words.add(word);
    return word;
  };
  const faulty = faultyActions(say, flagTypes);
  const around = <Role extends keyof Seats>(role: Role, rewrite: (action: WireAction) => WireAction) => {
    const seat: Player<Role> = seats[role];
    let turns = 0;
    const act: Player<Role>['act'] = async (seen) => {
      const faults = faulty[role];
      turns += 1;
      const fault = turns % 2 === 0 ? faults[turns / 2 - 1] : undefined;
      if (fault !== undefined) return fault();
      const action = await seat.act(seen);
      return action && rewrite(action);
    };
    return { act };
  };
  const saying = (action: WireAction, ...keys: readonly string[]) =>
    Object.fromEntries(
      keys.filter((key) => key in action).map((key) => [key, `${String(action[key])} ${say(key)}`]),
    );
  return {
    fraudster: around('fraudster', (action) => ({
      ...action,
      rationale: say('rationale'),
      ...saying(action, 'ad_copy', 'landing_page_blurb', 'targeting_summary', 'new_ad_copy'),
    })),
    investigator: around('investigator', (action) => ({ ...action, rationale: say('rationale') })),
    auditor: around('auditor', (action) =>
      action['action_type'] === 'submit_audit_report'
        ? { ...action, audit_report: { notes: say('notes'), [say('key')]: [{ [say('key')]: say('value') }] } }
        : { ...action, note: say('note') },
    ),
  };
}

function faultyActions(say: (what: string) => string, flagTypes: 'known' | 'any') {
  const flag = { action_type: 'flag_investigator', flag_type: 'bias' };
  const proposal = { action_type: 'propose_ad', category: 'ecommerce' };
  return {
    fraudster: [
      () => ({ action_type: say('type') }),
      () => ({ ...proposal, ad_copy: say('copy'), category: say('category') }),
      () => ({ ...proposal, ad_copy: say('copy'), [say('field')]: say('value') }),
      () => ({ action_type: 'modify_pending_ad', slot_index: 40, new_ad_copy: say('copy') }),
      () => say('text'),
    ],
    investigator: [
      () => ({ action_type: 'verdict', ad_id: say('ad'), verdict: 'reject', rationale: say('why') }),
      () => ({ action_type: 'investigate', ad_id: say('ad'), investigation_target: 'landing_page' }),
      () => ({
        action_type: 'link_accounts',
        ad_id: say('ad'),
        linked_ad_id: say('ad'),
        link_reason: say('why'),
      }),
      () => ({ action_type: 'verdict', ad_id: say('ad'), verdict: say('verdict') }),
    ],
    auditor: [
      ...(flagTypes === 'any' ? [() => ({ ...flag, flag_type: say('flag'), note: say('note') })] : []),
      () => ({ ...flag, target_ad_id: say('ad'), note: say('note') }),
      () => ({ ...flag, severity: say('number') }),
      () => ({
        action_type: 'submit_audit_report',
        audit_report: { investigator_audit_score: say('score') },
      }),
    ],
  } satisfies Record<keyof Seats, readonly (() => unknown)[]> as unknown as Readonly<
    Record<keyof Seats, readonly (() => WireAction)[]>
  >;
}

/** Every text and every key inside a value. */
export function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return Object.entries(value).flatMap(([key, item]) => [key, ...textsIn(item)]);
}

/** Runs on a memory log, and on a file log of small segments. */
export async function onBothLogs(check: (log: EventLog, name: string) => Promise<void>): Promise<void> {
  await check(new MemoryEventLog(), 'memory');
  await inFolder(async (folder) => {
    const log = await FileEventLog.open(folder, 'write', { segmentBytes: 20_000 });
    await check(log, 'file').finally(() => log.close());
  })();
}

export const codeOf = (reason: unknown): string => (isAppError(reason) ? reason.code : String(reason));

/** The disk, and the flags with which segments were opened to be written. */
export function recordingFlags(): { readonly files: Files; readonly flags: readonly number[] } {
  const flags: number[] = [];
  const open: Files['open'] = (path, mode) => {
    if (path.endsWith('.ndjson') && (mode & constants.O_APPEND) !== 0) flags.push(mode);
    return nodeFiles.open(path, mode);
  };
  return { files: { ...nodeFiles, open }, flags };
}

/** A disk of 100 GiB whose free space the test says, in GiB. */
export function diskOf(free: number): { readonly files: Files; readonly leave: (free: number) => void } {
  const gibibyte = 2 ** 30;
  let left = free;
  const space = (): Promise<Space> =>
    Promise.resolve({ free: left * gibibyte, total: 100 * gibibyte, type: 0xef53 });
  return { files: { ...nodeFiles, ...plain.files, space }, leave: (now) => void (left = now) };
}

/** Files whose first renaming to a name waits for a second one, as long as one may come. */
export function meetingAtRename(files: Files, name: string): Files {
  let waiting = 0;
  const rename: Files['rename'] = async (from, to) => {
    if (!to.endsWith(name)) return files.rename(from, to);
    waiting += 1;
    for (let turns = 0; waiting === 1 && turns < 300_000; turns += 1) await new Promise(setImmediate);
    return files.rename(from, to);
  };
  return { ...files, rename };
}

/** Files whose call number `at` fails, from 0; and how many calls there were. */
export function failing(at: number): { readonly files: Files; readonly calls: () => number } {
  let calls = 0;
  const step = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    calls += 1;
    if (calls - 1 === at) throw Object.assign(new Error('EIO'), { code: 'EIO' });
    return call();
  };
  const { files = nodeFiles } = plain;
  const broken: Partial<Files> = {
    open: (path, flags) => step(() => files.open(path, flags)),
    read: (fd, into, position) => step(() => files.read(fd, into, position)),
    write: (fd, bytes) => step(() => files.write(fd, bytes)),
    size: (fd) => step(() => files.size(fd)),
    sync: (fd) => step(() => files.sync(fd)),
    rename: (from, to) => step(() => files.rename(from, to)),
    remove: (path) => step(() => files.remove(path)),
    list: (folder) => step(() => files.list(folder)),
  };
  return { files: { ...files, ...broken }, calls: () => calls };
}
