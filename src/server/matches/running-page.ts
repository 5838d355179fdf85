import * as z from 'zod';
import type { RunningSummary } from '../../history/summary.ts';
import { AppError } from '../../shared/errors.ts';
import { cursorAt, placeAt } from '../../history/cursor.ts';
import { fits } from '../../history/finished-matches.ts';
import type { PageQuery } from '../../history/finished-matches.ts';
import type { MatchHost } from './match-host.ts';

export interface RunningPage {
  readonly rows: readonly RunningSummary[];
  /** Cursor of the next page; null for the last page. */
  readonly next: string | null;
}

/**
 * One page of the running matches, oldest first. Paging through returns every match that runs the whole time,
 * exactly once.
 * @throws AppError `validation_error` for a cursor of another run of the server.
 */
export function runningPage(host: MatchHost, { limit, cursor, ...wanted }: PageQuery): RunningPage {
  const rows: RunningSummary[] = [];
  let last = cursor === null ? 0 : orderAt(cursor, host.run);
  for (const { order, summary } of host.running(last)) {
    if (!fits(summary, wanted)) continue;
    // A page with limit 0 does not advance: its next cursor equals its own.
    if (rows.length === limit) return { rows, next: limit === 0 ? cursor : cursorAt([host.run, last]) };
    rows.push(summary);
    last = order;
  }
  return { rows, next: null };
}

const placeShape = z.tuple([z.string(), z.number()]);

/** Whether a text has the form of a cursor of {@link runningPage}, of this run of the server or another. */
export const isRunningCursor = (text: string): boolean => placeAt(placeShape, text) !== null;

function orderAt(cursor: string, run: string): number {
  const [from, order] = placeAt(placeShape, cursor) ?? [];
  if (from === run && order !== undefined) return order;
  throw new AppError(
    'validation_error',
    'The active_cursor is of another run of the server; begin again without it.',
    { parameter: 'active_cursor' },
  );
}
