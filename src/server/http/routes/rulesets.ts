import * as z from 'zod';
import { rulesets } from '../../../game/ruleset.ts';
import type { Ruleset } from '../../../game/ruleset.ts';
import { rulesetHash } from '../../../match/proof/digest.ts';
import { snakeCase } from '../../../shared/case.ts';
import { json, route } from '../route.ts';
import type { Route } from '../route.ts';

const section = z.record(z.string(), z.unknown());

const rulesetsShape = z.object({
  rulesets: z.array(
    z.object({
      name: z.string(),
      version: z.number().int(),
      hash: z.string().describe('What a match records of the ruleset it is played by.'),
      flow: section,
      queue: section,
      audit: section,
      policies: section,
      grading: section,
      step_rewards: section.describe('Reward of single actions, by what they come to.'),
    }),
  ),
});

/** Every number and switch of each ruleset, with the ruleset's hash. */
export const rulesetsRoute = (): Route =>
  route('GET', '/api/v1/rulesets', {
    summary: 'The rules as data: every number and switch of each ruleset',
    tag: 'server',
    answers: { status: 200, description: 'Every ruleset a match may name.', schema: rulesetsShape },
    handle: () => json(200, { rulesets: rulesets.map(rowOf) }),
  });

function rowOf(ruleset: Ruleset) {
  return { hash: rulesetHash(ruleset), ...(onWire(ruleset) as Record<string, unknown>) };
}

function onWire(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(onWire);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [snakeCase(key), onWire(inner)]));
}
