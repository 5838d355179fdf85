import type { PushedFrame } from '../../../src/client/index.ts';
import type { Role } from '../../../src/game/command.ts';
import { adOf, booleanOf, statusOf, versionOf } from './ad.ts';
import type { BoardAd, BoardLink } from './ad.ts';
import { fieldsOf, numberOf, roleOf, textOf } from './moment.ts';
import type { Fields, TimelineMoment } from './moment.ts';
import { reviewed } from './review.ts';

export interface BoardFlag {
  readonly seq: number;
  readonly track: string;
  readonly adId: string;
  readonly type: string;
  readonly severity: number | null;
  readonly note: string;
}

/** The states of a seat that the frames name, and `free` before anybody takes it. */
export type Presence = Extract<PushedFrame, { type: 'presence' }>['data']['status'] | 'free';

export interface Result {
  readonly phase: string;
  readonly grade: number | null;
  readonly rewards: Readonly<Partial<Record<Role, number>>>;
  readonly parts: Readonly<Record<string, number>>;
}

/** Everything the page shows at one moment. */
export interface Board {
  readonly phase: string;
  readonly round: number;
  readonly ads: readonly BoardAd[];
  readonly links: readonly BoardLink[];
  readonly flags: readonly BoardFlag[];
  readonly presence: Readonly<Record<Role, Presence>>;
  /** Running sums of the step rewards. */
  readonly earned: Readonly<Record<Role, number>>;
  /**
   * How many times the match took each transition. It leaves out transitions that the source cannot identify.
   */
  readonly counts: ReadonlyMap<string, number>;
  readonly lastEdges: readonly string[];
  readonly endReason: string;
  readonly report: Fields | null;
  readonly result: Result | null;
}

export function openingBoard(phase: string, startingAds: readonly Fields[]): Board {
  return {
    phase,
    round: 1,
    links: [],
    flags: [],
    lastEdges: [],
    endReason: '',
    report: null,
    result: null,
    ads: startingAds.map((data) => adOf(data, 0, 0)),
    presence: { fraudster: 'free', investigator: 'free', auditor: 'free' },
    earned: { fraudster: 0, investigator: 0, auditor: 0 },
    counts: new Map(),
  };
}

/** Applies one more moment to the board. */
export function boardAfter(before: Board, moment: TimelineMoment): Board {
  const { phase, round, edges, isExact, reward, role, data } = moment;
  const board = { ...before, ...reviewed(data['review']) };
  const common = {
    ...board,
    phase,
    round,
    lastEdges: edges.length > 0 ? edges : board.lastEdges,
    counts: isExact && edges.length > 0 ? counted(board.counts, edges) : board.counts,
    earned:
      reward === null || role === 'host'
        ? board.earned
        : { ...board.earned, [role]: board.earned[role] + reward },
  };
  return { ...common, ...changeOf(board, moment) };
}

function counted(counts: Board['counts'], edges: readonly string[]): Board['counts'] {
  const more = new Map(counts);
  for (const edge of edges) more.set(edge, (more.get(edge) ?? 0) + 1);
  return more;
}

function changeOf(board: Board, { event, seq, data, action, round, role }: TimelineMoment): Partial<Board> {
  switch (event) {
    case 'ad.joined':
      return { ads: [...board.ads, adOf(data, seq, round)] };
    case 'ad.changed':
      return changed(board, data, (ad) => ({ versions: [...ad.versions, versionOf(data, seq)] }));
    case 'finding.revealed': {
      const pull = { seq, target: textOf(data, 'target'), text: textOf(data, 'text') };
      return changed(board, data, (ad) => ({ pulls: [...ad.pulls, pull] }));
    }
    case 'verdict.given':
      return changed(board, data, () => ({
        status: statusOf(data['verdict']),
        confidence: numberOf(data, 'confidence'),
        rationale: textOf(action ?? {}, 'rationale'),
        isCorrect: booleanOf(data['correct']),
      }));
    case 'accounts.linked': {
      const ads = [textOf(data, 'ad_id_1'), textOf(data, 'ad_id_2')] as const;
      const link = { seq, ads, reason: textOf(data, 'reason'), isCorrect: booleanOf(data['correct']) };
      return { links: [...board.links, link] };
    }
    case 'flag.raised':
      return { flags: [...board.flags, flagOf(data, seq)] };
    default:
      return endingOf(board, { event, data, role });
  }
}

function endingOf(
  board: Board,
  { event, data, role }: Pick<TimelineMoment, 'event' | 'data' | 'role'>,
): Partial<Board> {
  switch (event) {
    case 'review.closed': {
      const settled = new Set(Array.isArray(data['settled']) ? data['settled'] : []);
      const ads = board.ads.map((ad): BoardAd =>
        settled.has(ad.id) && ad.status === 'pending'
          ? {
              ...ad,
              status: 'approve',
              isSettled: true,
              isCorrect: ad.truth === '' ? null : ad.truth === 'legit',
            }
          : ad,
      );
      return { endReason: textOf(data, 'end_reason'), ads };
    }
    case 'audit.submitted':
      return { report: data };
    case 'match.graded':
    case 'match_over':
      return { result: resultOf(data), endReason: textOf(data, 'end_reason') || board.endReason };
    case 'match.aborted':
      return { result: { phase: 'aborted', grade: null, rewards: {}, parts: {} }, endReason: 'aborted' };
    default:
      return seating(board, { event, data, role });
  }
}

const presenceOf: Readonly<Record<string, Presence>> = {
  'seat.claimed': 'held',
  'seat.resumed': 'held',
  'seat.dropped': 'dropped',
  'seat.released': 'released',
  held: 'held',
  dropped: 'dropped',
  released: 'released',
};

function seating(
  board: Board,
  { event, data, role }: Pick<TimelineMoment, 'event' | 'data' | 'role'>,
): Partial<Board> {
  const presence = presenceOf[event === 'presence' ? textOf(data, 'status') : event];
  const seat = roleOf(data['role'] ?? role);
  return presence === undefined || seat === null ? {} : { presence: { ...board.presence, [seat]: presence } };
}

/** An ad that no earlier moment announced joins the queue at its first mention. */
function changed(board: Board, data: Fields, change: (ad: BoardAd) => Partial<BoardAd>): Partial<Board> {
  const id = textOf(data, 'ad_id');
  const isKnown = board.ads.some((ad) => ad.id === id);
  const ads = isKnown ? board.ads : [...board.ads, adOf({ ad_id: id }, 0, 0)];
  return { ads: ads.map((ad) => (ad.id === id ? { ...ad, ...change(ad) } : ad)) };
}

const flagOf = (data: Fields, seq: number): BoardFlag => ({
  seq,
  track: textOf(data, 'track'),
  adId: textOf(data, 'target_ad_id'),
  type: textOf(data, 'flag_type'),
  severity: numberOf(data, 'severity'),
  note: textOf(data, 'note'),
});

function resultOf(data: Fields): Result {
  return {
    phase: textOf(data, 'phase') || 'done',
    grade: numberOf(data, 'grader_score'),
    rewards: numbersOf(data['rewards']),
    parts: numbersOf(data['parts']),
  };
}

const numbersOf = (value: unknown): Record<string, number> =>
  Object.fromEntries(
    Object.entries(fieldsOf(value)).filter(
      (entry): entry is [string, number] => typeof entry[1] === 'number',
    ),
  );
