import { AppError } from '../shared/errors.ts';
import type { Json } from '../shared/canonical-json.ts';
import type { MatchEvent } from './event.ts';

/** An event as the log holds it: `sv` is the version of its schema, left out while that is the first. */
export interface StoredEvent {
  readonly type: string;
  readonly data: Json;
  readonly sv?: number;
}

/**
 * The steps that lift an old event to today's schema: the first lifts version 1 to 2, the second 2 to 3. A step that
 * was released stays for ever, since some log needs it.
 */
export type Upcasters = Readonly<Partial<Record<string, readonly ((data: Json) => Json)[]>>>;

/** Every type an event may have; the compiler keeps the list whole. */
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
    // There was one form of digest only.
    (data) => ({ ...(data as Readonly<Record<string, Json>>), form: 1 }),
  ],
};

/** The version of an event type's schema that this program writes. */
export function schemaVersionOf(type: string, steps: Upcasters = upcasters): number {
  return (Object.hasOwn(steps, type) ? (steps[type]?.length ?? 0) : 0) + 1;
}

/**
 * The event in today's schema.
 * @throws AppError `log_newer` for a type or a schema version this program does not know.
 */
export function upcast(event: StoredEvent, steps: Upcasters = upcasters): MatchEvent {
  const { type, data, sv = 1 } = event;
  // Steps that are given know types of their own.
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
