import { denyTokens } from '../lexicon.ts';
import { codePointLength, fiveGrams, trimUnicode } from '../text.ts';
import { fault, type Fault, type FaultRule } from '../fault.ts';
import type { TallyRules } from './rules.ts';

type ExistenceRules = TallyRules['surface']['existence'];

/**
 * The faults of a text that no person wrote (grading spec, section 7.3). Two of the tests end the check when
 * they find a fault.
 */
export function existenceFaults(copy: string, blurb: string, rules: ExistenceRules): readonly Fault[] {
  const text = trimUnicode(`${copy} ${blurb}`);
  // The length of the copy is untrimmed. A short copy skips all later tests, also for the blurb.
  if (text === '' || codePointLength(copy) < rules.copyLengthMin) {
    return [gibberish(rules.tooShort, 'Hardly any text.')];
  }
  const faults = characterFaults(text, rules);
  const vowelShare = vowelShareOf(text, rules.vowels.lettersMin);
  if (vowelShare < rules.vowels.shareMin) {
    const { severityBase, severitySlope, shareMin } = rules.vowels;
    // Takes the whole score, whatever earlier faults cost.
    const rule = { cost: 1, severity: severityBase + (shareMin - vowelShare) * severitySlope };
    return [...faults, gibberish(rule, 'Too few vowels for a language.')];
  }
  return [...faults, ...wordFaults(text, rules.words), ...repetitionFaults(text, rules.repetition)];
}

function gibberish(rule: FaultRule, note: string): Fault {
  return fault('gibberish', rule, note);
}

function characterFaults(text: string, rules: ExistenceRules): readonly Fault[] {
  const lowered = text.toLowerCase();
  const characters = Array.from(text);
  const faults: Fault[] = [];
  if (denyTokens.some((token) => lowered.includes(token))) {
    faults.push(gibberish(rules.denyToken, 'Talks to a machine.'));
  }
  // The original tests after NFKC, which neither adds nor removes such characters.
  if (characters.some((character) => character < ' ' && !'\t\n\r'.includes(character))) {
    faults.push(gibberish(rules.controlCharacter, 'Holds a control character.'));
  }
  const nonAscii = characters.filter((character) => character > '\u007f').length;
  if (nonAscii / characters.length > rules.nonAscii.shareOver) {
    faults.push(gibberish(rules.nonAscii, 'Too many characters beyond ASCII.'));
  }
  return faults;
}

/** The share of a, e, i, o, u among the letters of any script; 1 for a text with too few letters. */
function vowelShareOf(text: string, lettersMin: number): number {
  const letters = text.match(/\p{L}/gu) ?? [];
  if (letters.length < lettersMin) return 1;
  return letters.filter((letter) => 'aeiou'.includes(letter.toLowerCase())).length / letters.length;
}

function wordFaults(text: string, rules: ExistenceRules['words']): readonly Fault[] {
  const words = text.match(/[A-Za-z]{2,}/g) ?? [];
  if (words.length === 0) return [];
  const share = words.filter((word) => isWordLike(word.toLowerCase(), rules)).length / words.length;
  if (share >= rules.shareMin) return [];
  const lack = rules.shareMin - share;
  const rule = {
    cost: Math.min(rules.costMax, rules.costBase + lack * rules.costSlope),
    severity: rules.severityBase + lack,
  };
  return [gibberish(rule, 'Too few of its words look like words.')];
}

function isWordLike(word: string, rules: ExistenceRules['words']): boolean {
  if (word.length <= rules.shortMax) return true;
  const consonantRuns = word.split(/[aeiou]/);
  return consonantRuns.length > 1 && consonantRuns.every((run) => run.length <= rules.consonantRunMax);
}

function repetitionFaults(text: string, rules: ExistenceRules['repetition']): readonly Fault[] {
  const counts = new Map<string, number>();
  for (const gram of fiveGrams(text)) counts.set(gram, (counts.get(gram) ?? 0) + 1);
  const count = [...counts.values()].reduce((most, each) => Math.max(most, each), 0);
  if (count <= rules.countMax) return [];
  const rule = { cost: rules.cost, severity: rules.severityBase + rules.severityPerCount * count };
  return [fault('template_repetition', rule, `Says the same five words ${count} times.`)];
}
