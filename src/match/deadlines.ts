import type { StreamVersion } from '../shared/ids.ts';
import type { Match } from '../game/state.ts';
import type { Clock } from './clock.ts';
import type { PhaseMeta } from './statechart.ts';

type Missed = 'turn' | 'match';

/**
 * The running time limits of one match. Each is armed with the version its turn began at; a limit of a turn that is
 * over fires into nothing.
 */
export class Deadlines {
  #cancels: (() => void)[] = [];
  readonly #clock: Clock;
  readonly #createdAt: number;
  readonly #fire: (missed: Missed, armedAt: StreamVersion) => void;

  constructor(clock: Clock, createdAt: number, fire: (missed: Missed, armedAt: StreamVersion) => void) {
    this.#clock = clock;
    this.#createdAt = createdAt;
    this.#fire = fire;
  }

  get areArmed(): boolean {
    return this.#cancels.length > 0;
  }

  /** Replaces the limits by those of the phase that began at `since`. Time that has passed already counts. */
  arm(match: Match, meta: PhaseMeta, since: { readonly at: number; readonly version: StreamVersion }): void {
    this.disarm();
    if (meta.deadline === null) return;
    const { turnMs, auditMs, matchMs } = match.deadlines;
    this.#start('turn', meta.deadline === 'audit' ? auditMs : turnMs, since.at, since.version);
    this.#start('match', matchMs, this.#createdAt, since.version);
  }

  disarm(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels = [];
  }

  #start(missed: Missed, limitMs: number | null, startedAt: number, version: StreamVersion): void {
    if (limitMs === null) return;
    const left = startedAt + limitMs - this.#clock.now();
    this.#cancels.push(this.#clock.after(left, () => this.#fire(missed, version)));
  }
}
