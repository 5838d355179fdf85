import type { AppError } from '../../shared/errors.ts';
import type { DiskState } from '../disk/disk-space.ts';
import type { Durability } from '../durability.ts';
import type { Repair } from '../segments/open-segments.ts';

/** What an operator must know of an open log. */
export interface LogHealth {
  readonly durability: Durability;
  /** What a power cut may take of what was acknowledged. */
  readonly lossWindow: string;
  readonly state: 'good' | 'broken' | 'read_only' | 'closed';
  /** The last failure of the disk; null while there was none. */
  readonly lastFailure: string | null;
  /** Sealed segments that were found to have other bytes than were sealed. */
  readonly damage: readonly AppError[];
  /** What was cut off on opening. */
  readonly repair: Repair | null;
  readonly position: number;
  readonly streams: number;
  readonly segments: number;
  /** Of all segments. */
  readonly bytes: number;
  readonly waiting: { readonly commits: number; readonly bytes: number };
  readonly disk: { readonly state: DiskState; readonly free: number };
}
