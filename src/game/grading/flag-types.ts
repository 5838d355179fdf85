import type { AuditorAction } from '../command.ts';
import type { Track } from './record.ts';

/** The track of an auditor's flag action. */
export const trackOf = ({ actionType }: AuditorAction): Track =>
  actionType === 'flag_fraudster' ? 'B' : 'A';

/** The flag types of an audit, by track. Source: match spec, section 7. */
export const flagTypes = {
  A: ['miscalibration', 'missing_citation', 'incoherent_rationale', 'inconsistency', 'bias'],
  B: ['gibberish', 'parameter_mismatch', 'template_repetition', 'market_implausible', 'branding_anomaly'],
} as const;

/** The types that concern the whole review instead of one ad. */
export const flagTypesWithoutTarget: readonly string[] = ['miscalibration', 'bias'];
