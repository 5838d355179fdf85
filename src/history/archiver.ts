import * as z from 'zod';
import type { Documents } from '../log/disk/documents.ts';
import type { EventLog, StoredCommit } from '../log/event-log.ts';
import { archiveOf } from './archive.ts';
import { AppError } from '../shared/errors.ts';
import type { MatchId } from '../shared/ids.ts';
import { present } from '../shared/invariant.ts';
import { digestInForm } from '../match/proof/digest.ts';
import { PartDigests } from '../match/proof/part-digests.ts';
import { diverged } from '../match/fold/fold.ts';
import type { MatchFold } from '../match/fold/fold.ts';
import { replay } from '../match/fold/replay.ts';
import type { AppendedCommit } from '../match/match-actor.ts';
import { verify } from '../match/proof/verify.ts';

const archiveFileVersion = 1;

export const archiveFileShape = z.object({
  v: z.literal(archiveFileVersion),
  match: z.string(),
  /** The hash of the match's last commit, hex. */
  hash: z.string(),
  phase: z.string(),
  version: z.number(),
  archive: z.record(z.string(), z.unknown()),
});
export type ArchiveFile = Readonly<z.infer<typeof archiveFileShape>>;

/** The result of archiving a match. */
export type Archived = 'archived' | 'there_already' | 'running';

/**
 * Writes a finished match's archive file: the archive snapshot with the hash of its last commit, after `make`
 * has verified the stream. Idempotent: the same stream gives the same bytes, and an existing file with the
 * same hash is kept.
 * @throws AppError `replay_diverged` when a replay contradicts the log; nothing is written then.
 */
export async function archiveMatch(
  archives: Documents,
  match: MatchId,
  commits: readonly StoredCommit[],
  make: typeof archiveFileOf = archiveFileOf,
): Promise<Archived> {
  const last = present(commits.at(-1), `The stream of ${match}`);
  if (await isArchived(archives, match, last.hash)) return 'there_already';
  const file = make(match, commits);
  if (file === null) return 'running';
  await archives.write(match, file);
  return 'archived';
}

/**
 * As {@link archiveMatch}, for a match that has just ended: its actor knows the stream, and only the last
 * commit is read again, for its hash. `digests` is the actor's digest cache.
 * @returns the file; null for a match that is not over.
 * @throws AppError `replay_diverged`, or the log's own codes.
 */
export async function archiveEnded(
  log: EventLog,
  archives: Documents,
  match: MatchId,
  stream: readonly AppendedCommit[],
  digests: PartDigests,
): Promise<ArchiveFile | null> {
  const known = present(stream.at(-1), `The stream of ${match}`);
  const [last] = await log.read(match, known.expectedVersion);
  const { hash } = present(last, `The last commit of ${match}`);
  // An archive contains only the last hash, so every commit may carry that one here.
  const commits = stream.map((commit): StoredCommit => ({ ...commit, hash }));
  const file = archiveFileByEnd(match, commits, digests);
  if (file !== null) await archives.write(match, file);
  return file;
}

/** Whether a match has an intact archive file of its history up to `hash`. */
export async function isArchived(archives: Documents, match: MatchId, hash: string): Promise<boolean> {
  const parsed = archiveFileShape.safeParse(await archives.read(match));
  return parsed.success && parsed.data.match === match && parsed.data.hash === hash;
}

/**
 * Verifies a stream completely and makes its archive file; null for a match that is not over.
 * @throws AppError `replay_diverged`
 */
export function archiveFileOf(match: MatchId, commits: readonly StoredCommit[]): ArchiveFile | null {
  const proof = verify(match, commits);
  if (!proof.ok) throw new AppError('replay_diverged', proof.divergence.message, { match });
  return fileOf(commits, replay(match, commits));
}

/**
 * As {@link archiveFileOf}, about twenty times faster: proves only that the stream folds to the state with
 * the last recorded digest. Deciding every command again would delay every other match of the process. A
 * stream without a final digest, or with erased commits, is verified completely.
 * @throws AppError `replay_diverged`
 */
export function archiveFileByEnd(
  match: MatchId,
  commits: readonly StoredCommit[],
  digests = new PartDigests(),
): ArchiveFile | null {
  const recorded = commits.at(-1)?.events.at(-1);
  const isWhole = commits.every(({ erased }) => erased !== true);
  if (recorded?.type !== 'state.digested' || !isWhole) return archiveFileOf(match, commits);
  const { form, phase, digest } = recorded.data;
  if (!isEnd(phase)) return null;
  const fold = replay(match, commits);
  if (digestInForm(form, fold.position, digests).digest === digest) return fileOf(commits, fold);
  throw diverged(match, fold.version, 'its events lead to another state than its last digest');
}

const isEnd = (phase: string): phase is 'done' | 'aborted' => phase === 'done' || phase === 'aborted';

function fileOf(commits: readonly StoredCommit[], fold: MatchFold): ArchiveFile | null {
  const { phase } = fold.position;
  if (!isEnd(phase)) return null;
  const { hash, version } = present(commits.at(-1), 'The last commit');
  return {
    v: archiveFileVersion,
    match: fold.matchId,
    hash,
    phase,
    version,
    archive: archiveOf(commits, fold),
  };
}
