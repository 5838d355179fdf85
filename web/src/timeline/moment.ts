import { isRole } from '../../../src/game/command.ts';
import type { Role, Viewer } from '../../../src/game/command.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** The kind of a moment, which decides how it looks and which jumps find it. */
export type Kind =
  | 'opening'
  | 'ad'
  | 'finding'
  | 'verdict'
  | 'link'
  | 'penalty'
  | 'refusal'
  | 'turn'
  | 'close'
  | 'flag'
  | 'report'
  | 'end'
  | 'seat'
  | 'other';

/** One event of a match. The pages read both live frames and finished records in this form. */
export interface TimelineMoment {
  /** The version of the record, or the number of the viewer's frame. */
  readonly seq: number;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly role: Role | 'host';
  readonly kind: Kind;
  /** The event's name in the spectator's frames. */
  readonly event: string;
  /** The phase after it. */
  readonly phase: string;
  readonly round: number;
  /** The transitions that it took. If the source cannot tell which one, every candidate. */
  readonly edges: readonly string[];
  readonly isExact: boolean;
  readonly data: Fields;
  readonly action: Fields | null;
  readonly reward: number | null;
  readonly isMistake: boolean;
}

const kinds: Readonly<Record<string, Kind>> = {
  'match.created': 'opening',
  'ad.joined': 'ad',
  'ad.changed': 'ad',
  'finding.revealed': 'finding',
  'verdict.given': 'verdict',
  'verdict.refused': 'penalty',
  'accounts.linked': 'link',
  'action.penalised': 'penalty',
  'action.refused': 'refusal',
  'turn.ended': 'turn',
  'proposals.committed': 'turn',
  turn: 'turn',
  'review.closed': 'close',
  'flag.raised': 'flag',
  'audit.submitted': 'report',
  'match.graded': 'end',
  'match.aborted': 'end',
  match_over: 'end',
  presence: 'seat',
  'seat.claimed': 'seat',
  'seat.dropped': 'seat',
  'seat.resumed': 'seat',
  'seat.released': 'seat',
};

export const kindOf = (event: string): Kind => kinds[event] ?? 'other';

export function isMistake(kind: Kind, data: Fields): boolean {
  return kind === 'penalty' || kind === 'refusal' || data['correct'] === false || data['missed'] === true;
}

// --- fields that another version of the server may leave out ---

export function textOf(data: Fields, name: string): string {
  const value = data[name];
  return typeof value === 'string' ? value : '';
}

export function numberOf(data: Fields, name: string): number | null {
  const value = data[name];
  return typeof value === 'number' ? value : null;
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

export const viewerOf = (value: unknown): Viewer | null => (value === 'spectator' ? value : roleOf(value));

export function roleOf(value: unknown): Role | null {
  return typeof value === 'string' && isRole(value) ? value : null;
}
