import fs from 'node:fs';
import { vi } from 'vitest';
import { nodeFiles } from '../../../src/log/disk/files.ts';

/** What may go wrong with the disk of a log in this process, every time it is written. */
export const troubles = ['full', 'fails before', 'fails halfway', 'fails afterwards'] as const;
export type Trouble = (typeof troubles)[number];

type Done = (error: Error | null, count: number, bytes: Buffer) => void;
type Given = [fd: number, bytes: Buffer, done: Done];
type Write = (...given: Given) => void;

const { write: real } = fs;
const realWrite: Write = (...given) => {
  Reflect.apply(real, fs, given);
};
const broken = (): Error => Object.assign(new Error('EIO: made by a test, write'), { code: 'EIO' });

/** Only segments of logs: whatever else this process writes is left alone. */
const isSegment = (fd: number): boolean => fs.readlinkSync(`/proc/self/fd/${fd}`).endsWith('.ndjson');

/** Writes as much of a batch as the trouble lets through, and fails. */
function failing(trouble: Trouble): Write {
  return (...given) => {
    const [fd, bytes, done] = given;
    if (!isSegment(fd)) {
      realWrite(...given);
      return;
    }
    const share = { full: 0, 'fails before': 0, 'fails halfway': 0.5, 'fails afterwards': 1 }[trouble];
    const part = bytes.subarray(0, Math.floor(bytes.length * share));
    const fail = () => done(broken(), 0, bytes);
    if (part.length === 0) setImmediate(fail);
    else realWrite(fd, part, fail);
  };
}

/** From here on the disk is in trouble, until {@link mend}. */
export function trouble(kind: Trouble): void {
  if (kind === 'full') {
    // The log looks once a second; here a second passes between any two questions.
    let now = performance.now();
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 1001));
    vi.spyOn(nodeFiles, 'space').mockResolvedValue({ free: 0, total: 1 << 30, type: 0xef53 });
  } else Object.assign(fs, { write: failing(kind) });
}

export function mend(): void {
  Object.assign(fs, { write: real });
  vi.restoreAllMocks();
}

/** From here on the disk takes its time: every write waits until what is returned is called. */
export function hang(): () => void {
  const held: Given[] = [];
  const write: Write = (...given) => {
    if (isSegment(given[0])) held.push(given);
    else realWrite(...given);
  };
  Object.assign(fs, { write });
  return () => {
    Object.assign(fs, { write: real });
    for (const given of held.splice(0)) realWrite(...given);
  };
}
