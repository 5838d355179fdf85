import pino from 'pino';
import * as z from 'zod';
import { upcast } from '../../game/upcast.ts';
import type { StoredEvent } from '../../game/upcast.ts';
import { AppError } from '../../shared/errors.ts';
import { commandId, isId, matchId, streamVersion } from '../../shared/ids.ts';
import type { MatchId, StreamVersion } from '../../shared/ids.ts';
import { invariant } from '../../shared/invariant.ts';
import { hasChecksum, sealLine, tailLength } from '../disk/checksum.ts';
import type { StoredCommit } from '../event-log.ts';
import { chainHash, payloadDigest } from '../payload.ts';

/** The line format this version writes. Format 1 had no checksum; `arena log import` reads it. */
export const lineVersion = 2;

/** Longer lines are refused: one commit is one player's move, and every reader holds a line in memory. */
export const lineMax = 1 << 20;

const count = z.number().int().nonnegative();
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const id = z.string().refine(isId);

/** The fields of a line before a commit's events. */
const headShape = z.strictObject({
  v: z.literal(lineVersion),
  /** The commit's position in the log, from 1. */
  g: count.positive(),
  /** Match, version of its first event, number of events, command. */
  s: id,
  n: count.positive(),
  k: count.positive(),
  id,
  /** The writer's epoch: it increases each time the log is opened for writing. */
  ep: count.positive(),
  at: z.number(),
  /** The offset up to which the file was durable when the line was written. */
  b: count,
  /** Stored beside the events and erased with them; then empty. */
  salt: z.string(),
});
type Head = z.infer<typeof headShape>;

/** Control lines, which hold no commit. */
const controlShape = z.discriminatedUnion('t', [
  z.strictObject({
    v: z.literal(lineVersion),
    t: z.literal('seg'),
    ep: count.positive(),
    at: z.number(),
    b: count,
    /** The log's id, the segment's number, the position of its first commit, the digest of all earlier ones. */
    log: id,
    seg: count.positive(),
    g: count.positive(),
    heads: z.string(),
  }),
  /** Proves that everything before it was durable. */
  z.strictObject({
    v: z.literal(lineVersion),
    t: z.literal('mark'),
    ep: count.positive(),
    at: z.number(),
    b: count,
  }),
  z.strictObject({
    v: z.literal(lineVersion),
    t: z.literal('seal'),
    ep: count.positive(),
    at: z.number(),
    b: count,
    /** Commits and events of the segment, and the digests of its file up to here and of all commits so far. */
    commits: count,
    events: count,
    sha: digest,
    heads: digest,
  }),
  z.strictObject({
    v: z.literal(lineVersion),
    t: z.literal('erase'),
    ep: count.positive(),
    at: z.number(),
    b: count,
    /** Whose text was erased, by whom and why, and the former seals of the rewritten segments. */
    s: id,
    by: z.string(),
    reason: z.string(),
    seals: z.record(z.string(), digest),
  }),
]);
export type Control = z.infer<typeof controlShape>;
/** The fields of a control line that the caller gives; the printer adds the rest. */
export type ControlFields<T extends Control['t']> = Omit<Extract<Control, { t: T }>, 'v' | 't'>;

/** A commit's text and digests, before its position is known. */
export interface Sealed {
  readonly salt: string;
  readonly events: string;
  readonly ph: string;
  readonly h: string;
}

/** A commit's line. `sealed.events` is the text of its events, not parsed yet. */
export interface CommitLine {
  readonly kind: 'commit';
  readonly head: Head;
  readonly sealed: Sealed;
}

export type CheckedLine = CommitLine | { readonly kind: 'control'; readonly control: Control };

/**
 * Builds the lines of a log: a private pino instance writes the head, and {@link frame} adds salt, events, digests and
 * checksum. pino never sees the events: they are canonical text already, and it would change some values.
 */
export class LinePrinter {
  #made = '';
  readonly #pino = pino(
    { base: null, timestamp: false, level: 'info', formatters: { level: () => ({ v: lineVersion }) } },
    { write: (line: string) => (this.#made = line) },
  );

  /** A commit's line without its checksum. */
  commit(head: Omit<Head, 'v' | 'salt'>, { salt, events, ph, h }: Sealed): string {
    this.#pino.info(head);
    return `${this.#made.slice(0, -2)},"salt":"${salt}","d":${events},"ph":"${ph}","h":"${h}",`;
  }

  /** A control line without its checksum. */
  control<T extends Control['t']>(t: T, fields: ControlFields<T>): string {
    this.#pino.info({ t, ...fields });
    return `${this.#made.slice(0, -2)},`;
  }
}

/** Lines with their checksums in one buffer, and the length of each. `most` bytes must be enough for all. */
export function frame(
  lines: readonly string[],
  most = lines.reduce((sum, line) => sum + Buffer.byteLength(line) + tailLength, 0),
): { readonly bytes: Buffer; readonly lengths: readonly number[] } {
  const bytes = Buffer.allocUnsafe(most);
  let end = 0;
  const lengths = lines.map((line) => {
    const start = end;
    end = sealLine(bytes, start, start + bytes.write(line, start));
    return end - start;
  });
  return { bytes: bytes.subarray(0, end), lengths };
}

const eventsBegin = ',"d":';
const digestsBegin = ',"ph":"';
const hashBegins = '","h":"';
const digestLength = 64;
/** Length of everything after the events of a commit's line. */
const endLength = digestsBegin.length + hashBegins.length + 2 * digestLength + '",'.length + tailLength;

/**
 * Parses a line, line feed included, and checks everything that needs no other line.
 * @returns the reason when this version did not write the line.
 */
export function parseLine(line: Buffer): CheckedLine | string {
  if (!hasChecksum(line)) return 'its checksum does not fit its bytes';
  const text = line.toString();
  const start = text.indexOf(eventsBegin);
  if (start === -1) return parseControl(text);
  const head = headOf(text, start);
  if (typeof head === 'string') return head;
  const sealed = sealedOf(text, start, head.salt);
  if (sealed === null) return 'its digests are not where they were written';
  if (head.salt !== '' && payloadDigest(head.salt, sealed.events) !== sealed.ph)
    return 'its events do not fit their digest';
  return { kind: 'commit', head, sealed };
}

function headOf(text: string, end: number): Head | string {
  const head = parsed(headShape, `${text.slice(0, end)}}`);
  return head.ok ? head.value : head.fault;
}

function parseControl(text: string): CheckedLine | string {
  const control = parsed(controlShape, `${text.slice(0, -tailLength - 1)}}`);
  return control.ok ? { kind: 'control', control: control.value } : control.fault;
}

function parsed<T>(
  shape: z.ZodType<T>,
  text: string,
): { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { ok: false, fault: 'it is not JSON' };
  }
  refuseNewer((json as { v?: unknown } | null)?.v);
  const result = shape.safeParse(json);
  if (result.success) return { ok: true, value: result.data };
  const issue = result.error.issues[0];
  const fault = `its field "${issue?.path.join('/') ?? ''}" is not as written: ${issue?.message ?? 'unknown'}`;
  return { ok: false, fault };
}

/** Refuses a newer format. @throws AppError `log_newer` */
export function refuseNewer(version: unknown): void {
  // Formats are counted up from 1; any other value is damage.
  if (typeof version !== 'number' || !Number.isInteger(version) || version <= lineVersion) return;
  throw new AppError(
    'log_newer',
    `The log has lines of format ${version}; this program reads up to ${lineVersion}. Use a newer version.`,
    { version, known: lineVersion },
  );
}

function sealedOf(text: string, start: number, salt: string): Sealed | null {
  const end = text.length - endLength;
  const digests = text.slice(end, text.length - tailLength);
  const h = digests.length - 2 - digestLength;
  if (!digests.startsWith(digestsBegin) || digests.slice(h - hashBegins.length, h) !== hashBegins)
    return null;
  return {
    salt,
    events: text.slice(start + eventsBegin.length, end),
    ph: digests.slice(digestsBegin.length, digestsBegin.length + digestLength),
    h: digests.slice(h, h + digestLength),
  };
}

/** Whether the line's link continues its match's chain. */
export function fitsChain(previous: string, { head, sealed }: CommitLine): boolean {
  const { s, n, k, id: command, at } = head;
  return chainHash(previous, { s, n, k, id: command, at, ph: sealed.ph }) === sealed.h;
}

interface CommitJson extends Head {
  readonly d: readonly StoredEvent[];
  readonly h: string;
}

/** The commit of a good line: its checksum was checked, and its chain at opening or when it was written. */
export function readCommit(line: Buffer): StoredCommit {
  const json = JSON.parse(line.toString()) as CommitJson;
  refuseNewer(json.v);
  return {
    stream: matchId(json.s),
    expectedVersion: streamVersion(json.n - 1),
    commandId: commandId(json.id),
    at: json.at,
    events: json.d.map((event) => upcast(event)),
    version: streamVersion(json.n - 1 + json.k),
    position: json.g,
    hash: json.h,
    ...(json.salt === '' ? { erased: true } : {}),
  };
}

/** The beginning of every line. */
export const lineBegins = `{"v":${lineVersion},`;
const commitBegins = Buffer.from(`${lineBegins}"g":`);

/** Whether a good line holds a commit. The others are control lines. */
export function isCommitLine(line: Buffer): boolean {
  return line.compare(commitBegins, 0, commitBegins.length, 0, commitBegins.length) === 0;
}

/** Position, stream and version of a commit. */
export interface CommitPlace {
  readonly stream: MatchId;
  readonly position: number;
  /** The stream's version after the commit. */
  readonly version: StreamVersion;
}

const placeBegins = new RegExp(
  `^\\{"v":${lineVersion},"g":(\\d+),"s":"([A-Za-z0-9._-]{1,128})","n":(\\d+),"k":(\\d+),`,
);
/** Enough bytes for the longest such beginning. */
const placeMax = 256;

/** Position, stream and version of a good line's commit. Its events are not parsed. */
export function placeOf(line: Buffer): CommitPlace {
  const [, position, stream, first, count] = placeBegins.exec(line.toString('latin1', 0, placeMax)) ?? [];
  invariant(stream !== undefined, 'A commit line begins with its place.');
  const version = streamVersion(Number(first) - 1 + Number(count));
  return { stream: matchId(stream), position: Number(position), version };
}

/** The match that a line seems to belong to, for a damage report. */
export function matchNamedIn(line: Buffer): MatchId | null {
  const name = /"s":"([A-Za-z0-9._-]{1,128})"/.exec(line.toString('latin1', 0, 400))?.[1];
  return name === undefined ? null : matchId(name);
}
