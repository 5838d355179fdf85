import { signed } from '../timeline/words.ts';
import type { Fields } from '../timeline/moment.ts';

export interface RulesetRow {
  /** The names on the path to the value, outermost first. */
  readonly path: string;
  /** The value in each ruleset, as text; empty if the ruleset has no such rule. */
  readonly values: readonly string[];
}

/** These tables of names are longer than all other rules together. */
const left = new Set(['categories', 'proposal_labels']);

/** Every value in the given parts of rulesets, in order of first appearance. */
export function rowsOf(parts: readonly Fields[]): readonly RulesetRow[] {
  const flat = parts.map((part) => new Map(leavesOf(part, '')));
  const paths = [...new Set(flat.flatMap((leaves) => [...leaves.keys()]))];
  return paths.map((path) => ({ path, values: flat.map((leaves) => leaves.get(path) ?? '') }));
}

function leavesOf(value: unknown, path: string): readonly (readonly [string, string])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, textOf(value)]];
  return Object.entries(value as Fields)
    .filter(([name]) => !left.has(name))
    .flatMap(([name, inner]) => leavesOf(inner, path === '' ? name : `${path} · ${name}`));
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(textOf).join(', ');
  if (typeof value === 'number')
    return Number.isInteger(value) ? String(value) : signed(value, digitsOf(value));
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'string' ? value.replaceAll('_', ' ') : 'none';
}

const digitsOf = (value: number): number => Math.max(2, String(value).split('.')[1]?.length ?? 0);
