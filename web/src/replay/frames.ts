import type { ChartModel } from '../../../src/chart/model/model.ts';
import { isProposal } from './ad.ts';
import { Follower } from './edges.ts';
import type { Taken } from './edges.ts';
import { fieldsOf, isMistake, kindOf, numberOf, roleOf, textOf } from './moment.ts';
import type { Fields, Moment, Role, Viewer } from './moment.ts';

/** A frame of a viewer's stream. */
export interface Frame {
  readonly seq: number;
  readonly type: 'event' | 'turn' | 'presence' | 'match_over';
  readonly at: number;
  readonly data: Fields;
}

/** The machine's event, where a viewer is told another word or an end only. */
const machineEvents: Readonly<Record<string, string>> = { 'ad.changed': 'ad.modified' };

/** Turns the frames of a viewer into moments, one by one as they come. */
export class FrameReader {
  readonly #follower: Follower;
  readonly #viewer: Viewer;
  readonly #view: Fields;
  #round = 1;

  /** `view` is what the viewer's role sees now. */
  constructor(model: Pick<ChartModel, 'edges'>, viewer: Viewer = 'spectator', view: Fields = {}) {
    this.#follower = new Follower(model);
    this.#viewer = viewer;
    this.#view = view;
  }

  read({ seq, type, at, data: told }: Frame): Moment {
    const event = type === 'event' ? textOf(told, 'event') : type;
    const data = { ...told, ...this.#known(type, told) };
    const taken = this.#taken(event, data);
    this.#round = numberOf(data, 'round_number') ?? this.#round;
    const kind = kindOf(event);
    return {
      ...{ seq, at, event, kind, data, round: this.#round },
      action: textOf(data, 'rationale') === '' ? null : data,
      reward: type === 'event' ? numberOf(data, 'reward') : null,
      ...{ role: whoseIs(event, data, this.#viewer), isMistake: isMistake(kind, data), ...taken },
    };
  }

  /** What the viewer knows with a frame that does not say it. */
  #known(type: Frame['type'], data: Fields): Fields {
    const isOver = type === 'match_over';
    const own = isOver ? numberOf(data, 'reward') : null;
    return {
      // The auditor's view has the review from then on.
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

/** Whether an auditor is told that its turn begins. */
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

function whoseIs(event: string, data: Fields, viewer: Viewer): Moment['role'] {
  const doer = doers[event] ?? (isProposal(data) ? 'fraudster' : roleOf(data['by'] ?? data['role']));
  // A role is told of its own faults without its name.
  return doer ?? (event === 'action.penalised' ? (roleOf(viewer) ?? 'host') : 'host');
}
