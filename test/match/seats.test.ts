import { describe, expect, it } from 'vitest';
import { roles } from '../../src/game/command.ts';
import type { Seat, SeatEvent, SeatStatus } from '../../src/game/seat.ts';
import { claimSeat } from '../../src/match/seats.ts';
import type { SeatDecision } from '../../src/match/seats.ts';
import { seatAfter } from '../../src/match/fold/lifecycles.ts';

/** Who may sit down: every policy, state of the seat, token shown, and whether the match is over. */

const auths = ['open', 'seats', 'invited'] as const;
const statuses: readonly SeatStatus[] = ['vacant', 'held', 'dropped', 'released'];
/** Hashes, as the claim has them. `holder` held the seat last; `invitee` is the one invited. */
const tokens = ['none', 'holder', 'invitee', 'stranger'] as const;
type Token = (typeof tokens)[number];

const shownOf = (token: Token): string | null => (token === 'none' ? null : `hash of ${token}`);
const seatOf = (status: SeatStatus, holder: Token): Seat =>
  status === 'vacant' ? { status, tokenHash: null } : { status, tokenHash: shownOf(holder) };

type Outcome =
  | 'sits without a token'
  | 'claims with a fresh token'
  | 'claims with the token shown'
  | 'resumes'
  /** Takes over, or looks at what is over: no fact. */
  | 'sits again'
  | 'seat_taken'
  | 'seat_token_required'
  | 'seat_token_wrong';

interface Row {
  readonly auth: (typeof auths)[number];
  readonly status: SeatStatus;
  readonly shown: Token;
  readonly isOver: boolean;
}

/** The rule in words: first who may, then what it is called. */
const expected: Readonly<Record<Row['auth'], (row: Row) => Outcome>> = {
  open: () => 'sits without a token',
  seats: ({ status, shown, isOver }) => {
    if (shown === 'holder' && status !== 'vacant') return sitting(status, isOver);
    if (isOver || status === 'held' || status === 'dropped') return 'seat_taken';
    return shown === 'none' ? 'claims with a fresh token' : 'claims with the token shown';
  },
  invited: ({ status, shown, isOver }) => {
    if (shown === 'none') return 'seat_token_required';
    return shown === 'invitee' ? sitting(status, isOver) : 'seat_token_wrong';
  },
};

/** Whose token it is, by what becomes of the seat. */
function sitting(status: SeatStatus, isOver: boolean): Outcome {
  if (isOver || status === 'held') return 'sits again';
  return status === 'dropped' ? 'resumes' : 'claims with the token shown';
}

function outcomeOf(decision: SeatDecision): string {
  if (!decision.ok) return decision.code;
  const [event, ...more] = decision.events;
  expect(more).toEqual([]);
  if (decision.token === null) return event === undefined ? 'sits without a token' : 'another';
  if (event === undefined) return decision.token === 'shown' ? 'sits again' : 'another';
  if (event.type === 'seat.resumed') return decision.token === 'shown' ? 'resumes' : 'another';
  if (event.type !== 'seat.claimed') return 'another';
  return decision.token === 'fresh' ? 'claims with a fresh token' : 'claims with the token shown';
}

const rows: readonly Row[] = auths.flatMap((auth) =>
  statuses.flatMap((status) =>
    tokens.flatMap((shown) => [false, true].map((isOver) => ({ auth, status, shown, isOver }))),
  ),
);

const role = 'investigator';
const decide = ({ auth, status, shown, isOver }: Row, invitation: string | undefined) => {
  // Where players are invited, the invitee is who held the seat.
  const seat = seatOf(status, auth === 'invited' ? 'invitee' : 'holder');
  return {
    seat,
    decision: claimSeat(
      role,
      seat,
      { shown: shownOf(shown), fresh: 'hash of fresh' },
      { auth, invitation, isOver },
    ),
  };
};

describe('a claim', () => {
  it.each(rows.map((row) => ({ ...row, wanted: expected[row.auth](row) })))(
    'of a $status seat ($auth, over: $isOver) with the token of $shown: $wanted',
    (row) => {
      const { seat, decision } = decide(row, row.auth === 'invited' ? 'hash of invitee' : undefined);
      expect(outcomeOf(decision)).toBe(row.wanted);
      if (!decision.ok) {
        expect(decision.message).toContain(role);
        return;
      }
      for (const event of decision.events) expectTaken(seat, event, row);
    },
  );

  it('covers every policy, state and token, and meets every outcome', () => {
    expect(rows).toHaveLength(96);
    const outcomes = new Set(rows.map((row) => expected[row.auth](row)));
    expect(outcomes.size).toBe(8);
  });

  it.each(tokens)('of an invited match by a role that nobody invited is refused (%s)', (shown) => {
    for (const status of statuses) {
      const { decision } = decide({ auth: 'invited', status, shown, isOver: false }, undefined);
      expect(outcomeOf(decision)).toBe(shown === 'none' ? 'seat_token_required' : 'seat_token_wrong');
    }
  });

  it('names its own role in what it records', () => {
    for (const each of roles) {
      const claim = { shown: null, fresh: 'hash of fresh' };
      const at = { auth: 'seats', invitation: undefined, isOver: false } as const;
      expect(claimSeat(each, { status: 'vacant', tokenHash: null }, claim, at)).toMatchObject({
        events: [{ type: 'seat.claimed', data: { role: each, tokenHash: 'hash of fresh' } }],
      });
    }
  });
});

/** The seat's chart takes what the claim records, and then the token that the player was given opens it. */
function expectTaken(seat: Seat, event: SeatEvent, { shown }: Row) {
  const after = seatAfter(seat, event);
  expect(after).toEqual({
    status: 'held',
    tokenHash: event.type === 'seat.resumed' ? seat.tokenHash : (shownOf(shown) ?? 'hash of fresh'),
  });
}
