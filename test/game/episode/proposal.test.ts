import { describe, expect, it } from 'vitest';
import { targets } from '../../../src/game/ad.ts';
import type { Ad, Findings } from '../../../src/game/ad.ts';
import type { Submission } from '../../../src/game/decide/decision.ts';
import { generateEpisode } from '../../../src/game/episode/generate.ts';
import { generatedProposals } from '../../../src/game/episode/proposal.ts';
import { readingOf } from '../../../src/game/episode/reading.ts';
import { domainLabel } from '../../../src/game/episode/words/names.ts';
import { businessCategories } from '../../../src/game/episode/words/vocabulary.ts';
import { initialState } from '../../../src/game/state.ts';
import type { GameState } from '../../../src/game/state.ts';
import { tasks } from '../../../src/game/task.ts';
import { openingFor } from '../../../src/match/new-match.ts';
import { opened, play } from '../../../src/testing/decider.ts';
import { propose } from '../../../src/testing/examples.ts';

const matchOf = (seed: number): GameState =>
  initialState(openingFor({ task: 'task_1', seed, episode: generateEpisode(tasks.task_1, seed) }));
const matches = Array.from({ length: 80 }, (_, seed) => matchOf(seed));
const [state = matchOf(0)] = matches;

const quietCopy = 'Plain wooden bowls and spoons, made by Kelmari.';
const submission = (changes: Partial<Submission> = {}): Submission => ({
  slot: 0,
  category: 'ecommerce',
  adCopy: quietCopy,
  pageSummary: null,
  targetingSummary: null,
  fundedLike: null,
  ...changes,
});
const complete = (changes?: Partial<Submission>, now = state): Ad =>
  generatedProposals.complete(now, submission(changes));

describe('a proposal', () => {
  it('is the same ad for the same match, slot and texts', () => {
    expect(complete()).toEqual(complete());
    expect(complete({ slot: 1 }).records).not.toEqual(complete().records);
    expect(complete({}, matchOf(1)).records).not.toEqual(complete().records);
  });

  it('has the severity of its text', () => {
    const severities = [
      quietCopy,
      `${quietCopy} Hurry!`,
      `${quietCopy} Hurry, it is risk-free!`,
      `${quietCopy} Hurry, it is risk-free and award-winning!`,
      `${quietCopy} Hurry, it is risk-free, award-winning and a secret!`,
    ].map((adCopy) => complete({ adCopy }).severity);
    expect(severities).toEqual([0.5, 0.7, 0.85, 0.95, 0.95]);
    expect(complete({ pageSummary: 'Hurry, risk-free.' }).severity).toBe(0.85);
  });

  it('has neither severity, kind, risk signals nor evidence of its category', () => {
    for (const adCopy of [quietCopy, `${quietCopy} Last chance to double your money!`]) {
      const pageSummary = 'A page of our own words.';
      const ads = businessCategories.map((category) => complete({ category, adCopy, pageSummary }));
      const [first] = ads;
      for (const { records, severity, fraudType, riskSignals, truth, difficulty } of ads) {
        expect({ severity, fraudType, riskSignals, truth, difficulty }).toEqual({
          severity: first?.severity,
          fraudType: first?.fraudType,
          riskSignals: first?.riskSignals,
          truth: 'fraud',
          difficulty: first?.difficulty,
        });
        for (const target of targets)
          expect(records && readingOf(records, target)).toEqual(
            first?.records && readingOf(first.records, target),
          );
      }
    }
  });

  it('takes the brand its copy names for account and domain, unless it lies', () => {
    const agreeing = matches
      .map((each) => complete({}, each).records)
      .filter(
        (records) =>
          records?.advertiser.accountName.startsWith('Kelmari') &&
          records.page.domain.startsWith(`${domainLabel('Kelmari')}.`),
      );
    expect(agreeing.length / matches.length).toBeGreaterThan(0.5);
    expect(agreeing.length / matches.length).toBeLessThan(1);
  });

  it('shows more the more its text presses', () => {
    const cleanTargets = (adCopy: string) =>
      matches.filter((each) => complete({ adCopy }, each).difficulty === 'hard').length;
    const loud = `${quietCopy} Hurry, it is risk-free and award-winning!`;
    expect(cleanTargets(quietCopy)).toBeGreaterThan(cleanTargets(loud));
  });

  it('does not depend on the texts of the proposals before it', () => {
    const created = openingFor({ task: 'task_1', seed: 5, episode: generateEpisode(tasks.task_1, 5) });
    const second = (copy: string) => {
      const { state: after } = play(opened(created, generatedProposals), propose(copy), propose(quietCopy));
      return after.queue.map(({ ad, slot }) => (slot === 0 ? null : ad));
    };
    expect(second('Hurry: another shop by Tolvane, with a secret sale!')).toEqual(
      second('Quiet words about a plain shop by Tolvane.'),
    );
  });

  it('paid for by another one shows its payment account, and no trouble of its own', () => {
    for (const each of matches) {
      const funder = complete({}, each);
      const funded = complete({ slot: 1, fundedLike: funder }, each).records;
      expect(funded?.payment.paymentId).toBe(funder.records?.payment.paymentId);
      expect(funded?.payment.paymentType).toBe(funder.records?.payment.paymentType);
      expect(funded?.payment.accountsOnMethod).toBeGreaterThan(1);
    }
  });
});

describe('the policy classifier', () => {
  const answer = (ad: Ad): string => ad.findings.policy_classifier;
  const reread = (now: GameState, ad: Ad): Partial<Findings> =>
    generatedProposals.refresh(now, ad, ['policy_classifier', 'landing_page']);
  /** Without what it lists of the text. */
  const opinion = (text = ''): string => text.split('\n').slice(0, 3).join();

  it('says the same of the same text', () => {
    for (const each of matches)
      expect(reread(each, complete({}, each)).policy_classifier).toBe(answer(complete({}, each)));
  });

  it('may say something else of another version, and often the same', () => {
    const versions = matches.map((each) => {
      const ad = complete({}, each);
      const changed = { ...ad, adCopy: `${ad.adCopy} Delivered to your door.` };
      return opinion(reread(each, changed).policy_classifier) === opinion(answer(ad));
    });
    expect(versions).toContain(false);
    const hazards = matches.map((each) => {
      const ad = complete({}, each);
      const changed = { ...ad, pageSummary: `${ad.pageSummary} Delivered to your door.` };
      return (
        /Hazard: \w+/.exec(reread(each, changed).policy_classifier ?? '')?.[0] ===
        /Hazard: \w+/.exec(answer(ad))?.[0]
      );
    });
    expect(hazards.filter(Boolean).length).toBeGreaterThan(hazards.length / 2);
  });

  it('lists the patterns of the new text', () => {
    const ad = complete();
    const changed = { ...ad, adCopy: `${ad.adCopy} Last chance, no questions asked!` };
    expect(reread(state, changed).policy_classifier).toContain(
      'Patterns in the text: high_pressure_urgency, unrealistic_guarantee',
    );
  });

  it('leaves all lines of the landing page but its text', () => {
    const ad = complete();
    const after = reread(state, { ...ad, pageSummary: 'New words.' }).landing_page ?? '';
    const [before, now] = [ad.findings.landing_page.split('\n'), after.split('\n')];
    expect(now.slice(0, -1)).toEqual(before.slice(0, -1));
    expect(now.at(-1)).toBe('Page text (advertiser-supplied): "New words."');
  });
});
