import type { Json } from '../shared/canonical-json.ts';
import type { Target, VerdictWord } from './ad.ts';

export const roles = ['fraudster', 'investigator', 'auditor'] as const;
/** The role of a seat. */
export type Role = (typeof roles)[number];
export function isRole(text: string): text is Role {
  return (roles as readonly string[]).includes(text);
}

/** Who views a match: a role, or a spectator. */
export type Viewer = Role | 'spectator';

/**
 * The actions of each role. Field names are those of the wire in camel case. An absent field was absent or
 * null on the wire. Texts are as sent, not trimmed.
 */
export interface FraudsterAction {
  readonly actionType: 'propose_ad' | 'modify_pending_ad' | 'end_turn' | 'commit_final';
  readonly adCopy?: string;
  readonly landingPageBlurb?: string;
  readonly category?: string;
  readonly targetingSummary?: string;
  /** The slot of an earlier own proposal whose payment account this one uses too. */
  readonly fundFromSlot?: number;
  /** The index of an accepted proposal of the fraudster, from 0. */
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

/** A command of the server: a time limit that passed, or an abort by the owner. */
export type HostCommand =
  | {
      readonly by: 'clock';
      readonly missed: 'turn' | 'match';
      /** The stream version that the limited turn or phase began with. */ readonly armedAt: number;
    }
  | { readonly by: 'owner'; readonly abort: string };

export type Command = RoleCommand | HostCommand;
