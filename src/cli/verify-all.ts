import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { FileEventLog } from '../log/file-event-log.ts';
import { verify } from '../match/verify.ts';
import type { Verification } from '../match/verify.ts';
import { AppError } from '../shared/errors.ts';
import type { ErrorCode } from '../shared/errors.ts';
import type { MatchId } from '../shared/ids.ts';

/** Takes what verifying a match has given; null where its events were archived and pruned. */
export type Tell = (match: MatchId, result: Verification | null) => void;

/** What a thread is to do: every `of`th of the first `matches` of a log, from `share` on. */
export interface Share {
  readonly dataDir: string;
  readonly matches: number;
  readonly share: number;
  readonly of: number;
}

/** What a thread says: of one match, or why it cannot go on. */
export type Told =
  | { readonly match: MatchId; readonly result: Verification | null }
  | { readonly code: ErrorCode; readonly message: string; readonly details: AppError['details'] };

/** To begin takes a thread as long as to verify so many. */
const matchesPerThread = 100;

/**
 * Verifies every match of a log, on as many CPUs as the process may use, and tells of them in the order of their
 * creation. @throws AppError the log's codes of reading
 */
export async function verifyAll(log: FileEventLog, dataDir: string, tell: Tell): Promise<void> {
  const streams = log.streams();
  const told = inOrder(streams, tell);
  const of = Math.min(availableParallelism(), Math.ceil(streams.length / matchesPerThread));
  if (of <= 1) {
    await verifyWanted(log, () => true, told);
    return;
  }
  const workers: Worker[] = [];
  const shareDone = (share: number) =>
    new Promise<void>((resolve, reject) => {
      const workerData: Share = { dataDir, matches: streams.length, share, of };
      const worker = new Worker(new URL('./verify-worker.js', import.meta.url), { workerData });
      workers.push(worker);
      worker.on('message', (said: Told) => {
        if ('match' in said) told(said.match, said.result);
        else reject(new AppError(said.code, said.message, said.details));
      });
      worker.on('error', reject);
      worker.on('exit', () => resolve());
    });
  try {
    await Promise.all(Array.from({ length: of }, (_, share) => shareDone(share)));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** Verifies the wanted matches of a log in the order in which they end. @throws AppError the log's codes of reading */
export async function verifyWanted(
  log: FileEventLog,
  wanted: (match: MatchId) => boolean,
  tell: Tell,
): Promise<void> {
  for await (const { stream, commits } of log.everyStream(wanted))
    tell(stream, commits === null ? null : verify(stream, commits));
}

/** Tells of each once all before it in the order were told of. */
function inOrder(order: readonly MatchId[], tell: Tell): Tell {
  const early = new Map<MatchId, Verification | null>();
  const next = order.values();
  let awaited = next.next().value;
  return (match, result) => {
    early.set(match, result);
    for (; awaited !== undefined; awaited = next.next().value) {
      const known = early.get(awaited);
      if (known === undefined) break;
      early.delete(awaited);
      tell(awaited, known);
    }
  };
}
