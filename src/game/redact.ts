import { endReasons } from './event.ts';
import type { MatchEvent } from './event.ts';
import { flagTypes } from './grading/flag-types.ts';

/**
 * Keys whose texts an event keeps when its match is erased: what the rules wrote and a replay needs. Every other text
 * may be somebody's words and goes. Ids are those of the episode.
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
/** What a player sent keeps only what its schema bounds. */
const keptOfAction: ReadonlySet<string> = new Set(['actionType', 'investigationTarget', 'verdict', 'adId']);
/** Objects whose keys may be somebody's words. */
const emptied: ReadonlySet<string> = new Set(['details', 'auditReport']);

/**
 * The event without what players and episodes wrote in it: it replays to the same phases, rewards and grades, with
 * empty texts. Digests of the state go as well, since they would prove a guess.
 */
export function redact(event: MatchEvent): MatchEvent {
  if (event.type === 'state.digested')
    return { type: 'state.digested', data: { ...event.data, digest: '', parts: {} } };
  // An id that no ad has is the player's own text.
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

/** Keys that hold a word of the rules or anybody's: the end of a match and of a turn, the type of a flag. */
const rulesWords: Readonly<Partial<Record<string, readonly string[]>>> = {
  reason: endReasons,
  flagType: [...flagTypes.A, ...flagTypes.B, 'unspecified'],
};

function isRulesWord(key: string, value: string): boolean {
  return Object.hasOwn(rulesWords, key) && rulesWords[key]?.includes(value) === true;
}
