import { readFile } from 'node:fs/promises';
import { drawsFor } from '../../src/game/random.ts';
import type { Draws } from '../../src/game/random.ts';
import type { Commit, EventLog, StoredCommit } from '../../src/log/event-log.ts';
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

export interface FileLine {
  /** From 1. */
  readonly number: number;
  /** Where its first byte stands in the file. */
  readonly offset: number;
  /** With its line feed. */
  readonly bytes: Buffer;
}

/** The lines of a log file. */
export async function linesOf(path: string): Promise<readonly FileLine[]> {
  const content = await readFile(path);
  const lines: FileLine[] = [];
  for (let offset = 0; offset < content.length;) {
    const end = content.indexOf('\n', offset) + 1 || content.length;
    lines.push({ number: lines.length + 1, offset, bytes: content.subarray(offset, end) });
    offset = end;
  }
  return lines;
}
