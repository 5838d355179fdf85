import { charity } from './businesses-charity.ts';
import { crypto, saas } from './businesses-digital.ts';
import { entertainment, giveaways } from './businesses-fun.ts';
import { remedies, supplements } from './businesses-health.ts';
import { fitness, travel } from './businesses-leisure.ts';
import { education, localService } from './businesses-local.ts';
import { loans, payments } from './businesses-money.ts';
import { electronics, ecommerce } from './businesses-shops.ts';
import { brandOutlet, fashion } from './businesses-style.ts';
import type { Business, BusinessCategory } from './vocabulary.ts';

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
