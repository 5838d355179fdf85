import type { Target } from '../game/ad.ts';
import type { Reading } from '../game/episode/evidence.ts';

/** How lines of a finding are parsed into fields of the evidence model. */
const fieldsByLabel: Readonly<Record<string, (value: string) => Reading>> = {
  'Account name': (value) => ({ verifiedBusiness: value.endsWith('(verified)') ? 'yes' : 'no' }),
  'Ads approved': number('approvalPercent'),
  Violations: number('violations'),
  'Claims sent to review': number('claimReviews'),
  'Most ads in one day': number('burstPercent'),
  'Domain age': number('domainAgeDays'),
  Certificate: (value) => ({ sslValid: value === 'valid' ? 'yes' : 'no' }),
  Redirects: number('redirects'),
  'Likeness to known bad pages': number('similarityPercent'),
  'Missing elements': number('missingElements'),
  Disclaimers: number('disclaimers'),
  'Accounts on the method': (value) => ({ otherAccounts: Number.parseInt(value, 10) - 1 }),
  Disputes: number('disputes'),
  Refunds: number('refundPercent'),
  'Failed charges': number('failedCharges'),
  'Audience shared with other ads': number('overlapPercent'),
  Regions: number('regions'),
  'Excluded audiences': number('excludedAudiences'),
  'Sensitive interests': number('sensitiveInterests'),
  Objective: text('objective'),
  'Bid strategy': text('bidStrategy'),
  'Budget against the usual': number('budgetPercent'),
  'Ad sets': number('adSets'),
  'Versions of the claim': number('claimVariants'),
  'Audience network': text('audienceNetwork'),
  Hazard: text('hazard'),
  Confidence: number('confidencePercent'),
};

const idLabels = [
  'Billing contact',
  'Analytics id',
  'Payment id',
  'Audience fingerprint',
  'Creative fingerprint',
];

/** One parsed finding. */
export interface ReadFinding {
  readonly adId: string;
  readonly target: Target;
  readonly reading: Reading;
  /** Values that another ad may share. */
  readonly ids: readonly string[];
  /** The original lines, for citing. */
  readonly lines: readonly string[];
}

const heading = /^\[(\S+) (\w+)(?:, STALE[^\]]*)?\]$/;

/** Parses the blocks of `investigation_findings`. Lines with an unknown label are ignored. */
export function readFindings(findings: string): readonly ReadFinding[] {
  const blocks: { adId: string; target: Target; lines: string[] }[] = [];
  for (const line of findings.split('\n')) {
    const found = heading.exec(line);
    if (found !== null) blocks.push({ adId: found[1] ?? '', target: found[2] as Target, lines: [] });
    else if (line !== '') blocks.at(-1)?.lines.push(line);
  }
  return blocks.map(({ adId, target, lines }) => {
    const pairs = lines.map((line) => splitLine(line));
    return {
      adId,
      target,
      lines,
      reading: Object.assign(
        {},
        ...pairs.map(([label, value]) => fieldsByLabel[label]?.(value) ?? {}),
      ) as Reading,
      ids: pairs.filter(([label]) => idLabels.includes(label)).map(([, value]) => value),
    };
  });
}

/** Parses the growing findings of one match. When the text has grown, only the new part is parsed. */
export class FindingsReader {
  #text = '';
  #read: readonly ReadFinding[] = [];

  read(findings: string): readonly ReadFinding[] {
    if (findings === this.#text) return this.#read;
    const isLonger = this.#text !== '' && findings.startsWith(`${this.#text}\n\n[`);
    this.#read = isLonger
      ? [...this.#read, ...readFindings(findings.slice(this.#text.length))]
      : readFindings(findings);
    this.#text = findings;
    return this.#read;
  }
}

function splitLine(line: string): readonly [label: string, value: string] {
  const colon = line.indexOf(': ');
  return colon === -1 ? ['', line] : [line.slice(0, colon), line.slice(colon + 2)];
}

function number(name: string) {
  return (value: string): Reading => ({ [name]: Number.parseInt(value, 10) });
}

function text(name: string) {
  return (value: string): Reading => ({ [name]: value });
}
