import { decide } from '../../../src/game/decide/decide.ts';
import type { ProposalSource } from '../../../src/game/decide/decision.ts';
import type { Command, Role } from '../../../src/game/command.ts';
import type { Created, MatchEvent } from '../../../src/game/event.ts';
import { rulesetOf } from '../../../src/game/ruleset.ts';
import type { Ruleset } from '../../../src/game/ruleset.ts';
import { initialState } from '../../../src/game/state.ts';
import type { Match } from '../../../src/game/state.ts';
import { phaseViolation } from '../../../src/match/phase-violation.ts';
import { Statechart } from '../../../src/match/fold/chart.ts';
import { present } from '../../../src/shared/invariant.ts';

/** A match at one moment. */
export interface Position {
  readonly match: Match;
  readonly phase: string;
  readonly rules: Ruleset;
}

/** A match in memory that is tried out: commands can be weighed before they are made. */
export class Board {
  readonly rules: Ruleset;
  readonly #source: ProposalSource;
  readonly #chart: Statechart;

  constructor(created: Created, source: ProposalSource) {
    this.rules = present(rulesetOf(created.ruleset), created.ruleset.name);
    this.#source = source;
    this.#chart = new Statechart(initialState(created), 'board');
  }

  get match(): Match {
    return this.#chart.moment.match;
  }

  get onTurn(): Role | null {
    return this.#chart.meta.onTurn;
  }

  get position(): Position {
    return { ...this.#chart.moment, rules: this.rules };
  }

  /** What the command comes to, and where it would lead; null where it would be refused. */
  weigh(command: Command): { readonly events: readonly MatchEvent[]; readonly then: Position } | null {
    const { match, phase } = this.#chart.moment;
    const decision =
      phaseViolation(command.by, phase, this.onTurn) ??
      decide({ match, rules: this.rules, source: this.#source }, phase, command);
    if (!decision.ok) return null;
    const rehearsal = this.#chart.rehearse(decision.events);
    return rehearsal.ok
      ? { events: decision.events, then: { ...rehearsal.moment, rules: this.rules } }
      : null;
  }

  take(events: readonly MatchEvent[]): void {
    for (const event of events) this.#chart.apply(event);
  }

  stop(): void {
    this.#chart.stop();
  }
}
