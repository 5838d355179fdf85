import { drawsFor } from '../../../src/game/random.ts';
import type { Commit } from '../../../src/log/event-log.ts';
import { commitOf, noteOf } from '../../../src/testing/event-log.contract.ts';

/** The most text of one event in a tour and in a burst, whose segments are tiny. */
export const tourText = 40;

/** What a child prints once a commit is acknowledged. */
export interface Ack {
  readonly stream: string;
  /** The version before the commit. */
  readonly before: number;
  readonly version: number;
  readonly position: number;
}

/** The commit that goes on after a version of a stream: the same in every process. */
export function loadCommit(stream: string, version: number, mostText = 900): Commit {
  const draws = drawsFor(version, 'load', stream);
  const events = Array.from({ length: draws.between(1, 2) }, () => {
    const text = `secret of ${stream} at ${version} `;
    return noteOf(text + 'é'.repeat(draws.between(0, mostText)));
  });
  return commitOf(stream, version, { events });
}

export const ackLine = ({ stream, before, version, position }: Ack): string =>
  `ack ${stream} ${before} ${version} ${position}`;

/** The acknowledgement a child printed; null for its other lines. */
export function ackIn(line: string): Ack | null {
  const [word, stream, ...numbers] = line.split(' ');
  const [before, version, position] = numbers.map(Number);
  if (word !== 'ack' || stream === undefined || before === undefined) return null;
  if (version === undefined || position === undefined) return null;
  return { stream, before, version, position };
}
