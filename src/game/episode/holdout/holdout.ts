import { AppError } from '../../../shared/errors.ts';
import type { Episode } from '../episode.ts';
import { tellCaseStudy } from './case-study.ts';
import type { CaseStudy } from './case-study.ts';
import { coldSnap } from './cold-snap.ts';
import { ferryWeek } from './ferry-week.ts';
import { springTerm } from './spring-term.ts';

const caseStudies: ReadonlyMap<string, CaseStudy> = new Map([
  ['ferry_week', ferryWeek],
  ['cold_snap', coldSnap],
  ['spring_term', springTerm],
]);

/** The number of ads of each case study. Contains no text, so it needs no confirmation. */
export function holdoutCaseStudies(): Readonly<Record<string, number>> {
  return Object.fromEntries([...caseStudies].map(([name, { ads }]) => [name, ads.length]));
}

/**
 * The hand-written ads that no player is trained on: all of them, or one case study's. `confirm` must be
 * exactly `true`. Sorted by id, so that the order reveals nothing.
 * @throws AppError `confirmation_missing`; `episode_invalid` for an unknown case study.
 */
export function loadHoldout(confirm: unknown, caseStudy?: string): Episode {
  if (confirm !== true)
    throw new AppError('confirmation_missing', 'The held-out set needs an explicit confirmation.');
  const told = chosen(caseStudy).map(tellCaseStudy);
  return {
    episodeVersion: 1,
    ads: told.flatMap(({ ads }) => ads).toSorted((one, other) => (one.adId < other.adId ? -1 : 1)),
    rings: told.map(({ ring }) => ring),
    arrivals: [],
  };
}

function chosen(caseStudy: string | undefined): readonly CaseStudy[] {
  if (caseStudy === undefined) return [...caseStudies.values()];
  const study = caseStudies.get(caseStudy);
  if (study !== undefined) return [study];
  const known = [...caseStudies.keys()];
  throw new AppError(
    'episode_invalid',
    `The held-out set has no case study "${caseStudy}". Case studies: ${known.join(', ')}.`,
    { caseStudy, known },
  );
}
