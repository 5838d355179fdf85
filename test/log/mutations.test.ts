import { readFile } from 'node:fs/promises';
import { sizeFrom } from '../support/sizes.ts';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { drawsFor } from '../../src/game/random.ts';
import type { StoredCommit } from '../../src/log/event-log.ts';
import { FileEventLog } from '../../src/log/file/file-event-log.ts';
import { segmentPath } from '../../src/log/disk/data-folder.ts';
import { isCommitLine } from '../../src/log/line/line.ts';
import { describeError, isAppError } from '../../src/shared/errors.ts';
import {
  appendAll,
  appendBatches,
  contentOf,
  imageOf,
  itemAt,
  linesIn,
  manyCommits,
  plain,
} from './commits.ts';
import { baseOf, mutations, outcomeOf, readOnly } from './mutants.ts';
import type { Base, Outcome } from './mutants.ts';
import { inFolder } from './temp-folder.ts';

const count = sizeFrom('TEST_MUTATIONS', { small: 800, all: 20_000 });
const seed = Number(process.env['TEST_SEED'] ?? 1);

/** How the writer of a log left it. */
const endings = ['crashed', 'closed', 'closed and written on', 'with marks'] as const;
const options = { ...plain, segmentBytes: 2400 };

async function write(ending: (typeof endings)[number], round: number): Promise<Base> {
  const bases: Base[] = [];
  await inFolder(async (folder) => {
    const draws = drawsFor(seed, 'base', ending, round);
    const commits = manyCommits(draws.between(14, 20), draws.below(1000));
    const sizes = commits.map(() => draws.between(1, 4));
    let log = await FileEventLog.open(folder, 'write', {
      ...options,
      ...(ending === 'with marks' ? { markAfterMs: 0 } : {}),
    });
    if (ending === 'closed and written on') {
      // Closed in the middle of its second segment.
      const early = commits.findIndex((_, at) => at >= commits.length / 2);
      await appendBatches(log, commits.slice(0, early), sizes);
      await log.close();
      log = await FileEventLog.open(folder, 'write', options);
      await appendBatches(log, commits.slice(early), sizes);
    } else if (ending === 'with marks') {
      // A mark after every batch, the empty one too: the same log for the same seed.
      for (let next = 0, at = 0; next <= commits.length; next += sizes[at++] ?? 1) {
        await vi.waitFor(() => expectMark(folder, log.health.segments), { interval: 1 });
        await appendAll(log, commits.slice(next, next + (sizes[at] ?? 1)));
      }
    } else await appendBatches(log, commits, sizes);
    const stored = await contentOf(log);
    if (ending === 'closed') await log.close();
    bases.push(baseOf(`${ending} ${round}`, await imageOf(folder), stored));
    await log.close();
  })();
  return itemAt(bases, 0);
}

async function expectMark(folder: string, segment: number): Promise<void> {
  expect((await readFile(segmentPath(folder, segment), 'latin1')).split('\n').at(-2)).toContain('"t":"mark"');
}

interface Mutant {
  readonly what: string;
  readonly kind: string;
  readonly base: Base;
  readonly segment: string;
  readonly mutated: Buffer;
  readonly outcome: Outcome;
}

/** The mutated log of a number; the same for the same seed. */
function mutantOf(bases: readonly Base[], number: number): Mutant {
  const draws = drawsFor(seed, 'mutation', number);
  for (;;) {
    const base = draws.pick(bases);
    const index = draws.chance(600) ? base.segments.length - 1 : draws.below(base.segments.length);
    const [kind, mutate] = draws.pick(Object.entries(mutations));
    const segment = itemAt(base.segments, index);
    const mutated = mutate(draws, segment, base);
    const outcome = outcomeOf(base, index, mutated);
    const what = `seed ${seed}, mutation ${number}: ${kind} in ${segment.name}, ${base.name}`;
    if (outcome !== null) return { what, kind, base, segment: segment.name, mutated, outcome };
  }
}

interface Result {
  /** What was read before the end, or before it was refused. */
  readonly commits: readonly string[];
  readonly error: unknown;
  readonly opened: boolean;
}

/** Opens the mutated log, with the indexes of its sealed segments or without any, and reads all it gives. */
async function readAll({ base, segment, mutated }: Mutant, withIndexes: boolean): Promise<Result> {
  const files = [...base.image].filter(([name]) => withIndexes || name.endsWith('.ndjson'));
  const image = new Map(files).set(segment, mutated);
  const commits: string[] = [];
  let log: FileEventLog;
  try {
    log = await FileEventLog.open('/data', 'read', { files: readOnly(image) });
  } catch (error) {
    return { commits, error, opened: false };
  }
  const error = await new Promise((resolve) => {
    log.subscribe(0).subscribe({
      next: (commit) => commits.push(JSON.stringify(commit)),
      error: resolve,
      complete: () => resolve(null),
    });
    void log.close();
  });
  return { commits, error, opened: true };
}

const texts = new WeakMap<Base, readonly string[]>();

function textsOf(base: Base): readonly string[] {
  const known = texts.get(base) ?? base.commits.map((commit: StoredCommit) => JSON.stringify(commit));
  texts.set(base, known);
  return known;
}

function isSameCommits({ base, segment, mutated }: Mutant): boolean {
  const commitsIn = (bytes: Buffer) => linesIn(bytes).filter((line) => isCommitLine(line.bytes));
  const [now, then] = [mutated, base.image.get(segment) ?? mutated].map(commitsIn);
  const same = now?.every(({ bytes }, at) => then?.[at]?.bytes.equals(bytes) === true);
  return same === true && now?.length === then?.length && isSealedStill(base, segment, mutated);
}

function isSealedStill({ image }: Base, segment: string, mutated: Buffer): boolean {
  return image.has(segment.replace('.ndjson', '.idx')) && mutated.length === image.get(segment)?.length;
}

/** @returns what is wrong about it; null when all is well. */
function whyWrong(mutant: Mutant, { commits, error, opened }: Result): string | null {
  const { base, outcome } = mutant;
  const written = textsOf(base);
  const wrong = commits.findIndex((commit, at) => commit !== written[at]);
  if (wrong !== -1) return `commit ${wrong + 1} is not what was written`;
  if (outcome.kind === 'read') {
    if (error !== null) return `it is refused: ${describeError(error)}`;
    return commits.length === outcome.commits ? null : `${commits.length} commits, not ${outcome.commits}`;
  }
  // Behind an index nobody looks where the lines stand that hold no commit.
  if (opened && error === null && commits.length === written.length && isSameCommits(mutant)) return null;
  if (!isAppError(error, 'log_damaged'))
    return `${commits.length} commits are read, and then ${describeError(error)}`;
  const { path, offset } = error.details;
  const expected = `/data/log/${outcome.segment}`;
  if (path !== expected) return `${JSON.stringify(path)} is named, not ${expected}`;
  // Behind an index the place of a line that stands where another was is known by its number only.
  const isPlaced = !opened || 'offset' in error.details;
  return isPlaced && offset !== outcome.offset
    ? `offset ${JSON.stringify(offset)}, not ${outcome.offset}`
    : null;
}

describe('a mutated log', () => {
  let bases: readonly Base[] = [];
  beforeAll(async () => {
    const made: Base[] = [];
    for (const ending of endings) for (const round of [1, 2, 3]) made.push(await write(ending, round));
    bases = made;
  });

  it('is good before it is mutated', async () => {
    for (const base of bases) {
      const { name, bytes } = itemAt(base.segments, -1);
      const outcome = { kind: 'read', commits: base.commits.length } as const;
      const same = { what: base.name, kind: '', base, segment: name, mutated: bytes, outcome };
      for (const withIndexes of [false, true])
        expect(whyWrong(same, await readAll(same, withIndexes)), base.name).toBeNull();
      expect(base.segments.length, base.name).toBeGreaterThan(2);
    }
  });

  it(`gives what was written before the last batch, or is refused, ${count} times`, async () => {
    const seen = new Map<string, number>();
    const more = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
    for (let number = 1; number <= count; number += 1) {
      const mutant = mutantOf(bases, number);
      if (mutant.outcome.kind === 'merged') continue;
      const withIndexes = number % 2 === 0;
      const fault = whyWrong(mutant, await readAll(mutant, withIndexes));
      if (fault !== null) expect.fail(`${mutant.what}${withIndexes ? ', with indexes' : ''}: ${fault}`);
      more(mutant.kind);
      more(mutant.outcome.kind);
    }
    if (count < 2000) return;
    for (const kind of [...Object.keys(mutations), 'read', 'refused'])
      expect(seen.get(kind) ?? 0, kind).toBeGreaterThan(count / 100);
  }, 300_000);

  // The line that proves the damage is taken for the end of the bad line before it, and proves nothing.
  it('is refused where the proof has lost the line feed before it', async () => {
    for (let number = 1; number <= count; number += 1) {
      const mutant = mutantOf(bases, number);
      if (mutant.outcome.kind !== 'merged') continue;
      const fault = whyWrong(mutant, await readAll(mutant, false));
      if (fault !== null) expect.fail(`${mutant.what}: ${fault}`);
    }
  });
});

describe('a log in memory', () => {
  it('is the one on disk', async () => {
    await inFolder(async (folder) => {
      const log = await FileEventLog.open(folder, 'write', options);
      await appendAll(log, manyCommits(20, 3));
      const files = readOnly(await imageOf(folder));
      const reader = await FileEventLog.open('/data', 'read', { files });
      expect(await contentOf(reader)).toEqual(await contentOf(log));
      await log.close();
    })();
  });
});
