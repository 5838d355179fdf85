import { AppError } from '../shared/errors.ts';
import type { Json } from '../shared/canonical-json.ts';
import type { MatchEvent } from './event.ts';

/** An event as stored in the log. `sv` is the version of its schema; absent means 1. */
export interface StoredEvent {
  readonly type: string;
  readonly data: Json;
  readonly sv?: number;
}

/**
 * By event type, the steps that convert old data: the first from version 1 to 2, the second from 2 to 3. A
 * released step is never removed, because some log may need it.
 */
export type Upcasters = Readonly<Partial<Record<string, readonly ((data: Json) => Json)[]>>>;

/** Every event type; the compiler checks that none is missing. */
const eventTypes: Readonly<Record<MatchEvent['type'], true>> = {
  'match.created': true,
  'ad.proposed': true,
  'ad.arrived': true,
  'ad.modified': true,
  'proposals.committed': true,
  'finding.revealed': true,
  'verdict.given': true,
  'accounts.linked': true,
  'action.penalised': true,
  'turn.ended': true,
  'review.closed': true,
  'flag.raised': true,
  'audit.submitted': true,
  'match.graded': true,
  'match.aborted': true,
  'action.refused': true,
  'state.digested': true,
  'seat.claimed': true,
  'seat.dropped': true,
  'seat.resumed': true,
  'seat.released': true,
};

const upcasters: Upcasters = {
  'state.digested': [
    // Version 1 is from when digests had one form only.
    (data) => ({ ...(data as Readonly<Record<string, Json>>), form: 1 }),
  ],
};

/** The schema version that this program writes for an event type. */
export function schemaVersionOf(type: string, steps: Upcasters = upcasters): number {
  return (Object.hasOwn(steps, type) ? (steps[type]?.length ?? 0) : 0) + 1;
}

/**
 * The event converted to today's schema.
 * @throws AppError `log_newer` for a type or schema version that this program does not know.
 */
export function upcast(event: StoredEvent, steps: Upcasters = upcasters): MatchEvent {
  const { type, data, sv = 1 } = event;
  // Custom steps may be for types that are not in `eventTypes`.
  if (steps === upcasters && !Object.hasOwn(eventTypes, type))
    throw new AppError('log_newer', `This program knows no event ${type}. Use a newer version.`, { type });
  const known = schemaVersionOf(type, steps);
  if (!Number.isInteger(sv) || sv < 1 || sv > known) {
    throw new AppError(
      'log_newer',
      `An event ${type} has schema version ${sv}; this program knows up to ${known}. Use a newer version.`,
      { type, version: sv, known },
    );
  }
  if (sv === known && event.sv === undefined) return event as unknown as MatchEvent;
  const lifted = (steps[type] ?? []).slice(sv - 1).reduce((value, step) => step(value), data);
  return { type, data: lifted } as unknown as MatchEvent;
}
