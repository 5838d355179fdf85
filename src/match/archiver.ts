import * as z from 'zod';
import type { Documents } from '../log/documents.ts';
import type { EventLog, StoredCommit } from '../log/event-log.ts';
import { archiveOf } from '../projection/archive.ts';
import { AppError } from '../shared/errors.ts';
import type { MatchId } from '../shared/ids.ts';
import { present } from '../shared/invariant.ts';
import { verify } from './verify.ts';

const archiveFileVersion = 1;

export const archiveFileShape = z.object({
  v: z.literal(archiveFileVersion),
  match: z.string(),
  /** Of the match's last commit. */
  hash: z.string(),
  phase: z.string(),
  version: z.number(),
  archive: z.record(z.string(), z.unknown()),
});
export type ArchiveFile = Readonly<z.infer<typeof archiveFileShape>>;

/** What became of a match that was to be archived. */
export type Archived = 'archived' | 'there_already' | 'running';

/**
 * Writes a finished match's archive file: the archive snapshot with the hash of its last commit, after a replay has
 * proved it. The same stream gives the same bytes.
 * @throws AppError `replay_diverged` where the replay does not give what the log recorded; nothing is written then.
 */
export async function archiveMatch(log: EventLog, archives: Documents, match: MatchId): Promise<Archived> {
  const commits = await log.read(match);
  const last = present(commits.at(-1), `The stream of ${match}`);
  if (await isArchived(archives, match, last.hash)) return 'there_already';
  const file = archiveFileOf(match, commits);
  if (file === null) return 'running';
  await archives.write(match, file);
  return 'archived';
}

/** Whether a match's archive file is whole and holds its history up to `hash`. */
export async function isArchived(archives: Documents, match: MatchId, hash: string): Promise<boolean> {
  const parsed = archiveFileShape.safeParse(await archives.read(match));
  return parsed.success && parsed.data.match === match && parsed.data.hash === hash;
}

/** Null for a match that goes on. @throws AppError `replay_diverged` */
export function archiveFileOf(match: MatchId, commits: readonly StoredCommit[]): ArchiveFile | null {
  const proof = verify(match, commits);
  if (!proof.ok) throw new AppError('replay_diverged', proof.divergence.message, { match });
  const { phase, version } = proof;
  if (phase !== 'done' && phase !== 'aborted') return null;
  const { hash } = present(commits.at(-1), 'The last commit');
  const archive = { ...present(archiveOf(commits), 'The archive') };
  return { v: archiveFileVersion, match, hash, phase, version, archive };
}
