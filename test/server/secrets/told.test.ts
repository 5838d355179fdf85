import { sizeFrom } from '../../support/sizes.ts';
import { describe, expect, it } from 'vitest';
import { roles } from '../../../src/game/command.ts';
import type { Viewer } from '../../../src/game/command.ts';
import { policiesOf } from '../../../src/game/event.ts';
import { drawsFor } from '../../../src/game/random.ts';
import { publicEvents } from '../../../src/game/view/public-events.ts';
import type { PublicEvent } from '../../../src/game/view/public-events.ts';
import { framesOf } from '../../../src/match/fold/frames.ts';
import type { FoldedStep } from '../../../src/match/fold/fold.ts';
import { stepsOfSomeMatch } from './random-match.ts';
import type { RulesetName } from './random-match.ts';
import { unshown, viewText } from './shown.ts';

const viewers: readonly Viewer[] = [...roles, 'spectator'];
const matches = sizeFrom('TEST_TOLD_MATCHES', { small: 30, all: 150 });
const first = Number(process.env['TEST_SEED'] ?? 1);
const rulesets = ['standard', 'classic'] as const;

interface Looked extends FoldedStep {
  readonly seed: number;
  readonly number: number;
}

/** Every step of every random match. */
const everyStep = { standard: stepsOfAll('standard'), classic: stepsOfAll('classic') };

function stepsOfAll(ruleset: RulesetName): readonly Looked[] {
  const seeds = Array.from({ length: matches }, (_, index) => first + index);
  return seeds.flatMap((seed) => stepsOfSeed(seed, ruleset));
}

function stepsOfSeed(seed: number, ruleset: RulesetName): readonly Looked[] {
  return stepsOfSomeMatch(drawsFor(seed, ruleset), ruleset).map((step, index) => ({
    ...step,
    seed,
    number: index + 1,
  }));
}

const labelOf = (viewer: Viewer, { seed, number, event }: Looked): string =>
  `seed ${seed}, version ${number}, ${event.type} to the ${viewer}`;

/** What everybody is told of a match as it opens: its terms. */
const terms = [
  'event',
  'machine',
  'task_id',
  'ruleset',
  'ruleset_version',
  'ruleset_hash',
  'max_rounds',
  'seed_commitment',
  'turn_ms',
  'audit_ms',
  'match_ms',
  'policies',
];

describe.each(rulesets)('what frames tell, in %s', (ruleset) => {
  it('is shown by the view before or after the event, field by field', () => {
    const faults: string[] = [];
    const seen = new Map<string, number>();
    for (const step of everyStep[ruleset])
      for (const viewer of viewers)
        for (const told of publicEvents(viewer, step)) {
          const name = `${viewer} ${told.event}`;
          seen.set(name, (seen.get(name) ?? 0) + 1);
          if (told.event === 'match.created') expect(Object.keys(told)).toEqual(terms);
          else
            faults.push(
              ...unshown(viewer, told, step.before, step.after).map(
                (field) => `${labelOf(viewer, step)}: ${field} of ${JSON.stringify(told)}`,
              ),
            );
        }
    console.log(`${ruleset}: ${matches} matches from seed ${first}`, Object.fromEntries([...seen].sort()));
    expect(faults.slice(0, 10)).toEqual([]);
    expect([...seen.keys()].filter((name) => !name.endsWith('match.created')).length).toBeGreaterThan(25);
  });

  it('is something exactly when the view changes', () => {
    const faults: string[] = [];
    let silent = 0;
    let loud = 0;
    for (const step of everyStep[ruleset]) {
      // Where every role reads the whole state, the state changes with everything; frames go by the role's own view.
      if (step.event.type === 'match.created' || policiesOf(step.before.state).openState) continue;
      for (const viewer of viewers) {
        const isChanged = viewText(viewer, step.before) !== viewText(viewer, step.after);
        const frames = framesOf(viewer, step);
        if (frames.length > 0) loud += 1;
        else silent += 1;
        if (isChanged !== frames.length > 0)
          faults.push(`${labelOf(viewer, step)}: ${isChanged ? 'untold' : JSON.stringify(frames)}`);
      }
    }
    console.log(`${ruleset}: ${loud} changes told, ${silent} hidden events untold`);
    expect(faults.slice(0, 10)).toEqual([]);
    expect(Math.min(loud, silent)).toBeGreaterThan(matches);
  });
});

describe.each(rulesets)('withheld step rewards, in %s', (ruleset) => {
  it('are in no view and no frame before the grade, or the end of a match that reveals itself', () => {
    const faults: string[] = [];
    let looked = 0;
    for (const step of everyStep[ruleset]) {
      const { policies, grades, endReason } = step.after.state;
      if (policies.stepRewards === 'shown' || grades !== null) continue;
      if (endReason !== null && policiesOf(step.after.state).revealAtEnd) continue;
      for (const viewer of viewers) {
        const text = viewText(viewer, step.after) + JSON.stringify(framesOf(viewer, step));
        const [found] = /"[a-z_]*reward":(?!0[,}]|null)[^,}]+/.exec(text) ?? [];
        if (found !== undefined) faults.push(`${labelOf(viewer, step)}: ${found}`);
        looked += 1;
      }
    }
    console.log(`${ruleset}: ${looked} views and their frames searched for withheld rewards`);
    expect(faults.slice(0, 10)).toEqual([]);
    expect(looked).toBeGreaterThan(matches);
  });
});

describe('the opening', () => {
  it('is told to everybody alike', () => {
    for (const step of everyStep.standard)
      if (step.event.type === 'match.created') {
        const told: readonly PublicEvent[] = viewers.flatMap((viewer) =>
          publicEvents(viewer, step).filter(({ event }) => event === 'match.created'),
        );
        expect(new Set(told.map((each) => JSON.stringify(each))).size).toBe(1);
      }
  });
});
