import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import * as z from 'zod';
import { upcast } from '../../game/upcast.ts';
import { canonicalJson } from '../../shared/canonical-json.ts';
import { AppError, describeError } from '../../shared/errors.ts';
import { commandId, isId, matchId, streamVersion } from '../../shared/ids.ts';
import type { MatchId, StreamVersion } from '../../shared/ids.ts';
import { checkedText } from '../disk/checksum.ts';
import { withFile } from '../disk/durable-file.ts';
import type { Commit, StoredCommit } from '../event-log.ts';
import { exportVersion } from './export-log.ts';
import type { FileEventLog } from '../file/file-event-log.ts';
import type { Files } from '../disk/files.ts';
import { readFirstFormat } from './first-format.ts';
import type { Incoming } from './first-format.ts';
import { refuseNewer } from '../line/line.ts';
import { readLines } from '../line/read-lines.ts';
import { chainHash, payloadDigest } from '../payload.ts';

export interface Imported {
  readonly matches: number;
  readonly commits: number;
  readonly events: number;
  /** Commits that the log already held. */
  readonly known: number;
}

/** How many commits are appended concurrently. */
const atOnce = 1000;

/**
 * Imports an export, or a whole log of the first format, into an open log. Checks the whole file before it stores the
 * first commit. Commits that the log already holds are compared and skipped, so an interrupted import can be repeated.
 * @throws AppError `import_invalid` with the line, `import_conflict` when the log holds another history of a match
 * (both before anything is stored), `log_newer`, and the log's own codes.
 */
export async function importLog(
  files: Files,
  path: string,
  log: FileEventLog,
  progress: (bytes: number) => void = () => undefined,
): Promise<Imported> {
  const held = new Held(log);
  for await (const incoming of readExport(files, path)) await held.compare(incoming);
  const underway: Promise<void>[] = [];
  const failures: unknown[] = [];
  let [commits, events, known] = [0, 0, 0];
  for await (const incoming of readExport(files, path, progress)) {
    commits += 1;
    events += incoming.commit.events.length;
    if (held.has(incoming)) known += 1;
    else underway.push(take(log, incoming).then(nothing, (error: unknown) => void failures.push(error)));
    if (underway.length >= atOnce) await Promise.all(underway.splice(0));
    if (failures.length > 0) break;
  }
  await Promise.all(underway);
  if (failures.length > 0) throw failures[0];
  return { matches: held.matches, commits, events, known };
}

const nothing = (): void => undefined;

function take(log: FileEventLog, { commit, kept }: Incoming): Promise<unknown> {
  return kept === null ? log.append(commit) : log.restore(commit, kept);
}

/** A stream's version, and a mark that identifies the commit at each version. */
interface Marks {
  readonly version: StreamVersion;
  readonly marks: ReadonlyMap<StreamVersion, string>;
}

/** What the log held of the file's matches before the import. */
class Held {
  readonly #log: FileEventLog;
  readonly #streams = new Map<MatchId, Marks>();

  constructor(log: FileEventLog) {
    this.#log = log;
  }

  get matches(): number {
    return this.#streams.size;
  }

  has({ commit }: Incoming): boolean {
    return this.#streams.get(commit.stream)?.marks.has(endOf(commit)) === true;
  }

  /**
   * Compares a commit with the log's. @throws AppError `import_conflict` unless the log holds the same commit or ends
   * before it.
   */
  async compare(incoming: Incoming): Promise<void> {
    const { stream, expectedVersion } = incoming.commit;
    // A log of the first format has another chain, so its commits are compared by content.
    const markOf = incoming.hash === null ? contentOf : (commit: StoredCommit) => commit.hash;
    let held = this.#streams.get(stream);
    if (held === undefined) {
      const stored = await this.#log.read(stream);
      const marks = new Map(stored.map((commit) => [commit.version, markOf(commit)]));
      held = { version: stored.at(-1)?.version ?? streamVersion(0), marks };
      this.#streams.set(stream, held);
    }
    const mark = held.marks.get(endOf(incoming.commit));
    const isSame = mark === (incoming.hash ?? contentOf(incoming.commit));
    if (!isSame && expectedVersion < held.version) throw conflict(stream, expectedVersion + 1);
  }
}

const endOf = ({ expectedVersion, events }: Commit): StreamVersion =>
  streamVersion(expectedVersion + events.length);

function contentOf({ commandId: id, at, events }: Commit): string {
  return `${id} ${at} ${canonicalJson(events)}`;
}

function conflict(match: MatchId, version: number): AppError {
  return new AppError(
    'import_conflict',
    `The log holds another history of match ${match} at version ${version}; nothing was stored.`,
    { match, version },
  );
}

const count = z.number().int().nonnegative();
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const commitShape = z.strictObject({
  v: z.literal(exportVersion),
  s: z.string().refine(isId),
  n: count.positive(),
  k: count.positive(),
  id: z.string().refine(isId),
  at: z.number(),
  salt: z.string().regex(/^([0-9a-f]{32})?$/),
  d: z.array(z.object({ type: z.string(), sv: count.optional(), data: z.json() })).min(1),
  ph: digest,
  h: digest,
  c: z.string(),
});
const edgeShape = z.discriminatedUnion('t', [
  z.strictObject({ v: z.literal(exportVersion), t: z.literal('export'), c: z.string() }),
  z.strictObject({
    v: z.literal(exportVersion),
    t: z.literal('end'),
    c: z.string(),
    commits: count,
    events: count,
    sha: digest,
  }),
]);

/** The commits of an export file, every line, digest and chain checked. @throws AppError `import_invalid` */
export async function* readExport(
  files: Files,
  path: string,
  progress: (bytes: number) => void = () => undefined,
): AsyncGenerator<Incoming> {
  const fd = await files.open(path, constants.O_RDONLY).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  try {
    const reader = new ExportReader(path);
    let isOld: boolean | null = null;
    for await (const { lines } of readLines(files, fd)) {
      isOld ??= lines[0]?.includes('"t":"export"') !== true;
      if (isOld) break;
      for (const line of lines) {
        const incoming = reader.take(line);
        if (incoming !== null) yield incoming;
        progress(line.length);
      }
    }
    if (isOld === true) yield* readFirstFormat(files, fd, path, progress);
    else reader.finish();
  } finally {
    await files.close(fd);
  }
}

class ExportReader {
  #line = 0;
  #commits = 0;
  #events = 0;
  #isEnded = false;
  readonly #streams = new Map<string, { version: number; hash: string }>();
  readonly #sha = createHash('sha256');
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  take(line: Buffer): Incoming | null {
    this.#line += 1;
    if (this.#isEnded) throw this.#invalid('something stands behind its last line');
    const text = checkedText(line);
    if (text === null) throw this.#invalid('its checksum does not fit its bytes');
    const json = this.#parsed(text);
    refuseNewer((json as { v?: unknown }).v);
    const edge = edgeShape.safeParse(json);
    if (edge.success) {
      if (edge.data.t === 'export') this.#sha.update(line);
      else this.#end(edge.data);
      return null;
    }
    const commit = commitShape.safeParse(json);
    if (!commit.success) throw this.#invalid(commit.error.issues[0]?.message ?? 'it is not as written');
    this.#sha.update(line);
    return this.#incoming(commit.data, text);
  }

  #parsed(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch {
      throw this.#invalid('it is not JSON');
    }
  }

  finish(): void {
    if (!this.#isEnded) throw this.#invalid('the file ends before its last line');
  }

  #incoming(line: z.infer<typeof commitShape>, text: string): Incoming {
    const { s, n, k, id, at, salt, ph, h } = line;
    const before = this.#streams.get(s) ?? { version: 0, hash: '' };
    if (n !== before.version + 1) throw this.#invalid(`version ${n} of match ${s} follows ${before.version}`);
    if (line.d.length !== k) throw this.#invalid(`it says ${k} events and holds ${line.d.length}`);
    const events = text.slice(text.indexOf(',"d":') + 5, text.lastIndexOf(',"ph":"'));
    if (salt !== '' && payloadDigest(salt, events) !== ph)
      throw this.#invalid('its events do not fit their digest');
    if (chainHash(before.hash, line) !== h)
      throw this.#invalid(`its chain does not continue that of match ${s}`);
    this.#streams.set(s, { version: n - 1 + k, hash: h });
    this.#commits += 1;
    this.#events += k;
    const commit = {
      stream: matchId(s),
      expectedVersion: streamVersion(n - 1),
      commandId: commandId(id),
      at,
      events: line.d.map((event) => upcast(event as Parameters<typeof upcast>[0])),
    };
    return { commit, kept: { salt, events, ph }, hash: h };
  }

  #end({ commits, events, sha }: { commits: number; events: number; sha: string }): void {
    this.#isEnded = true;
    if (commits !== this.#commits || events !== this.#events || sha !== this.#sha.digest('hex'))
      throw this.#invalid('its last line seals other lines');
  }

  #invalid(why: string): AppError {
    const details = { path: this.#path, line: this.#line };
    return new AppError(
      'import_invalid',
      `${this.#path} is not a whole export: line ${this.#line}: ${why}.`,
      details,
    );
  }
}

/** The size of a file, for a progress bar. @throws AppError `file_unreadable` */
export async function fileBytes(files: Files, path: string): Promise<number> {
  try {
    return await withFile(files, path, constants.O_RDONLY, (fd) => files.size(fd));
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): AppError {
  return new AppError(
    'file_unreadable',
    `${path} cannot be read: ${describeError(cause)}`,
    { path },
    { cause },
  );
}
