import type { AppError } from '../../shared/errors.ts';
import type { DiskState } from '../disk/disk-space.ts';
import type { Durability } from '../durability.ts';
import type { Repair } from '../segments/open-segments.ts';

/** What an operator must know of an open log. */
export interface LogHealth {
  readonly durability: Durability;
  /** Which acknowledged commits a power cut may lose. */
  readonly lossWindow: string;
  readonly state: 'good' | 'broken' | 'read_only' | 'closed';
  /** The last disk failure; null if there was none. */
  readonly lastFailure: string | null;
  /** Sealed segments whose bytes no longer match their seals. */
  readonly damage: readonly AppError[];
  /** What opening the log cut off; null if nothing. */
  readonly repair: Repair | null;
  readonly position: number;
  readonly streams: number;
  readonly segments: number;
  /** Bytes of all segments. */
  readonly bytes: number;
  readonly waiting: { readonly commits: number; readonly bytes: number };
  readonly disk: { readonly state: DiskState; readonly free: number };
}
