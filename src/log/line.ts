import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { MatchEvent } from '../game/event.ts';
import { commandId, isId, matchId, streamVersion } from '../shared/ids.ts';
import type { Commit, StoredCommit } from './event-log.ts';
import { encodeEvents } from './payload.ts';

/** The only form of line this version writes; a reader refuses a newer one. */
const formatVersion = 1;

const id = z.string().refine(isId);
const lineShape = z.strictObject({
  v: z.number().int().positive(),
  g: z.number().int().positive(),
  s: id,
  n: z.number().int().positive(),
  k: z.number().int().positive(),
  id,
  at: z.number(),
  d: z.array(z.looseObject({ type: z.string(), data: z.looseObject({}) })).min(1),
  h: z.string(),
});

type Line = z.infer<typeof lineShape>;

export interface ParsedLine {
  readonly commit: StoredCommit;
  /** The stream's chain hash after this line. */
  readonly hash: string;
}

/**
 * One commit as one line of the file, with its line feed. Fields: format version, global position, stream, version
 * of the first event, number of events, command id, time, events, and the hash that chains the line to the stream's
 * previous one.
 */
export function formatLine(
  commit: Commit,
  position: number,
  previousHash: string,
): { line: string; hash: string } {
  const head = {
    v: formatVersion,
    g: position,
    s: commit.stream,
    n: commit.expectedVersion + 1,
    k: commit.events.length,
    id: commit.commandId,
    at: commit.at,
  };
  const unhashed = `${JSON.stringify(head).slice(0, -1)},"d":${encodeEvents(commit)}`;
  const hash = chain(previousHash, unhashed);
  return { line: `${unhashed},"h":"${hash}"}\n`, hash };
}

/**
 * Reads a line back and checks everything that can be checked without another line.
 * @returns the reason when it is not a line this version wrote.
 */
export function parseLine(text: string, previousHashOf: (stream: string) => string): ParsedLine | string {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return 'it is not JSON';
  }
  const version = (json as { v?: unknown } | null)?.v;
  if (typeof version === 'number' && version > formatVersion)
    return `its format ${version} is newer than ${formatVersion}, the newest this version reads`;
  const parsed = lineShape.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return `its field "${issue?.path.join('/') ?? ''}" is not as written: ${issue?.message ?? 'unknown'}`;
  }
  const { s, k, d, h } = parsed.data;
  if (d.length !== k) return `it says ${k} events and holds ${d.length}`;
  const end = `,"h":"${h}"}`;
  if (!text.endsWith(end) || chain(previousHashOf(s), text.slice(0, -end.length)) !== h)
    return 'its hash does not fit its bytes and the line before';
  return { hash: h, commit: toCommit(parsed.data) };
}

function toCommit({ g, s, n, k, id: command, at, d }: Line): StoredCommit {
  return {
    stream: matchId(s),
    expectedVersion: streamVersion(n - 1),
    commandId: commandId(command),
    at,
    // The chained hash proves that these are the bytes a commit was written with.
    events: d as unknown as readonly MatchEvent[],
    version: streamVersion(n - 1 + k),
    position: g,
  };
}

/** Reads a line that {@link parseLine} has accepted before, or that this process wrote. */
export function parseCheckedLine(text: string): StoredCommit {
  return toCommit(JSON.parse(text) as Line);
}

function chain(previousHash: string, unhashed: string): string {
  return createHash('sha256').update(previousHash).update('\n').update(unhashed).digest('hex');
}
