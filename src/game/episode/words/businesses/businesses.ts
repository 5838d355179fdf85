import { charity } from './charity.ts';
import { crypto, saas } from './digital.ts';
import { entertainment, giveaways } from './fun.ts';
import { remedies, supplements } from './health.ts';
import { fitness, travel } from './leisure.ts';
import { education, localService } from './local.ts';
import { loans, payments } from './money.ts';
import { electronics, ecommerce } from './shops.ts';
import { brandOutlet, fashion } from './style.ts';
import type { Business, BusinessCategory } from '../vocabulary.ts';

/** The words of every category. The splits share them: it is the sentences around them that differ. */
export const businesses: Readonly<Record<BusinessCategory, Business>> = {
  ecommerce,
  saas,
  local_service: localService,
  education,
  fitness,
  giveaways,
  remedies,
  fashion,
  loans,
  crypto,
  entertainment,
  brand_outlet: brandOutlet,
  supplements,
  travel,
  electronics,
  payments,
  charity,
};
