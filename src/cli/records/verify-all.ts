import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { FileEventLog } from '../../log/file/file-event-log.ts';
import { verify } from '../../match/proof/verify.ts';
import type { Verification } from '../../match/proof/verify.ts';
import { AppError } from '../../shared/errors.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import type { MatchId } from '../../shared/ids.ts';
import { present } from '../../shared/invariant.ts';

/** Receives the result of one match; null if its events were archived and pruned. */
export type Tell = (match: MatchId, result: Verification | null) => void;

/** The work of one thread: of the first `matches` of a log, every `of`th, starting at index `share`. */
export interface Share {
  readonly dataDir: string;
  readonly matches: number;
  readonly share: number;
  readonly of: number;
}

/** A message of a thread: the result of one match, or why the thread failed. */
export type VerifiedMatch =
  | { readonly match: MatchId; readonly result: Verification | null }
  | { readonly code: ErrorCode; readonly message: string; readonly details: AppError['details'] };

/** Starting a thread takes as long as verifying this many matches. */
const matchesPerThread = 100;
/** Each thread reads the whole log and keeps an index of it. */
const threadsMost = 8;

/**
 * Verifies every match of a log, in several threads if that is faster. Reports the results in the order of
 * the matches' creation.
 * @throws AppError the log's codes of reading
 */
export async function verifyAll(log: FileEventLog, dataDir: string, tell: Tell): Promise<void> {
  const streams = log.streams();
  const told = new InOrder(streams, tell);
  const of = Math.min(availableParallelism(), threadsMost, Math.ceil(streams.length / matchesPerThread));
  if (of > 1) await inThreads({ dataDir, matches: streams.length, of }, told);
  else await verifyWanted(log, () => true, told.take);
  await told.finish(async (match) => {
    const commits = await log.read(match);
    // A torn tail that a writer cut off was never stored.
    return commits.length === 0 ? undefined : verify(match, commits);
  });
}

async function inThreads(work: Omit<Share, 'share'>, told: InOrder): Promise<void> {
  const workers: Worker[] = [];
  const shareDone = (share: number) =>
    new Promise<void>((resolve, reject) => {
      const workerData: Share = { ...work, share };
      const worker = new Worker(new URL('./verify-worker.js', import.meta.url), { workerData });
      workers.push(worker);
      worker.on('message', (said: VerifiedMatch) => {
        if ('match' in said) told.take(said.match, said.result);
        else reject(new AppError(said.code, said.message, said.details));
      });
      worker.on('error', reject);
      worker.on('exit', (code) => {
        if (code === 0) resolve();
        else reject(new Error(`A thread ended with exit code ${code}.`));
      });
    });
  try {
    await Promise.all(Array.from({ length: work.of }, (_, share) => shareDone(share)));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/**
 * Verifies the wanted matches of a log. Reports them roughly in the order in which they end. `room` bounds
 * the bytes of the log that wait in memory.
 * @throws AppError the log's codes of reading
 */
export async function verifyWanted(
  log: FileEventLog,
  wanted: (match: MatchId) => boolean,
  tell: Tell,
  room?: number,
): Promise<void> {
  for await (const { stream, commits } of log.everyStream(wanted, room))
    tell(stream, commits === null ? null : verify(stream, commits));
}

/** Reports each match after all that precede it in the order. */
class InOrder {
  readonly #order: readonly MatchId[];
  readonly #tell: Tell;
  readonly #early = new Map<MatchId, Verification | null>();
  #next = 0;

  constructor(order: readonly MatchId[], tell: Tell) {
    this.#order = order;
    this.#tell = tell;
  }

  readonly take: Tell = (match, result) => {
    this.#early.set(match, result);
    for (;;) {
      const next = this.#order[this.#next];
      const known = next === undefined ? undefined : this.#early.get(next);
      if (next === undefined || known === undefined) return;
      this.#early.delete(next);
      this.#next += 1;
      this.#tell(next, known);
    }
  };

  /** Reports the matches without a result so far, through `find`. Skips those for which it finds nothing. */
  async finish(find: (match: MatchId) => Promise<Verification | undefined>): Promise<void> {
    for (; this.#next < this.#order.length; this.#next += 1) {
      const match = present(this.#order[this.#next], 'A match that is not told of');
      const known = this.#early.get(match);
      const result = known === undefined ? await find(match) : known;
      if (result !== undefined) this.#tell(match, result);
    }
  }
}
