import type { Role, Viewer } from '../../../src/game/command.ts';
import type { ChartModel } from '../../../src/chart/model/model.ts';
import type { MatchMoments } from '../../../src/protocol/moments.ts';
import { isProposal } from './ad.ts';
import { Follower } from './edges.ts';
import type { Taken } from './edges.ts';
import { fieldsOf, isMistake, kindOf, numberOf, roleOf, textOf } from './moment.ts';
import type { Fields, TimelineMoment } from './moment.ts';

/** A frame of a viewer's stream. */
export type Frame = Exclude<MatchMoments, { source: 'record' }>['frames'][number];

/** The machine's name for an event whose frame has another name. */
const machineEvents: Readonly<Record<string, string>> = { 'ad.changed': 'ad.modified' };

/** Turns a viewer's frames into moments, one at a time. */
export class FrameReader {
  readonly #follower: Follower;
  readonly #viewer: Viewer;
  readonly #view: Fields;
  #round = 1;

  /** @param view the current observation of the viewer's role */
  constructor(model: Pick<ChartModel, 'edges'>, viewer: Viewer = 'spectator', view: Fields = {}) {
    this.#follower = new Follower(model);
    this.#viewer = viewer;
    this.#view = view;
  }

  read({ seq, type, at, data: told }: Frame): TimelineMoment {
    const event = type === 'event' ? textOf(told, 'event') : type;
    const data = { ...told, ...this.#known(type, told) };
    const taken = this.#taken(event, data);
    this.#round = numberOf(data, 'round_number') ?? this.#round;
    const kind = kindOf(event);
    return {
      seq,
      at,
      event,
      kind,
      data,
      round: this.#round,
      action: textOf(data, 'rationale') === '' ? null : data,
      reward: type === 'event' ? numberOf(data, 'reward') : null,
      role: whoseIs(event, data, this.#viewer),
      isMistake: isMistake(kind, data),
      ...taken,
    };
  }

  /** Fields that the frame leaves out and the viewer's view holds. */
  #known(type: Frame['type'], data: Fields): Fields {
    const isOver = type === 'match_over';
    const own = isOver ? numberOf(data, 'reward') : null;
    return {
      // From this frame on, the auditor's view contains the review.
      ...(isOver || isAudit({ type, data }) ? { review: this.#view } : {}),
      ...(own === null ? {} : { rewards: { [this.#viewer]: own, ...fieldsOf(data['rewards']) } }),
    };
  }

  #taken(event: string, data: Fields): Taken {
    switch (event) {
      case 'match.created':
        return this.#follower.begin();
      case 'turn':
        return this.#follower.reach(textOf(data, 'phase'));
      case 'match_over': {
        const phase = textOf(data, 'phase');
        return this.#follower.take(phase === 'aborted' ? 'match.aborted' : 'match.graded', phase);
      }
      case 'presence':
        return { phase: this.#follower.phase, edges: [], isExact: true };
      case 'ad.joined':
        return this.#follower.take(isProposal(data) ? 'ad.proposed' : event);
      default:
        return this.#follower.take(machineEvents[event] ?? event);
    }
  }
}

/** Whether the frame starts the auditor's turn. */
export const isAudit = ({ type, data }: Pick<Frame, 'type' | 'data'>): boolean =>
  type === 'turn' && textOf(data, 'phase') === 'audit_phase';

const doers: Readonly<Record<string, Role>> = {
  'proposals.committed': 'fraudster',
  'finding.revealed': 'investigator',
  'verdict.given': 'investigator',
  'verdict.refused': 'investigator',
  'accounts.linked': 'investigator',
  'flag.raised': 'auditor',
  'audit.submitted': 'auditor',
};

function whoseIs(event: string, data: Fields, viewer: Viewer): TimelineMoment['role'] {
  const doer = doers[event] ?? (isProposal(data) ? 'fraudster' : roleOf(data['by'] ?? data['role']));
  // The frame about a role's own fault does not name the role.
  return doer ?? (event === 'action.penalised' ? (roleOf(viewer) ?? 'host') : 'host');
}
