import { describe, expect, it } from 'vitest';
import type { Ad } from '../../src/game/ad.ts';
import { renderFindings } from '../../src/game/episode/findings.ts';
import { generateEpisode } from '../../src/game/episode/generate.ts';
import { taskIds, tasks } from '../../src/game/task.ts';
import { parseEpisode } from '../../src/protocol/episode-document.ts';
import { isAppError } from '../../src/shared/errors.ts';
import { present } from '../../src/shared/invariant.ts';
import { matchId } from '../../src/shared/ids.ts';
import { opening, stage } from '../match/kit.ts';

type Document = Record<string, unknown>;

const generated = generateEpisode(tasks.task_3, 3);
const example = present(generated.ads[0], 'An ad');
const records = present(example.records, 'Its records');

const asJson = (episode: object): unknown => JSON.parse(JSON.stringify(episode)) as unknown;
const source = 'my.json';

/** The smallest ad a person may write. */
const plain = {
  adId: 'a',
  category: 'shop',
  adCopy: 'A lamp.',
  targetingSummary: 'Adults',
  truth: 'legit',
  severity: 0,
  findings: example.findings,
};
const ads = (...changes: Document[]): Document => ({
  episodeVersion: 1,
  ads: changes.map((change, index) => ({ ...plain, adId: `ad${index}`, ...change })),
});
const withRings = (...rings: unknown[]): Document => ({ ...ads({}, {}, {}), rings });
const withRecords = (change: Document): Document => ads({ records: { ...records, ...change } });

/** Path and rule of the fault; the test fails where the document is read. */
function faultOf(document: unknown): { readonly path: string; readonly rule: string } {
  try {
    parseEpisode(document, source);
  } catch (error) {
    if (!isAppError(error, 'episode_invalid')) throw error;
    const { path, rule } = error.details as { path: string; rule: string };
    expect(error.message).toBe(`${source} is no episode: at ${path}: ${rule}.`);
    return { path, rule };
  }
  throw new Error('The document was read.');
}

describe('a generated episode', () => {
  it.each(taskIds)('comes through JSON and back unchanged (%s)', (taskId) => {
    for (let seed = 0; seed < 20; seed += 1) {
      const episode = generateEpisode(tasks[taskId], seed);
      expect(parseEpisode(asJson(episode), source)).toEqual(episode);
    }
  });

  it('gets the same findings from its records where the document leaves them out', () => {
    const without = (ad: Ad): object => ({ ...ad, findings: undefined });
    const arrivals = generated.arrivals.map(({ round, ad }) => ({ round, ad: without(ad) }));
    const bare = asJson({ ...generated, ads: generated.ads.map(without), arrivals });
    expect(JSON.stringify(bare)).not.toContain('"findings"');
    expect(parseEpisode(bare, source)).toEqual(generated);
  });
});

describe('a document', () => {
  it('may be as short as one ad with finished findings', () => {
    expect(parseEpisode(ads({}), source)).toEqual({
      episodeVersion: 1,
      ads: [
        {
          ...plain,
          adId: 'ad0',
          pageSummary: '',
          riskSignals: [],
          fraudType: '',
          difficulty: 'medium',
          records: null,
        },
      ],
      rings: [],
      arrivals: [],
    });
  });

  it('keeps its own findings beside records', () => {
    const own = Object.fromEntries(Object.keys(example.findings).map((target) => [target, 'My own words.']));
    const [ad] = parseEpisode(ads({ records, findings: own }), source).ads;
    expect(ad?.findings).toEqual(own);
    expect(ad?.findings).not.toEqual(renderFindings({ ...example, records }));
  });

  it('may tie late ads into rings', () => {
    const document = {
      ...ads({}, {}),
      arrivals: [{ round: 2, ad: { ...plain, adId: 'late' } }],
      rings: [{ ringId: 'r', memberAdIds: ['ad0', 'late'], edges: [['late', 'ad0']] }],
    };
    const episode = parseEpisode(document, source);
    expect(episode.rings).toEqual(document.rings);
    expect(episode.arrivals[0]).toMatchObject({ round: 2, ad: { adId: 'late', records: null } });
  });

  it('has limits that count code points', () => {
    const texts = { category: 64, adCopy: 2000, targetingSummary: 512, pageSummary: 2000, fraudType: 64 };
    for (const [field, max] of Object.entries(texts)) {
      expect(parseEpisode(ads({ [field]: '😀'.repeat(max) }), source).ads).toHaveLength(1);
      expect(faultOf(ads({ [field]: 'x'.repeat(max + 1) }))).toEqual({
        path: `/ads/0/${field}`,
        rule: `at most ${max} characters`,
      });
    }
  });

  it('can be played: what it holds can be stored', async () => {
    const zeros = ads({
      severity: -0,
      records: { ...records, payment: { ...records.payment, disputes: -0 } },
    });
    const episode = parseEpisode(zeros, source);
    const actor = await stage().registry.create(matchId('own'), opening('standard', { episode }));
    expect(actor.position.state.queue[0]?.ad.severity).toBe(0);
    expect(Object.is(episode.ads[0]?.records?.payment.disputes, 0)).toBe(true);
  });
});

describe('a bad document is refused with path and rule:', () => {
  const cases: readonly [name: string, document: unknown, path: string, rule: RegExp][] = [
    ['no object', 'text', '/', /expected object/],
    ['nothing', undefined, '/', /expected object/],
    ['a list', [], '/', /expected object/],
    ['another version', { ...ads({}), episodeVersion: 2 }, '/episodeVersion', /expected 1/],
    ['no version', { ads: ads({})['ads'] }, '/episodeVersion', /expected 1/],
    ['a field nobody knows', { ...ads({}), author: 'me' }, '/', /author/],
    ['no ads', { episodeVersion: 1, ads: [] }, '/ads', />=1/],
    ['too many ads', ads(...Array.from({ length: 201 }, () => ({}))), '/ads', /<=200/],
    ['an ad with a field nobody knows', ads({}, { colour: 'red' }), '/ads/1', /colour/],
    ['an ad without id', ads({ adId: undefined }), '/ads/0/adId', /expected string/],
    ['an id with a blank', ads({ adId: 'a b' }), '/ads/0/adId', /letters, digits/],
    ['an id of dots', ads({ adId: '..' }), '/ads/0/adId', /letters, digits/],
    ['an id too long', ads({ adId: 'a'.repeat(129) }), '/ads/0/adId', /128/],
    ['half of a surrogate pair', ads({ adCopy: 'x\uD83D' }), '/ads/0/adCopy', /surrogate/],
    ['a truth nobody knows', ads({ truth: 'maybe' }), '/ads/0/truth', /fraud/],
    ['no truth', ads({ truth: undefined }), '/ads/0/truth', /fraud/],
    ['a severity above 1', ads({ severity: 1.01 }), '/ads/0/severity', /<=1/],
    ['a severity that is no number', ads({ severity: NaN }), '/ads/0/severity', /number/],
    ['a difficulty nobody knows', ads({ difficulty: 'mad' }), '/ads/0/difficulty', /easy/],
    ['too many signals', ads({ riskSignals: Array(21).fill('x') }), '/ads/0/riskSignals', /<=20/],
    ['a long signal', ads({ riskSignals: ['x'.repeat(201)] }), '/ads/0/riskSignals/0', /200/],
    ['neither records nor findings', ads({ findings: undefined }), '/ads/0', /needs records or findings/],
    [
      'findings for five targets',
      ads({ findings: { ...example.findings, landing_page: undefined } }),
      '/ads/0/findings/landing_page',
      /expected string/,
    ],
    [
      'findings for a seventh target',
      ads({ findings: { ...example.findings, weather: '' } }),
      '/ads/0/findings',
      /weather/,
    ],
    [
      'a country in full',
      withRecords({ advertiser: { ...records.advertiser, country: 'Germany' } }),
      '/ads/0/records/advertiser/country',
      /two-letter/,
    ],
    [
      'a date that is none',
      withRecords({ advertiser: { ...records.advertiser, createdOn: '2024-02-30' } }),
      '/ads/0/records/advertiser/createdOn',
      /date/,
    ],
    [
      'half a dispute',
      withRecords({ payment: { ...records.payment, disputes: 1.5 } }),
      '/ads/0/records/payment/disputes',
      /int/,
    ],
    [
      'a negative age',
      withRecords({ page: { ...records.page, domainAgeDays: -1 } }),
      '/ads/0/records/page/domainAgeDays',
      />=0/,
    ],
    [
      'a hazard too long',
      withRecords({ classification: { ...records.classification, hazard: 'x'.repeat(201) } }),
      '/ads/0/records/classification/hazard',
      /200/,
    ],
    ['records without a page', withRecords({ page: undefined }), '/ads/0/records/page', /expected object/],
    ['two ads of one name', ads({}, { adId: 'ad0' }), '/ads/1/adId', /"ad0" names an earlier ad/],
    [
      'a late ad of a known name',
      { ...ads({}), arrivals: [{ round: 1, ad: { ...plain, adId: 'ad0' } }] },
      '/arrivals/0/ad/adId',
      /earlier ad/,
    ],
    [
      'an arrival before the first round',
      { ...ads({}), arrivals: [{ round: 0, ad: plain }] },
      '/arrivals/0/round',
      />=1/,
    ],
    [
      'an arrival after all rounds',
      { ...ads({}), arrivals: [{ round: 21, ad: plain }] },
      '/arrivals/0/round',
      /<=20/,
    ],
    [
      'a bad late ad',
      { ...ads({}), arrivals: [{ round: 1, ad: { ...plain, truth: 1 } }] },
      '/arrivals/0/ad/truth',
      /fraud/,
    ],
    ['a ring of one', withRings({ ringId: 'r', memberAdIds: ['ad0'] }), '/rings/0/memberAdIds', />=2/],
    [
      'a ring of one, named twice',
      withRings({ ringId: 'r', memberAdIds: ['ad0', 'ad0'] }),
      '/rings/0/memberAdIds',
      /twice/,
    ],
    [
      'a ring with a stranger',
      withRings({ ringId: 'r', memberAdIds: ['ad0', 'zz'] }),
      '/rings/0/memberAdIds',
      /"zz"/,
    ],
    [
      'an edge to itself',
      withRings({ ringId: 'r', memberAdIds: ['ad0', 'ad1'], edges: [['ad0', 'ad0']] }),
      '/rings/0/edges',
      /two different members/,
    ],
    [
      'an edge out of its ring',
      withRings(
        { ringId: 'q', memberAdIds: ['ad0', 'ad2'] },
        { ringId: 'r', memberAdIds: ['ad0', 'ad1'], edges: [['ad0', 'ad2']] },
      ),
      '/rings/1/edges',
      /two different members/,
    ],
    [
      'an edge of three',
      withRings({ ringId: 'r', memberAdIds: ['ad0', 'ad1'], edges: [['ad0', 'ad1', 'ad2']] }),
      '/rings/0/edges/0',
      /<=2/,
    ],
  ];

  it.each(cases)('%s', (_, document, path, rule) => {
    const fault = faultOf(document);
    expect(fault.path).toBe(path);
    expect(fault.rule).toMatch(rule);
  });
});
