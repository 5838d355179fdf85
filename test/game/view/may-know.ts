import type { Target } from '../../../src/game/ad.ts';
import { findAd, round } from '../../../src/game/state.ts';
import type { Role } from '../../../src/game/command.ts';
import type { QueuedAd } from '../../../src/game/state.ts';
import type { Scene } from '../../../src/testing/decider.ts';
import type { Canary } from './canaries.ts';

export type Viewer = Role | 'spectator';

/** Whether the value may be in a view of the match at this moment. */
type Rule = (canary: Canary, scene: Scene) => boolean;
type Rules = Readonly<Record<string, Rule>>;

const entryOf = ({ adId }: Canary, { state }: Scene): QueuedAd | undefined => findAd(state, adId);

const always: Rule = () => true;
const never: Rule = () => false;
const joined: Rule = (canary, scene) => entryOf(canary, scene) !== undefined;
const over: Rule = (_, { phase }) => phase === 'done' || phase === 'aborted';
const isAudit: Rule = (canary, scene) => scene.phase === 'audit_phase' || over(canary, scene);
const own: Rule = (canary, scene) => (entryOf(canary, scene)?.slot ?? null) !== null;

/** Joined before the fraudster turn that is running. */
const announced: Rule = (canary, scene) => {
  const entry = entryOf(canary, scene);
  return entry !== undefined && (scene.phase !== 'fraudster_turn' || entry.joinedRound < round(scene.state));
};

const pulled =
  (target: Target): Rule =>
  (canary, scene) =>
    entryOf(canary, scene)?.pulls.some((pull) => pull.target === target) ?? false;

/** The very text that was pulled, not one of a later version of the ad. */
const asPulled: Rule = (canary, scene) =>
  entryOf(canary, scene)?.pulls.some((pull) => pull.text === canary.text) ?? false;

const all = (first: Rule, second: Rule): Rule => {
  return (canary, scene) => first(canary, scene) && second(canary, scene);
};

const forEach = (kinds: readonly string[], rule: Rule): Rules =>
  Object.fromEntries(kinds.map((kind) => [kind, rule]));

const findings = [
  'findings.advertiser_history',
  'findings.landing_page',
  'findings.payment_method',
  'findings.targeting_overlap',
  'findings.campaign_structure',
  'findings.policy_classifier',
];
const target = (kind: string) => kind.replace('findings.', '') as Target;

/** Known of an ad without a pull. */
const free = [
  'records.advertiser.country',
  'records.advertiser.accountAgeDays',
  'records.payment.paymentType',
];

/** Fields of the evidence ledger by the target that shows them. */
const ledger: Rules = {
  'records.advertiser.advertiserId': pulled('advertiser_history'),
  'records.page.domain': pulled('landing_page'),
  'records.page.registrar': pulled('landing_page'),
  'records.page.domainAgeDays': pulled('landing_page'),
  'records.payment.paymentId': pulled('payment_method'),
  'records.targeting.targetingFingerprint': pulled('targeting_overlap'),
  'records.campaign.creativeFingerprint': pulled('campaign_structure'),
};

const ownSignals = [...free, ...Object.keys(ledger)].filter((kind) => !kind.includes('creative'));

/** What the record of the review shows the auditor. */
const reviewed = [
  'adCopy',
  'category',
  'targetingSummary',
  'pageSummary',
  'severity',
  'fraudType',
  'records.advertiser.country',
];
const written = [
  'fraudster.rationale',
  'fraudster.refused',
  'investigator.rationale',
  'investigator.linkReason',
  'investigator.confidence',
  'investigator.reward',
  'ring.ringId',
];

/** Everything a viewer may ever see of a match, by kind. A kind that is not listed is secret for good. */
export const mayKnow: Readonly<Record<'classic' | 'standard', Readonly<Record<Viewer, Rules>>>> = {
  standard: {
    fraudster: {
      ...forEach(['adCopy', 'category'], joined),
      ...forEach(ownSignals, own),
    },
    investigator: {
      ...forEach(['adCopy', 'category', 'targetingSummary', 'riskSignals', ...free], announced),
      ...forEach(findings, asPulled),
      ...ledger,
      ...forEach(['investigator.linkReason', 'investigator.confidence'], always),
    },
    auditor: {
      ...forEach(reviewed, all(isAudit, joined)),
      ...forEach(findings, all(isAudit, asPulled)),
      ...forEach(written, isAudit),
      'auditor.note': always,
    },
    spectator: {
      ...forEach(['adCopy', 'category'], announced),
      ...forEach(['severity', 'investigator.confidence'], over),
    },
  },
  classic: {
    fraudster: {
      ...forEach(['adCopy', 'category'], joined),
      ...forEach(ownSignals, own),
      ...forEach(['investigator.rationale', 'investigator.confidence'], always),
    },
    investigator: {
      ...forEach(['adCopy', 'category', 'targetingSummary', 'riskSignals', ...free], joined),
      ...Object.fromEntries(findings.map((kind) => [kind, pulled(target(kind))])),
      ...ledger,
      ...forEach(['records.page.domain', 'records.page.registrar'], joined),
      ...forEach(['investigator.linkReason', 'investigator.confidence'], always),
    },
    auditor: {
      ...forEach([...reviewed, ...findings], joined),
      ...forEach(written, always),
      ...forEach(['auditor.note', 'auditor.repeated'], always),
    },
    spectator: {
      ...forEach(['adCopy', 'category'], joined),
      ...forEach(['severity', 'investigator.confidence'], over),
    },
  },
};

export function isAllowed(ruleset: 'classic' | 'standard', viewer: Viewer, canary: Canary, scene: Scene) {
  return (mayKnow[ruleset][viewer][canary.kind] ?? never)(canary, scene);
}
