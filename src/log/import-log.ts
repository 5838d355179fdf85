import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import * as z from 'zod';
import { upcast } from '../game/upcast.ts';
import { AppError } from '../shared/errors.ts';
import { commandId, isId, matchId, streamVersion } from '../shared/ids.ts';
import type { MatchId, StreamVersion } from '../shared/ids.ts';
import { checkedText } from './checksum.ts';
import { withFile } from './durable-file.ts';
import type { Commit } from './event-log.ts';
import { exportVersion } from './export-log.ts';
import type { FileEventLog } from './file-event-log.ts';
import type { Files } from './files.ts';
import { readFirstFormat } from './first-format.ts';
import type { Incoming } from './first-format.ts';
import { refuseNewer } from './line.ts';
import { readLines } from './lines.ts';
import { chainHash, payloadDigest } from './payload.ts';
import type { Kept } from './writer.ts';

export interface Imported {
  readonly matches: number;
  readonly commits: number;
  readonly events: number;
  /** Commits the log held already. */
  readonly known: number;
}

/** Commits on their way to the disk at once. */
const atOnce = 1000;

/**
 * Takes an export, or a whole log of the first format, into an open log. The whole file is checked before the first
 * commit is stored; what the log holds already is compared and left as it is, so that an import that was interrupted
 * may be repeated.
 * @throws AppError `import_invalid` with the line, `import_conflict` where the log holds another history of a match,
 * `log_newer`, and the log's own codes.
 */
export async function importLog(
  files: Files,
  path: string,
  log: FileEventLog,
  progress: (bytes: number) => void = () => undefined,
): Promise<Imported> {
  const matches = new Set<MatchId>();
  let [commits, events, known] = [0, 0, 0];
  for await (const { commit } of readExport(files, path)) matches.add(commit.stream);
  const held = new Map<MatchId, ReadonlyMap<StreamVersion, string>>();
  for (const match of matches) {
    const stored = await log.read(match);
    held.set(match, new Map(stored.map(({ version, hash }) => [version, hash])));
  }
  let underway: Promise<unknown>[] = [];
  for await (const { commit, kept, hash } of readExport(files, path, progress)) {
    const version = streamVersion(commit.expectedVersion + commit.events.length);
    const there = held.get(commit.stream)?.get(version);
    if (there !== undefined && hash !== null && there !== hash) throw conflict(commit.stream, version);
    if (there === undefined) underway.push(take(log, commit, kept));
    else known += 1;
    commits += 1;
    events += commit.events.length;
    if (underway.length >= atOnce) await Promise.all(underway.splice(0));
  }
  await Promise.all(underway);
  underway = [];
  return { matches: matches.size, commits, events, known };
}

async function take(log: FileEventLog, commit: Commit, kept: Kept | null): Promise<void> {
  try {
    await (kept === null ? log.append(commit) : log.restore(commit, kept));
  } catch (error) {
    if ((error as AppError).code === 'log_version_conflict')
      throw conflict(commit.stream, commit.expectedVersion);
    throw error;
  }
}

function conflict(match: MatchId, version: number): AppError {
  return new AppError(
    'import_conflict',
    `The log holds another history of match ${match} at version ${version}.`,
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
    ...{ v: z.literal(exportVersion), t: z.literal('end'), c: z.string() },
    ...{ commits: count, events: count, sha: digest },
  }),
]);

/** The commits of an export file, every line, digest and chain checked. @throws AppError `import_invalid` */
export async function* readExport(
  files: Files,
  path: string,
  progress: (bytes: number) => void = () => undefined,
): AsyncGenerator<Incoming> {
  const fd = await files.open(path, constants.O_RDONLY).catch((cause: unknown) => {
    throw new AppError('file_unreadable', `${path} cannot be read.`, { path }, { cause });
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
    const json: unknown = JSON.parse(text);
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
      ...{ stream: matchId(s), expectedVersion: streamVersion(n - 1), commandId: commandId(id), at },
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

/** The size of a file, for a progress bar; 0 where it cannot be read. */
export async function fileBytes(files: Files, path: string): Promise<number> {
  return withFile(files, path, constants.O_RDONLY, (fd) => files.size(fd)).catch(() => 0);
}
