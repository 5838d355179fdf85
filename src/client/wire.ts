import type * as z from 'zod';
import type { Role } from '../game/command.ts';
import type { stateFor } from '../game/view/state.ts';
import type { Observations } from '../game/view/view.ts';
import type { ObservationOf, pushedShape } from '../protocol/observation.ts';
import type { ErrorCode } from '../shared/errors.ts';

/** The frames of a role socket on the client's side; docs/play-a-seat.md describes each. */

/** The answer to a request. */
export interface ReplyFrame {
  readonly type: 'observation' | 'state' | 'subscribed' | 'unsubscribed' | 'error';
  readonly request_id?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A pushed frame. The server numbers them from 1 without gaps. */
export type PushedFrame = {
  readonly [Type in keyof typeof pushedShape]: {
    readonly type: Type;
    readonly seq: number;
    /** Milliseconds since the Unix epoch. */
    readonly at: number;
    readonly data: z.infer<(typeof pushedShape)[Type]>;
  };
}[keyof typeof pushedShape];

export type Phase = ObservationOf<Role>['phase'];

/** The fields of every observation beside the view of its role. */
type Place<R extends Role> = Readonly<
  Pick<ObservationOf<R>, 'match_id' | 'role' | 'phase' | 'seq' | 'seat_token' | 'accepted' | 'reason_code'>
>;

/** What the player of a role may see. */
export type Observation<R extends Role = Role> = {
  readonly [Each in R]: Observations[Each] & Place<Each>;
}[R];

/** The state of a match, as far as a role may read it. */
export type MatchState = ReturnType<typeof stateFor> & {
  readonly match_id: string;
  readonly episode_id: string;
  readonly phase: Phase;
  readonly seq: number;
};

/** The server's error codes. Later versions may add others. */
export type ArenaErrorCode = ErrorCode | (string & Record<never, never>);

/**
 * An error from the server, or a server that does not answer. Programs should check `code` (docs/errors.md);
 * the message is for people.
 */
export class ArenaError extends Error {
  override readonly name = 'ArenaError';
  readonly code: ArenaErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  /**
   * Whether the same request may succeed later. A repeated step counts as another step unless it has the same
   * `commandId`.
   */
  readonly retryable: boolean;

  constructor(
    code: ArenaErrorCode,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    retryable = false,
  ) {
    super(message);
    this.code = code;
    this.details = details;
    this.retryable = retryable;
  }
}

export const isArenaError = (error: unknown, code?: ErrorCode): error is ArenaError =>
  error instanceof ArenaError && (code === undefined || error.code === code);

const pushedTypes: ReadonlySet<string> = new Set<PushedFrame['type']>([
  'event',
  'turn',
  'presence',
  'match_over',
]);

export function isPushed(frame: ReplyFrame | PushedFrame): frame is PushedFrame {
  return pushedTypes.has(frame.type);
}
