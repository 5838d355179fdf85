import type { StreamVersion } from '../shared/ids.ts';
import type { Clock } from './clock.ts';
import type { MatchFold } from './fold/fold.ts';

type Missed = 'turn' | 'match';

/** The delay in milliseconds before a time limit that could not be stored is retried. */
const retryMs = 5000;

/**
 * The time limits of one match's current phase. `fire` is called with the version that the phase began with,
 * so that a limit of an earlier phase can be recognised as stale. A rejected `fire` is retried until the
 * limits are disarmed.
 */
export class Deadlines {
  readonly #armed = new Map<Missed, () => void>();
  readonly #clock: Clock;
  readonly #fire: (missed: Missed, armedAt: StreamVersion) => Promise<unknown>;

  constructor(clock: Clock, fire: (missed: Missed, armedAt: StreamVersion) => Promise<unknown>) {
    this.#clock = clock;
    this.#fire = fire;
  }

  get areArmed(): boolean {
    return this.#armed.size > 0;
  }

  /**
   * Replaces the limits by those of the current phase. The turn limit counts from the start of the phase, the
   * match limit from the creation of the match; one that has already passed fires at once.
   */
  arm({ position, deadline, createdAt, phaseSince: { at, version } }: MatchFold): void {
    this.disarm();
    if (deadline === null) return;
    const { turnMs, auditMs, matchMs } = position.state.deadlines;
    this.#start('turn', deadline === 'audit' ? auditMs : turnMs, at, version);
    this.#start('match', matchMs, createdAt, version);
  }

  disarm(): void {
    for (const cancel of this.#armed.values()) cancel();
    this.#armed.clear();
  }

  #start(missed: Missed, limitMs: number | null, startedAt: number, version: StreamVersion): void {
    if (limitMs !== null) this.#plan(missed, version, startedAt + limitMs - this.#clock.now());
  }

  #plan(missed: Missed, version: StreamVersion, delayMs: number): void {
    const cancel = this.#clock.after(delayMs, () => {
      this.#fire(missed, version).catch(() => {
        // For example on a full disk. Not retried after a disarm: a new phase has begun, or the actor has
        // stopped.
        if (this.#armed.get(missed) === cancel) this.#plan(missed, version, retryMs);
      });
    });
    this.#armed.set(missed, cancel);
  }
}
