import { endReasons } from './event.ts';
import type { MatchEvent } from './event.ts';
import { flagTypes } from './grading/flag-types.ts';

/**
 * Keys whose text an event keeps when its match is erased: written by the rules and needed for a replay. Any
 * other text may be a person's words and is emptied. Ids are those of the episode.
 */
const ids = ['adId', 'adId1', 'adId2', 'ringId', 'memberAdIds', 'edges', 'settled', 'focus'];
const words = [
  'type',
  'taskId',
  'machine',
  'machineVersion',
  'name',
  'hash',
  'salt',
  'seedCommitment',
  'stepRewards',
  'verdictsToFraudster',
  'actionType',
  'investigationTarget',
  'target',
  'verdict',
  'truth',
  'difficulty',
  'category',
  'by',
  'code',
  'phase',
  'cause',
  'track',
  'role',
  'legalHints',
  'spectators',
  'auth',
];
const kept: ReadonlySet<string> = new Set([...ids, ...words]);
/** The keys that a player's action keeps: those with a fixed set of values, and the id of an ad. */
const keptOfAction: ReadonlySet<string> = new Set(['actionType', 'investigationTarget', 'verdict', 'adId']);
/** Objects whose keys may be a person's words. */
const emptied: ReadonlySet<string> = new Set(['details', 'auditReport']);

/**
 * The event without the texts of players and episodes. It replays to the same phases, rewards and grades,
 * with empty texts. Digests of the state are emptied too, because they would confirm a guess.
 */
export function redact(event: MatchEvent): MatchEvent {
  if (event.type === 'state.digested')
    return { type: 'state.digested', data: { ...event.data, digest: '', parts: {} } };
  // In a penalty the ad id may be unknown, and thus the player's own text.
  const action = event.type === 'action.penalised' ? withoutIds : keptOfAction;
  return redacted(event, '', kept, action) as MatchEvent;
}

const withoutIds: ReadonlySet<string> = new Set([...keptOfAction].filter((key) => key !== 'adId'));

function redacted(
  value: unknown,
  key: string,
  keeps: ReadonlySet<string>,
  action: ReadonlySet<string>,
): unknown {
  if (typeof value === 'string') return keeps.has(key) || isRulesWord(key, value) ? value : '';
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => redacted(item, key, keeps, action));
  if (emptied.has(key)) return {};
  const inner = key === 'action' ? action : keeps;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, redacted(item, name, inner, action)]),
  );
}

/**
 * Keys that hold either a word of the rules, which is kept, or a free text: the reason of an end, the type of
 * a flag.
 */
const rulesWords: Readonly<Partial<Record<string, readonly string[]>>> = {
  reason: endReasons,
  flagType: [...flagTypes.A, ...flagTypes.B, 'unspecified'],
};

function isRulesWord(key: string, value: string): boolean {
  return Object.hasOwn(rulesWords, key) && rulesWords[key]?.includes(value) === true;
}
