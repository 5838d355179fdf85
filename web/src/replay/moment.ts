export type Role = 'fraudster' | 'investigator' | 'auditor';
export const roles: readonly Role[] = ['fraudster', 'investigator', 'auditor'];
/** As whom a match is seen. */
export type Viewer = 'spectator' | Role;

export type Fields = Readonly<Record<string, unknown>>;

/** What a moment is, for its looks and for jumps. */
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

/** One thing that happened, from whichever source: the pages know nothing else of a match. */
export interface Moment {
  /** The version of the record, or the number of the viewer's frame. */
  readonly seq: number;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly role: Role | 'host';
  readonly kind: Kind;
  /** In the words of the spectator's frames. */
  readonly event: string;
  /** After it. */
  readonly phase: string;
  readonly round: number;
  /** Transitions of the chart that it took; where the source cannot tell one from another, all that it may be. */
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

// --- reading fields that another version of the server may not send ---

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
  return roles.find((role) => role === value) ?? null;
}
