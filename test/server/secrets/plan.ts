import { targets, verdictWords } from '../../../src/game/ad.ts';
import type { Command, HostCommand, Role, RoleCommand } from '../../../src/game/command.ts';
import { flagTypes } from '../../../src/game/grading/flag-types.ts';
import { drawsFor } from '../../../src/game/random.ts';
import type { Draws } from '../../../src/game/random.ts';
import type { Position } from '../../../src/game/position.ts';
import { findAd } from '../../../src/game/state.ts';
import { endTurn, miss, modify, propose } from '../../../src/testing/examples.ts';
import { Board } from './board.ts';
import { knowledge } from './knows.ts';
import type { Knower } from './knows.ts';
import { someAction, words } from './random-play.ts';
import { dressFor, openingOf, plain, sides, someStage, sourceOf } from './stage.ts';
import type { Dress, Side, Stage } from './stage.ts';

/**
 * One moment of a pair. In `before`, each world does what the viewer cannot know of, each something else, at times of
 * its own; then, at one time, both do `at`, after which the viewer knows the same of both.
 */
export interface Slot {
  readonly onTurn: Role;
  readonly before: Readonly<Record<Side, readonly RoleCommand[]>>;
  readonly at: Readonly<Record<Side, Command>> | null;
  /** Whether `at` begins another turn. */
  readonly isTurn: boolean;
}

/** Two matches that differ only in what one viewer may not know. */
export interface Pair {
  readonly seed: number;
  readonly index: number;
  readonly stage: Stage;
  readonly slots: readonly Slot[];
  /** The real worlds: what is hidden differs. */
  readonly dress: Dress;
}

const slotsMax = 11;

export function planPair(seed: number, knower: Knower, index: number): Pair {
  const draws = drawsFor(seed, knower, index);
  const stage = someStage(draws, knower, index);
  const boards = { a: boardOf(stage, 'a'), b: boardOf(stage, 'b') };
  const plan = new Plan(draws, stage, boards);
  const slots: Slot[] = [];
  while (slots.length < slotsMax) {
    const slot = plan.next();
    if (slot === null) break;
    slots.push(slot);
  }
  const dress = dressFor(stage, plan.pins());
  return { seed, index, stage, slots, dress };
}

const boardOf = (stage: Stage, side: Side) =>
  new Board(openingOf(stage, side, plain), sourceOf(stage, side, plain));

export const roleOf = (knower: Knower): Role | null =>
  knower === 'spectator' ? null : knower === 'record' ? 'auditor' : knower;

class Plan {
  readonly #draws: Draws;
  readonly #stage: Stage;
  readonly #boards: Readonly<Record<Side, Board>>;

  constructor(draws: Draws, stage: Stage, boards: Readonly<Record<Side, Board>>) {
    this.#draws = draws;
    this.#stage = stage;
    this.#boards = boards;
  }

  /** Null where the pair cannot go on. */
  next(): Slot | null {
    const role = this.#boards.a.onTurn;
    if (role === null) return null;
    const { knower } = this.#stage;
    const isOwn = role === roleOf(knower) || knower === 'record';
    const before = isOwn ? { a: [], b: [] } : { a: this.#hidden('a', role), b: this.#hidden('b', role) };
    const at = this.#together(role, isOwn);
    if (at !== null) return { onTurn: role, before, ...at };
    return before.a.length + before.b.length > 0 ? { onTurn: role, before, at: null, isTurn: false } : null;
  }

  /** What the viewer has come to know by the end, and what a shown reward or result has told it. */
  pins() {
    const { knower, ruleset, policies, isTruthKept } = this.#stage;
    const { state } = this.#boards.a;
    const seen = new Set(
      state.queue.flatMap(({ ad, pulls }) => pulls.map(({ target }) => `${ad.adId} ${target}`)),
    );
    const judged = new Set(state.investigatorLog.map(({ action }) => action.adId));
    const isTold = knower === 'investigator' && policies.stepRewards === 'shown';
    const isAll = knower === 'record' || (knower === 'investigator' && ruleset === 'classic' && isTruthKept);
    return {
      isSeen: (adId: string, target: string) =>
        (knower === 'investigator' || knower === 'record') && seen.has(`${adId} ${target}`),
      isTruthKnown: (adId: string) => isAll || (isTold && judged.has(adId)),
    };
  }

  /** A few actions of which the viewer cannot know. */
  #hidden(side: Side, role: Role): readonly RoleCommand[] {
    const { ruleset, knower } = this.#stage;
    const taken: RoleCommand[] = [];
    if (this.#bringsLateAds(role)) this.#bring(side, taken);
    // Nobody can end the investigator's turn in `classic`, so its actions are told by their number.
    if (role === 'investigator' && ruleset === 'classic') return taken;
    const wanted = this.#draws.below(knower === 'auditor' ? 4 : 3);
    for (let tries = 0; tries < 4 * wanted && taken.length < 8; tries += 1)
      this.#hide(side, this.#noise(this.#boards[side], role), taken);
    return taken;
  }

  /** Where the late ads are the same in both worlds, the fraudster proposes no others. */
  #noise(board: Board, role: Role): RoleCommand {
    const action = someAction(this.#draws, board, role);
    const isOther = action.action.actionType === 'propose_ad' && this.#bringsLateAds(role);
    return isOther ? propose(' ') : action;
  }

  #hide(side: Side, command: RoleCommand, taken: RoleCommand[]): boolean {
    const board = this.#boards[side];
    const weighed = board.weigh(command);
    if (weighed === null || !this.#isAllowed(command, weighed.then)) return false;
    if (weighed.then.phase !== board.position.phase) return false;
    if (this.#known(weighed.then) !== this.#known(board.position)) return false;
    board.take(weighed.events);
    taken.push(command);
    return true;
  }

  #bringsLateAds(role: Role): boolean {
    const { knower, ruleset } = this.#stage;
    return role === 'fraudster' && ruleset === 'standard' && ['investigator', 'spectator'].includes(knower);
  }

  /** This round's late ads that are this world's fraudster's to propose, and its drafts' last words. */
  #bring(side: Side, taken: RoleCommand[]): void {
    const board = this.#boards[side];
    const { state } = board;
    const current = state.roundsPlayed + 1;
    const due = this.#stage.late.filter(({ round, proposedIn }) => round <= current && proposedIn[side]);
    for (const { ad, draftIn } of this.#draws.shuffle(due)) {
      const draft = draftIn[side];
      const noise = { landingPageBlurb: words(this.#draws), rationale: words(this.#draws) };
      const more = { category: ad.category, targetingSummary: ad.targetingSummary, ...noise };
      if (findAd(board.state, ad.adId) === undefined && !state.committed)
        this.#hide(side, propose(draft ?? ad.adCopy, more), taken);
      const known = findAd(board.state, ad.adId);
      // A spectator reads the words of every ad as soon as it joins.
      const isDue = this.#stage.knower === 'spectator' || this.#draws.chance(400);
      if (known?.ad.adCopy === draft && isDue)
        this.#hide(side, modify(known.slot ?? 0, { newAdCopy: ad.adCopy }), taken);
    }
  }

  /** One action in each world after which the viewer knows the same of both. */
  #together(role: Role, isOwn: boolean): Pick<Slot, 'at' | 'isTurn'> | null {
    for (let tries = 0; tries < 25; tries += 1) {
      const a = this.#candidate(role, tries);
      for (const b of isOwn ? [a] : this.#counterparts(role, a)) {
        const there = { a: this.#boards.a.weigh(a), b: this.#boards.b.weigh(b) };
        if (there.a === null || there.b === null) continue;
        if (!this.#isAllowed(a, there.a.then) || !this.#isAllowed(b, there.b.then)) continue;
        if (this.#known(there.a.then) !== this.#known(there.b.then)) continue;
        const isTurn = there.a.then.phase !== this.#boards.a.position.phase || isTurnEnd(there.a.events);
        for (const side of sides) this.#boards[side].take(there[side]?.events ?? []);
        return { at: { a, b }, isTurn };
      }
    }
    return null;
  }

  #candidate(role: Role, tries: number): Command {
    const draws = this.#draws;
    if (this.#stage.deadlines.turnMs !== null && draws.chance(60)) return miss('turn');
    const late = this.#bringsLateAds(role);
    // In the end only an end of the turn may be left that shows the same in both worlds.
    const wish = late ? 600 : role === 'investigator' ? 120 : 0;
    if (role !== 'auditor' && (tries > 15 || draws.chance(wish))) return endTurn(role);
    return this.#noise(this.#boards.a, role);
  }

  /** What the other world's actor may do in its place: something else if possible, else the same. */
  #counterparts(role: Role, command: Command): readonly Command[] {
    if (isHost(command)) return [command];
    const draws = this.#draws;
    const varied = [reworded(draws, command), replaced(draws, command)].filter((each) => each !== null);
    const elsewhere = this.#inSlotOfOther(command);
    return [...draws.shuffle([...varied, this.#noise(this.#boards.b, role)]), ...elsewhere, command];
  }

  /** The change of the same ad, which has another slot in the other world. */
  #inSlotOfOther({ by, action }: RoleCommand): readonly RoleCommand[] {
    if (by !== 'fraudster' || action.actionType !== 'modify_pending_ad') return [];
    const { a, b } = this.#boards;
    const ad = a.state.queue.find(({ slot }) => slot === (action.slotIndex ?? -1))?.ad;
    const slot = b.state.queue.find((entry) => entry.ad.adId === ad?.adId)?.slot ?? null;
    return slot === null ? [] : [{ by, action: { ...action, slotIndex: slot } }];
  }

  #isAllowed(command: Command, then: Position): boolean {
    const { knower, ruleset, late, isTruthKept } = this.#stage;
    // Grades follow from the truth.
    if (!isHost(command) && command.action.actionType === 'submit_audit_report') return false;
    const isClosed = !then.phase.endsWith('_turn');
    if (isClosed && knower === 'auditor') return false;
    if (isClosed && knower === 'investigator' && ruleset === 'classic' && !isTruthKept) return false;
    if (then.phase === 'done' || then.phase === 'aborted') return false;
    // After a commit nobody could bring the late ads that are the fraudster's in one of the worlds.
    const isLeft = late.some(
      ({ round, proposedIn }) => round > then.state.roundsPlayed + 1 && (proposedIn.a || proposedIn.b),
    );
    return !(then.state.committed && isLeft);
  }

  #known(position: Position): string {
    return knowledge(this.#stage.knower, position);
  }
}

const isHost = (command: Command): command is HostCommand => command.by === 'clock' || command.by === 'owner';

const isTurnEnd = (events: readonly { readonly type: string }[]): boolean =>
  events.some(({ type }) => type === 'turn.ended' || type === 'review.closed');

/** The same action in other words, and with other numbers. */
function reworded(draws: Draws, command: RoleCommand): RoleCommand {
  const rationale = words(draws);
  if (command.by === 'fraudster') {
    const { action } = command;
    const isProposal = action.actionType === 'propose_ad';
    return {
      by: 'fraudster',
      action: { ...action, rationale, ...(isProposal ? { landingPageBlurb: rationale } : {}) },
    };
  }
  if (command.by === 'auditor')
    return {
      by: 'auditor',
      action: { ...command.action, note: rationale, severity: draws.below(100) / 100 },
    };
  const { action } = command;
  const confidence = action.actionType === 'verdict' ? { confidence: draws.below(1000) / 1000 } : {};
  const reason = action.actionType === 'link_accounts' ? { linkReason: rationale } : {};
  return { by: 'investigator', action: { ...action, rationale, ...confidence, ...reason } };
}

/** Another action of the same kind. */
function replaced(draws: Draws, command: RoleCommand): RoleCommand | null {
  if (command.by === 'fraudster') return null;
  if (command.by === 'auditor') {
    const track = command.action.actionType === 'flag_investigator' ? 'A' : 'B';
    return { by: 'auditor', action: { ...command.action, flagType: draws.pick(flagTypes[track]) } };
  }
  const { action } = command;
  if (action.actionType === 'verdict')
    return { by: 'investigator', action: { ...action, verdict: draws.pick(verdictWords) } };
  if (action.actionType === 'investigate')
    return { by: 'investigator', action: { ...action, investigationTarget: draws.pick(targets) } };
  return null;
}
