import type { Verification } from '../match/proof/verify.ts';
import type { ArchiveSnapshot } from '../history/archive.ts';
import type { MatchId } from '../shared/ids.ts';

/** A match that was played, read back from the log and verified. */
export interface Played {
  readonly matchId: MatchId;
  readonly seed: number;
  readonly archive: ArchiveSnapshot;
  readonly verification: Verification;
}

/** What is kept of a match in a run of many; whole archives would grow with the run. */
export interface Result {
  readonly grade: number;
  readonly rewards: ArchiveSnapshot['rewards'];
  readonly endReason: string;
  readonly verified: boolean;
  readonly played: Played | null;
}
