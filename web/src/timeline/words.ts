import { numberOf, textOf } from './moment.ts';
import type { Fields, TimelineMoment } from './moment.ts';

/** Writes a code such as `ad_copy_missing` with spaces. */
export const plain = (code: string): string => code.replaceAll('_', ' ');

const phases: Readonly<Record<string, string>> = {
  fraudster_turn: 'Fraudster’s turn',
  investigator_turn: 'Investigator’s turn',
  reviewing: 'Reviewing',
  round_end: 'Round ends',
  audit_phase: 'Audit',
  done: 'Done',
  aborted: 'Aborted',
};

export const phaseName = (phase: string): string => phases[phase] ?? plain(phase);

export const taskName = (task: string): string => plain(task).replace(/^task/, 'Task');

const verbs: Readonly<Record<string, string>> = {
  approve: 'approves',
  reject: 'rejects',
  escalate: 'escalates',
};
const flagged: Readonly<Record<string, string>> = { A: 'investigator', B: 'fraudster' };

/** Describes a moment in a few words. It contains no text that a player wrote. */
export function labelOf({ event, data, role }: Pick<TimelineMoment, 'event' | 'data' | 'role'>): string {
  const ad = textOf(data, 'ad_id');
  switch (event) {
    case 'match.created':
      return 'The match begins';
    case 'ad.joined':
      return role === 'fraudster' ? `proposes ${ad}` : `${ad} joins the queue`;
    case 'ad.changed':
      return role === 'fraudster' ? `rewrites ${ad}` : `${ad} changes`;
    case 'finding.revealed':
      return `pulls ${plain(textOf(data, 'target'))} of ${ad}`;
    case 'verdict.given': {
      const confidence = numberOf(data, 'confidence');
      const sure = confidence === null ? '' : `, ${percent(confidence)} sure`;
      return `${verbs[textOf(data, 'verdict')] ?? 'decides'} ${ad}${sure}`;
    }
    case 'accounts.linked':
      return `links ${textOf(data, 'ad_id_1')} and ${textOf(data, 'ad_id_2')}`;
    case 'flag.raised': {
      const target = textOf(data, 'target_ad_id');
      const whom = flagged[textOf(data, 'track')] ?? 'somebody';
      return `flags the ${whom}: ${plain(textOf(data, 'flag_type'))}${target === '' ? '' : `, ${target}`}`;
    }
    default:
      return ruledLabel(event, data);
  }
}

function ruledLabel(event: string, data: Fields): string {
  switch (event) {
    case 'action.penalised': {
      const [what, why] = [textOf(data, 'action_type'), textOf(data, 'reason_code')];
      return why === '' ? 'acts faultily' : `${plain(what)} is faulty: ${plain(why)}`;
    }
    case 'verdict.refused':
      return `decides ${textOf(data, 'ad_id')} again: faulty`;
    case 'action.refused':
      return `is refused: ${plain(textOf(data, 'code'))}`;
    case 'turn.ended': {
      const cause = textOf(data, 'cause');
      return cause === '' || cause === 'player' ? 'ends the turn' : `turn ends: ${plain(cause)}`;
    }
    case 'turn':
      return phaseName(textOf(data, 'phase'));
    case 'proposals.committed':
      return 'commits: no more proposals';
    case 'review.closed':
      return `The review closes: ${plain(textOf(data, 'end_reason')) || 'over'}`;
    case 'audit.submitted':
      return data['missed'] === true ? 'misses the audit' : 'reports';
    case 'match.graded':
    case 'match_over': {
      const grade = numberOf(data, 'grader_score');
      return grade === null ? 'The match is over' : `Graded ${grade.toFixed(3)}`;
    }
    case 'match.aborted':
      return 'The match is aborted';
    case 'presence':
      return presence[textOf(data, 'status')] ?? 'moves';
    default:
      return presence[event] ?? plain(event.replace('.', ' '));
  }
}

const presence: Readonly<Record<string, string>> = {
  held: 'is at the table',
  dropped: 'is cut off',
  released: 'leaves the seat',
  'seat.claimed': 'takes the seat',
  'seat.resumed': 'is back',
  'seat.dropped': 'is cut off',
  'seat.released': 'leaves the seat',
};

export const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** A number with its sign. It uses the typographic minus sign. */
export function signed(value: number, digits = 2): string {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return `${value < 0 ? '−' : '+'}${text}`;
}

/** A duration in its largest unit, such as `3 min`. */
export function ago(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}
