import { decide, turnRefusal } from '../../../src/game/decide/decide.ts';
import type { ProposalSource } from '../../../src/game/decide/decision.ts';
import type { Command, Role } from '../../../src/game/command.ts';
import type { Created, MatchEvent } from '../../../src/game/event.ts';
import type { Position } from '../../../src/game/position.ts';
import type { Ruleset } from '../../../src/game/ruleset.ts';
import type { GameState } from '../../../src/game/state.ts';
import { foldCommit } from '../../../src/match/fold/fold.ts';
import type { MatchFold } from '../../../src/match/fold/fold.ts';
import { foldOn } from '../../../src/match/fold/replay.ts';
import { opened } from '../../../src/testing/decider.ts';

/** A match in memory that is tried out: commands can be weighed before they are made. */
export class Board {
  readonly #source: ProposalSource;
  #fold: MatchFold;

  constructor(created: Created, source: ProposalSource) {
    this.#source = source;
    this.#fold = opened(created, source).fold;
  }

  get state(): GameState {
    return this.position.state;
  }

  get rules(): Ruleset {
    return this.position.rules;
  }

  get onTurn(): Role | null {
    return this.#fold.onTurn;
  }

  get position(): Position {
    return this.#fold.position;
  }

  /** What the command comes to, and where it would lead; null where it would be refused. */
  weigh(command: Command): { readonly events: readonly MatchEvent[]; readonly then: Position } | null {
    const decision =
      turnRefusal(this.#fold, command.by) ?? decide({ ...this.position, source: this.#source }, command);
    if (!decision.ok) return null;
    const { events } = decision;
    const folded = foldCommit(this.#fold, this.#commitOf(events));
    return folded.ok ? { events, then: folded.fold.position } : null;
  }

  take(events: readonly MatchEvent[]): void {
    this.#fold = foldOn(this.#fold, this.#commitOf(events));
  }

  #commitOf(events: readonly MatchEvent[]) {
    return { expectedVersion: this.#fold.version, at: 0, events };
  }
}
