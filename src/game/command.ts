import type { Json } from '../shared/canonical-json.ts';
import type { Target, VerdictWord } from './ad.ts';

export const roles = ['fraudster', 'investigator', 'auditor'] as const;
/** A seat's part in a match. */
export type Role = (typeof roles)[number];
export function isRole(text: string): text is Role {
  return (roles as readonly string[]).includes(text);
}

/** Who looks at a match: one of its seats, or anybody who watches. */
export type Viewer = Role | 'spectator';

/**
 * What each role may ask for. Field names are those of the wire, in camel case; an absent field was absent or null
 * there. Texts are as sent: untrimmed.
 */
export interface FraudsterAction {
  readonly actionType: 'propose_ad' | 'modify_pending_ad' | 'end_turn' | 'commit_final';
  readonly adCopy?: string;
  readonly landingPageBlurb?: string;
  readonly category?: string;
  readonly targetingSummary?: string;
  /** The own proposal whose payment account pays for this one too. */
  readonly fundFromSlot?: number;
  /** 0-based ordinal of the fraudster's accepted proposals. */
  readonly slotIndex?: number;
  readonly newAdCopy?: string;
  readonly newLandingPageBlurb?: string;
  readonly rationale?: string;
}

export interface InvestigatorAction {
  readonly actionType: 'investigate' | 'verdict' | 'link_accounts' | 'end_turn';
  /** Empty for `end_turn`. */
  readonly adId: string;
  readonly investigationTarget?: Target;
  readonly verdict?: VerdictWord;
  /** 0..1. */
  readonly confidence?: number;
  readonly rationale?: string;
  readonly linkedAdId?: string;
  readonly linkReason?: string;
}

export interface AuditorAction {
  readonly actionType: 'flag_investigator' | 'flag_fraudster' | 'submit_audit_report';
  readonly targetAdId?: string;
  readonly flagType?: string;
  /** 0..1. */
  readonly severity?: number;
  readonly note?: string;
  readonly auditReport?: Readonly<Record<string, Json>>;
}

export type RoleCommand =
  | { readonly by: 'fraudster'; readonly action: FraudsterAction }
  | { readonly by: 'investigator'; readonly action: InvestigatorAction }
  | { readonly by: 'auditor'; readonly action: AuditorAction };

/** What a host may ask for: a deadline that passed, or an end by the owner. */
export type HostCommand =
  | {
      readonly by: 'clock';
      readonly missed: 'turn' | 'match';
      /** The version the limit was armed at. */ readonly armedAt: number;
    }
  | { readonly by: 'owner'; readonly abort: string };

export type Command = RoleCommand | HostCommand;
