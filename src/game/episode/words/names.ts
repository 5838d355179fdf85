import type { Draws } from '../../random.ts';
import type { TextSplit } from './vocabulary.ts';

/**
 * Every invented name begins with one of these, all of three letters. The lists share no entry, so the first three
 * letters of a brand, a place or a surname tell the split, and the splits' names never coincide.
 */
const starts: Readonly<Record<TextSplit, readonly string[]>> = {
  train: syllables(
    'Bal Bem Bir Bov Bul Cal Cev Cor Dal Dem Dil Dor Dul Fal Fen Fim Fom Gal Gev Gir Gol Hal',
    'Hev Hol Jal Jem Jov Kal Kem Kil Kov Lam Lev Lir Lom Mal Mev Mil Mor Nal Nev Nir Nov Pal',
    'Pem Pil Pol Ral Rem Ril Rov Sal Sev Sil Sul Tal Tem Til Tor Val Ven Vil Wal Wem',
  ),
  held_out: syllables(
    'Bar Ben Bil Bol Bur Car Cel Col Duv Del Dir Dom Dur Far Fel Fir Fol Gar Gel Gil Gor Har',
    'Hel Hom Jar Jel Jor Kar Kel Kir Kol Lar Lem Lin Lor Mar Mel Mir Mol Nar Nel Nil Nor Par',
    'Pel Pir Pom Rav Rel Rim Rol Sar Sel Sim Sor Tar Tel Tir Tom Var Vel Vir War Wel',
  ),
};

/**
 * Middles begin with a vowel and hold at most one consonant; ends begin with a consonant, and no end begins with a
 * consonant that closes a middle and another consonant after it. So a name is read in one way only, and different
 * syllables always give different names: 64 * 20 * 25 = 32,000 brands per split before the tails.
 */
const middles = syllables('a e i o u an en in on ar er or al el ol av ev am om es');
/** Endings in -na, -ra or -ro would meet real brands and towns too often. */
const brandEnds = syllables(
  'bex bri dax dex fex fin kex kin lix luno lyn mund nix',
  'pell quo rix tavo tiva trix vane vex wyn zano zell zia',
);
/** Fewer than for brands: -er, -en, -in and -es before these endings are common in real villages. */
const placeMiddles = syllables('a e i o u av ev iv om um or ar ol al');
const placeEnds = syllables(
  'bury combe dale den field ford ham haven ley mere mouth port side ton vale wick wold worth',
);
const surnameEnds = syllables('bin dell dine kin lan let mond nell ric rin sey ven vik wen');

/** Words that suit all categories, from a shop to a charity. */
const brandTails = [
  '& Co',
  '& Partners',
  'Circle',
  'Direct',
  'House',
  'Lane',
  'Point',
  'Square',
  'Works',
] as const;
const tailPerMille = 350;

const givenStarts = syllables('A Bre Cla Da E Fre Ga Hele I Jo Ka Le Ma Ni O');
const givenEnds = syllables('dan lia lin lo mara na nette nor ra ric rin sel vi');

/** An invented company name, such as "Balenquo" or "Balenquo & Co": one word of 5 to 9 letters, or two. */
export function brandName(draws: Draws, split: TextSplit): string {
  const root = draws.pick(starts[split]) + draws.pick(middles) + draws.pick(brandEnds);
  return draws.chance(tailPerMille) ? `${root} ${draws.pick(brandTails)}` : root;
}

/** An invented person, given name and surname. The surname tells the split. */
export function personName(draws: Draws, split: TextSplit): string {
  const given = draws.pick(givenStarts) + draws.pick(givenEnds);
  return `${given} ${draws.pick(starts[split])}${draws.pick(middles)}${draws.pick(surnameEnds)}`;
}

/** An invented town, one word of 7 to 10 letters. */
export function placeName(draws: Draws, split: TextSplit): string {
  return draws.pick(starts[split]) + draws.pick(placeMiddles) + draws.pick(placeEnds);
}

/** The brand as one label of a domain: lower-case ASCII letters and digits only. "Balenquo & Co" gives "balenquoandco". */
export function domainLabel(brand: string): string {
  return brand
    .toLowerCase()
    .replaceAll('&', 'and')
    .replaceAll(/[^a-z0-9]/g, '');
}

/** Syllables written as words of a text, so that the lists stay short to read. */
function syllables(...lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => line.split(' '));
}
