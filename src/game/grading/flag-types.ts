/** The faults an audit knows, by track. Source: match spec, section 7. */
export const flagTypes = {
  A: ['miscalibration', 'missing_citation', 'incoherent_rationale', 'inconsistency', 'bias'],
  B: ['gibberish', 'parameter_mismatch', 'template_repetition', 'market_implausible', 'branding_anomaly'],
} as const;

/** Types that concern the whole review rather than one ad. */
export const flagTypesWithoutTarget: readonly string[] = ['miscalibration', 'bias'];
