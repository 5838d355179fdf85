/**
 * Patterns of high-pressure selling. Risk signals and the classifier's markers use them, for generated ads
 * and proposals alike. Kinds: episode spec, section 10.2; the patterns are our own.
 */
const patterns: Readonly<Record<string, RegExp>> = {
  high_pressure_urgency:
    /\b(act now|hurry|last chance|limited[ -]time|ends? (?:tonight|soon|today|on \w+day)|expires?|only \d+ (?:left|places|spots|days|hours)|while (?:stocks?|supplies) lasts?|before (?:midnight|\w+day)|running out|closing soon)\b/,
  fake_authority_claim:
    /\b(doctor[ -](?:recommended|approved)|clinically (?:proven|tested)|certified|endorsed by|board[ -]certified|medical[ -]grade|experts? (?:agree|recommend)|approved by|award[ -]winning)\b/,
  unrealistic_guarantee:
    /\b(guarantee[ds]?|risk[ -]free|no questions asked|money[ -]back|full refund|100 ?%|or your money)/,
  exclusivity_manipulation:
    /\b(secret|exclusive(?:ly)?|members?[ -]only|invitation[ -]only|by invitation|insiders?|hand-?picked|chosen few|private (?:list|sale))\b/,
  get_rich_quick:
    /\b(?:earn|make|double|triple|multiply) (?:up to )?(?:your (?:money|savings|deposit)\b|[$€£]? ?\d)|passive income|overnight/,
  phishing_credential_request:
    /(?:verify|unlock) your\b|confirm your (?:account|identity|details)\b|log ?in (?:required|to claim)\b|password/,
  counterfeit_indicator: /\b(replica|dupe|copy of|knock-?off|inspired by|designer[ -]style|same quality)\b/,
};

/** The kinds of patterns in the text, in the order of `markerKinds`. */
export function markersIn(text: string): readonly string[] {
  const lowered = text.toLowerCase();
  return markerKinds.filter((kind) => patterns[kind]?.test(lowered));
}

export const markerKinds: readonly string[] = Object.keys(patterns);
