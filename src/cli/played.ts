import type { Verification } from '../match/proof/verify.ts';
import type { ArchiveSnapshot } from '../history/archive.ts';
import type { MatchId } from '../shared/ids.ts';

/** A played match, read back from the log and verified. */
export interface Played {
  readonly matchId: MatchId;
  readonly seed: number;
  readonly archive: ArchiveSnapshot;
  readonly verification: Verification;
}

/** What a run of many matches keeps of each. Whole archives would grow with the run. */
export interface Result {
  readonly grade: number;
  readonly rewards: ArchiveSnapshot['rewards'];
  readonly endReason: string;
  readonly verified: boolean;
  readonly played: Played | null;
}
