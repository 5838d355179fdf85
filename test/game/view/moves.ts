import fc from '../../property.ts';
import { targets, verdictWords } from '../../../src/game/ad.ts';
import type { Target, VerdictWord } from '../../../src/game/ad.ts';
import type { RoleCommand } from '../../../src/game/command.ts';
import { flagTypes } from '../../../src/game/grading/flag-types.ts';
import type { Scene } from '../../../src/testing/decider.ts';
import {
  commit,
  endTurn,
  flag,
  judge,
  link,
  modify,
  propose,
  pull,
  report,
} from '../../../src/testing/examples.ts';

/** Numbers that become an action of whoever is on turn; the same numbers in a like match become the same action. */
export interface Move {
  readonly kind: number;
  readonly ad: number;
  readonly other: number;
  readonly pick: number;
}

const digit = fc.nat(59);
export const someMoves = fc.array(fc.record({ kind: digit, ad: digit, other: digit, pick: digit }), {
  minLength: 8,
  maxLength: 30,
});

/** The action of a move. Most are sound; some are refused by the rules. */
export function commandOf(scene: Scene, move: Move): RoleCommand {
  switch (scene.onTurn) {
    case 'fraudster':
      return fraudsterCommand(move);
    case 'investigator':
      return investigatorCommand(scene, move);
    default:
      return auditorCommand(scene, move);
  }
}

function fraudsterCommand({ kind, ad, pick }: Move): RoleCommand {
  const choices = [
    propose(`Offer ${pick}: plain goods at a plain price.`, { rationale: `reason ${ad}` }),
    modify(ad % 2, { newAdCopy: `Offer ${pick} in other words.` }),
    propose(' '),
    endTurn('fraudster'),
    endTurn('fraudster'),
    kind === 58 ? commit() : endTurn('fraudster'),
  ];
  return choices[kind % choices.length] ?? endTurn('fraudster');
}

function investigatorCommand({ state }: Scene, { kind, ad, other, pick }: Move): RoleCommand {
  const adAt = (index: number) => state.queue[index % state.queue.length]?.ad.adId ?? 'ad_999';
  const choices = [
    pull(adAt(ad), targetAt(pick)),
    pull(adAt(ad), targetAt(other)),
    judge(adAt(ad), wordAt(pick), { confidence: other / 60, rationale: `because of ${pick}` }),
    judge(adAt(ad), wordAt(other), { confidence: pick / 60 }),
    link(adAt(ad), adAt(other), `reason ${pick}`),
    kind > 30 ? endTurn('investigator') : judge('ad_999', 'reject'),
  ];
  return choices[kind % choices.length] ?? endTurn('investigator');
}

function auditorCommand({ state }: Scene, { kind, ad, pick }: Move): RoleCommand {
  const targetAdId = state.queue[ad % state.queue.length]?.ad.adId ?? 'ad_001';
  const track = pick % 2 === 0 ? 'A' : 'B';
  const type = flagTypes[track][pick % 5] ?? 'bias';
  return kind % 4 === 0 ? report() : flag(track, type, { targetAdId });
}

export const targetAt = (index: number): Target => targets[index % targets.length] ?? 'landing_page';
export const wordAt = (index: number): VerdictWord => verdictWords[index % verdictWords.length] ?? 'approve';
