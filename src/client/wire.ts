import type { Role } from '../game/command.ts';

/** The frames of a role socket as a client meets them; docs/play-a-seat.md describes each. */

/** The answer to a request. */
export interface ReplyFrame {
  readonly type: 'observation' | 'state' | 'subscribed' | 'unsubscribed' | 'error';
  readonly request_id?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A frame pushed after `subscribe`, numbered from 1 without gaps. */
export interface PushedFrame {
  readonly type: 'event' | 'turn' | 'presence' | 'match_over';
  readonly seq: number;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Observation {
  readonly match_id: string;
  readonly role: Role;
  readonly phase: string;
  readonly done: boolean;
  /** How many frames the role has been told: what a subscription can go on from. */
  readonly seq: number;
  readonly reward: number | null;
  /** In the first observation after the seat was taken. */
  readonly seat_token?: string;
  /** In the answer to a step. */
  readonly accepted?: boolean;
  readonly reason_code?: string | null;
  readonly [field: string]: unknown;
}

/** A refusal by the server: its code is the contract, the message is for people. */
export class RoleSocketError extends Error {
  override readonly name = 'RoleSocketError';
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

const pushedTypes: ReadonlySet<string> = new Set(['event', 'turn', 'presence', 'match_over']);

export function isPushed(frame: ReplyFrame | PushedFrame): frame is PushedFrame {
  return pushedTypes.has(frame.type);
}
