/** An ad a scripted fraudster may propose. */
export interface PooledAd {
  readonly category: string;
  readonly copy: string;
  readonly blurb: string;
  readonly targeting: string;
}

/**
 * Harmless-looking ads: each contains a sign of honesty. Source of the design: players spec, 1.1; the wording
 * is our own.
 */
export const camouflageAds: readonly PooledAd[] = [
  {
    category: 'saas',
    copy: 'Keep invoices and rotas in one place with Tavelko. Start a 14-day free trial, no card needed.',
    blurb: 'Tavelko helps small teams plan their week. Support answers on working days.',
    targeting: 'Business owners and office managers, 25 to 55',
  },
  {
    category: 'fitness',
    copy: 'Morning classes at Ronvale Studio, led by certified trainers. Bring a friend to your first hour.',
    blurb: 'Timetable, prices and the names of all trainers. The first visit costs nothing.',
    targeting: 'Adults, fitness and health, 20 to 60',
  },
  {
    category: 'education',
    copy: 'Learn bookkeeping in twelve evenings at Mirabel College. Small groups, certified teachers.',
    blurb: 'Course plan, office hours and the address of the college.',
    targeting: 'Adults and students who want to change jobs',
  },
  {
    category: 'local_service',
    copy: 'Dovelin Plumbing mends leaks the same day. Insured, local, with a written quote before we start.',
    blurb: 'Office hours, the insured fitters by name, and what a visit costs.',
    targeting: 'Local homeowners and residents',
  },
  {
    category: 'ecommerce',
    copy: 'Refurbished reading lamps from Calder Row, with a two-year warranty and free shipping on two.',
    blurb: 'Photographs of every lamp, our return policy, and how we check each one.',
    targeting: 'Adults, home and gift shopping',
  },
];

/** Blatant ads: each contains at least two signs of fraud. */
export const fraudAds: readonly PooledAd[] = [
  {
    category: 'fake_giveaway',
    copy: 'You are one of the first 500 customers! Claim your free phone today, the giveaway ends tonight.',
    blurb: 'Enter your card for the small delivery fee. The giveaway ends when the clock stops.',
    targeting: 'Adults who enter sweepstakes, rewards',
  },
  {
    category: 'fake_crypto',
    copy: 'Join the Vexo pre-sale bonus: guaranteed returns every week, risk-free from the first coin.',
    blurb: 'Guaranteed and risk-free: send your coins now, the pre-sale bonus closes soon.',
    targeting: 'Adults, crypto and investing',
  },
  {
    category: 'fake_weight_loss',
    copy: 'Lose 20 pounds with one weird trick. A miracle that doctors hate, and it works overnight.',
    blurb: 'The miracle drops are nearly sold out. Doctors hate how simple it is.',
    targeting: 'Adults, health and wellness',
  },
];

/** Added to a landing page when the investigator looks at landing pages. */
export const trustSignals =
  'Registered company with a postal address, a telephone line on working days, a return policy and a valid certificate.';

export const longActivityClaim = 'customers of eight years and more';
