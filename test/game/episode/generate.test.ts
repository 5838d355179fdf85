import { describe, expect, it } from 'vitest';
import { targets, truths } from '../../../src/game/ad.ts';
import type { Ad, AdRecords } from '../../../src/game/ad.ts';
import { splitFor } from '../../../src/game/episode/business.ts';
import { isoDate, today } from '../../../src/game/episode/day.ts';
import type { Episode } from '../../../src/game/episode/episode.ts';
import { bucketOf } from '../../../src/game/episode/evidence.ts';
import { evidenceModel } from '../../../src/game/episode/evidence-model.ts';
import { renderFindings } from '../../../src/game/episode/findings.ts';
import { generateEpisode } from '../../../src/game/episode/generate.ts';
import { markersIn } from '../../../src/game/episode/markers.ts';
import { readingOf } from '../../../src/game/episode/reading.ts';
import { domainLabel } from '../../../src/game/episode/words/names.ts';
import { businessCategories } from '../../../src/game/episode/words/vocabulary.ts';
import { queueSize, taskIds, tasks } from '../../../src/game/task.ts';
import type { TaskId } from '../../../src/game/task.ts';
import { readFindings } from '../../../src/players/reading.ts';

type Known = Ad & { readonly records: AdRecords };

const episodesOf = (taskId: TaskId, seeds: number): readonly Episode[] =>
  Array.from({ length: seeds }, (_, seed) => generateEpisode(tasks[taskId], seed));
const adsOf = ({ ads, arrivals }: Episode): readonly Known[] =>
  [...ads, ...arrivals.map(({ ad }) => ad)] as readonly Known[];

const many = episodesOf('task_2', 300);
const allAds = many.flatMap(adsOf);
const honest = allAds.filter(({ truth }) => truth !== 'fraud');

describe.each(taskIds)('an episode of %s', (taskId) => {
  const task = tasks[taskId];
  const episodes = episodesOf(taskId, 40);

  it('is the same for the same seed, and another for another', () => {
    expect(generateEpisode(task, 3)).toEqual(episodes[3]);
    const copies = new Set(episodes.map(({ ads }) => ads.map(({ adCopy }) => adCopy).join()));
    expect(copies.size).toBe(episodes.length);
  });

  it('has the truths of the task, in an order that tells nothing', () => {
    for (const { ads } of episodes) {
      expect(ads).toHaveLength(queueSize(task));
      for (const truth of truths) expect(ads.filter((ad) => ad.truth === truth)).toHaveLength(task[truth]);
    }
    const orders = new Set(episodes.map(({ ads }) => ads.map(({ truth }) => truth).join()));
    expect(orders.size).toBeGreaterThan(8);
  });

  it('lets genuine ads arrive, about one for every three proposals, before the last round', () => {
    for (const { arrivals } of episodes) {
      expect(arrivals).toHaveLength(Math.max(1, Math.floor(task.maxProposals / 3)));
      for (const { round, ad } of arrivals) {
        expect(round).toBeGreaterThanOrEqual(1);
        expect(round).toBeLessThan(task.maxRounds);
        expect(task.escalate > 0 ? ['legit', 'escalate'] : ['legit']).toContain(ad.truth);
        expect(ad.findings).toEqual(renderFindings(ad as Known));
      }
    }
    const rounds = new Set(episodes.flatMap(({ arrivals }) => arrivals.map(({ round }) => round)));
    expect(rounds.size).toBe(task.maxRounds - 1);
  });

  it('repeats no id and no text', () => {
    for (const episode of episodes) {
      const ads = adsOf(episode);
      for (const key of ['adId', 'adCopy', 'targetingSummary', 'pageSummary'] as const)
        expect(new Set(ads.map((ad) => ad[key])).size, key).toBe(ads.length);
    }
  });

  it('keeps every field within the evidence model', () => {
    for (const ad of episodes.flatMap(adsOf))
      for (const target of targets) {
        const reading = readingOf(ad.records, target);
        for (const field of evidenceModel[target].fields)
          expect(() => bucketOf(field, reading[field.name] ?? 'nothing')).not.toThrow();
      }
  });
});

describe('records come first', () => {
  it('findings are the records, and are read back as them', () => {
    for (const ad of allAds) {
      expect(ad.findings).toEqual(renderFindings(ad));
      for (const target of targets) {
        const [read] = readFindings(`[${ad.adId} ${target}]\n${ad.findings[target]}`);
        expect(read?.reading).toEqual(readingOf(ad.records, target));
      }
    }
  });

  it('name, domain, dates and spend of an honest ad agree with its business', () => {
    for (const { records, adCopy, pageSummary } of honest) {
      const { brand, advertiser, page, campaign } = records;
      expect(advertiser.accountName.startsWith(`${brand} `)).toBe(true);
      expect(page.domain.split('.')[0]).toBe(domainLabel(brand));
      expect(adCopy).toContain(brand);
      expect(pageSummary).toContain(brand);
      expect(advertiser.createdOn).toBe(isoDate(today - advertiser.accountAgeDays));
      expect(advertiser.totalSpendUsd).toBeGreaterThan(0);
      expect(advertiser.totalSpendUsd).toBeLessThanOrEqual(
        campaign.dailyBudgetUsd * advertiser.accountAgeDays,
      );
      expect(campaign.dailyBudgetUsd).toBe(Math.floor((60 * campaign.budgetPercent) / 100));
    }
  });

  it('only frauds contradict themselves, and few of them', () => {
    const contradicts = ({ records: { brand, advertiser, page } }: Known) =>
      !advertiser.accountName.startsWith(brand) ||
      !page.domain.startsWith(`${domainLabel(brand)}.`) ||
      advertiser.createdOn !== isoDate(today - advertiser.accountAgeDays);
    const liars = allAds.filter(contradicts);
    expect(new Set(liars.map(({ truth }) => truth))).toEqual(new Set(['fraud']));
    const frauds = allAds.filter(({ truth }) => truth === 'fraud');
    expect(liars.length / frauds.length).toBeGreaterThan(0.25);
    expect(liars.length / frauds.length).toBeLessThan(0.55);
  });

  it('the classifier lists what stands in the text, and condemns exactly where it names a hazard', () => {
    for (const { records, adCopy, pageSummary } of allAds) {
      const { classification } = records;
      expect(classification.markers).toEqual(markersIn(`${adCopy}\n${pageSummary}`));
      expect(classification.verdict === 'unsafe').toBe(classification.hazard !== 'none');
    }
  });

  it('days of the calendar are those of the platform', () => {
    for (let day = today - 4000; day <= today; day += 7)
      expect(isoDate(day)).toBe(new Date(day * 86_400_000).toISOString().slice(0, 10));
    expect(isoDate(today)).toBe('2026-04-06');
  });
});

describe('free to know', () => {
  it('every category occurs with every truth, about equally often', () => {
    for (const truth of truths) {
      const ads = allAds.filter((ad) => ad.truth === truth);
      for (const category of businessCategories) {
        const share = ads.filter((ad) => ad.category === category).length / ads.length;
        expect(share, `${category} ${truth}`).toBeGreaterThan(0.02);
        expect(share, `${category} ${truth}`).toBeLessThan(0.12);
      }
    }
  });

  it('honest ads have risk signals too, and frauds often none', () => {
    const shareWith = (ads: readonly Ad[]) =>
      ads.filter(({ riskSignals }) => riskSignals.length > 0).length / ads.length;
    expect(shareWith(honest)).toBeGreaterThan(0.3);
    expect(shareWith(allAds.filter(({ truth }) => truth === 'fraud'))).toBeLessThan(0.9);
  });
});

describe('splitFor', () => {
  it('holds the evaluation seeds and the unseen task out of training', () => {
    const heldOut = (taskId: TaskId, seeds: readonly number[]) =>
      seeds.map((seed) => splitFor(taskId, seed) === 'held_out');
    expect(heldOut('task_1', [1000, 1001, 1010, 1011])).toEqual([false, true, true, false]);
    expect(heldOut('task_2', [2000, 2001, 2010, 2011])).toEqual([false, true, true, false]);
    expect(heldOut('task_3', [3000, 3001, 3010, 3011])).toEqual([false, true, true, false]);
    expect(heldOut('task_3_unseen', [0, 42, 4001, 4010])).toEqual([true, true, true, true]);
  });
});
