import type { StreamVersion } from '../shared/ids.ts';
import type { Clock } from './clock.ts';
import type { MatchFold } from './fold/fold.ts';

type Missed = 'turn' | 'match';

/** After so long a limit that could not be stored is tried again. */
const retryMs = 5000;

/**
 * The running time limits of one match. Each is armed with the version its turn began at; a limit of a turn that is
 * over fires into nothing.
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

  /** Replaces the limits by those of the phase that the match is in. Time that has passed already counts. */
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
        // On a full disk, say. Once disarmed, by a new turn or the end of the actor, it is nobody's any more.
        if (this.#armed.get(missed) === cancel) this.#plan(missed, version, retryMs);
      });
    });
    this.#armed.set(missed, cancel);
  }
}
