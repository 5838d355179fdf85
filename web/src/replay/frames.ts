import type { ChartModel } from '../../../src/chart/model.ts';
import { Follower } from './edges.ts';
import type { Taken } from './edges.ts';
import { isMistake, kindOf, numberOf, roleOf, textOf } from './moment.ts';
import type { Fields, Moment } from './moment.ts';

/** A frame of the spectator's stream. */
export interface Frame {
  readonly seq: number;
  readonly type: 'event' | 'turn' | 'presence' | 'match_over';
  readonly at: number;
  readonly data: Fields;
}

/** The machine's event, where a spectator is told another word or an end only. */
const machineEvents: Readonly<Record<string, string>> = { 'ad.changed': 'ad.modified' };

/** Turns the spectator's frames into moments, one by one as they come. */
export class FrameReader {
  readonly #follower: Follower;
  #round = 1;

  constructor(model: Pick<ChartModel, 'edges'>) {
    this.#follower = new Follower(model);
  }

  read({ seq, type, at, data }: Frame): Moment {
    const event = type === 'event' ? textOf(data, 'event') : type;
    const taken = this.#taken(event, data);
    this.#round = numberOf(data, 'round_number') ?? this.#round;
    const kind = kindOf(event);
    return {
      ...{ seq, at, event, kind, data, action: null, reward: null, round: this.#round },
      ...{ role: whoseIs(event, data), isMistake: isMistake(kind, data), ...taken },
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
      default:
        return this.#follower.take(machineEvents[event] ?? event);
    }
  }
}

const investigators = new Set(['finding.revealed', 'verdict.given', 'accounts.linked']);

function whoseIs(event: string, data: Fields): Moment['role'] {
  if (investigators.has(event)) return 'investigator';
  return roleOf(data['by'] ?? data['role']) ?? 'host';
}
