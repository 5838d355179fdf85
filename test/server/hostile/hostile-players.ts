import { RoleClient } from '../../../src/client/role-client.ts';
import type { ReplyFrame } from '../../../src/client/wire.ts';
import { openSocket } from '../../../src/client/node.ts';
import { roles } from '../../../src/game/command.ts';
import type { Role } from '../../../src/game/command.ts';
import type { Player } from '../../../src/players/player.ts';
import { defaultPlayers, seatsFor } from '../../../src/players/roster.ts';

export interface PlayedMatch {
  readonly matchId: string;
  /** The answers of the server to every role, in the order of its requests. */
  readonly answers: Readonly<Record<Role, readonly string[]>>;
  /** How long each answer took, in milliseconds. */
  readonly times: readonly number[];
}

interface Seat {
  readonly client: RoleClient;
  readonly answers: string[];
  readonly times: number[];
  readonly manner: Manner;
}

const turnOf: Readonly<Record<Role, string>> = {
  fraudster: 'fraudster_turn',
  investigator: 'investigator_turn',
  auditor: 'audit_phase',
};

interface Manner {
  /** What its creator asks for besides. */
  readonly wanted?: Readonly<Record<string, unknown>>;
  /** Before each action; resolves when it may be made. */
  readonly pace?: () => Promise<void>;
  /** Hears how long each answer took. */
  readonly answered?: (milliseconds: number) => void;
}

/** Plays one match to its end over three sockets, by the players that come with the arena. */
export async function playMatchAt(server: string, seed: number, manner: Manner = {}): Promise<PlayedMatch> {
  const players = seatsFor(defaultPlayers, seed);
  const times: number[] = [];
  const seats = {} as Record<Role, Seat>;
  for (const role of roles) {
    const client = await RoleClient.connect(server, role, { open: openSocket });
    seats[role] = { client, times, answers: [], manner };
  }
  try {
    const { match_id: id } = await ask(seats.fraudster, { type: 'reset', data: { seed, ...manner.wanted } });
    const matchId = String(id);
    for (const role of ['investigator', 'auditor'] as const)
      await ask(seats[role], { type: 'join', data: { match_id: matchId } });
    await Promise.all([
      playSeat(seats.fraudster, 'fraudster', players.fraudster),
      playSeat(seats.investigator, 'investigator', players.investigator),
      playSeat(seats.auditor, 'auditor', players.auditor),
    ]);
    const { fraudster, investigator, auditor } = seats;
    return {
      matchId,
      times,
      answers: {
        fraudster: fraudster.answers,
        investigator: investigator.answers,
        auditor: auditor.answers,
      },
    };
  } finally {
    for (const role of roles) seats[role].client.close();
  }
}

/** @throws ArenaError where the server refuses what a sound player does. */
async function ask(
  { client, answers, times, manner }: Seat,
  frame: object,
  counts: (data: Data) => boolean = () => true,
): Promise<Data> {
  const began = performance.now();
  const reply = await client.request(frame as Record<string, unknown>);
  const took = performance.now() - began;
  times.push(took);
  manner.answered?.(took);
  if (counts(reply.data)) answers.push(JSON.stringify(reply));
  return reply.data;
}

type Data = ReplyFrame['data'];

async function playSeat<R extends Role>(seat: Seat, role: R, player: Player<R>): Promise<void> {
  // Its answer tells how far the others are by now, and so is no two times the same.
  await seat.client.subscribe(0);
  for await (const { type, data } of seat.client.frames()) {
    if (type === 'match_over') return;
    if (type === 'turn' && data['your_turn'] === true) await playTurn(seat, role, player);
  }
  throw new Error(`The ${role} was cut off before the match was over.`);
}

async function playTurn<R extends Role>(seat: Seat, role: R, player: Player<R>): Promise<void> {
  const isOn = ({ phase, done }: Data) => done !== true && phase === turnOf[role];
  // Whose turn went on from round to round looks once more, at whatever stands there by then.
  let seen = await ask(seat, { type: 'obs' }, isOn);
  while (isOn(seen)) {
    const action = await player.act(seen as unknown as Parameters<Player<R>['act']>[0]);
    if (action === null) return;
    await seat.manner.pace?.();
    seen = await ask(seat, { type: 'step', data: action });
  }
}

/** Where the answers of two matches of one seed differ, apart from names, secrets and times; null where nowhere. */
export function differenceOf(one: PlayedMatch, other: PlayedMatch): string | null {
  for (const role of roles) {
    const [here, there] = [nameless(one, role), nameless(other, role)];
    if (here.length !== there.length) return `the ${role} got ${here.length} and ${there.length} answers`;
    for (const [index, answer] of here.entries())
      if (answer !== there[index])
        return `answer ${index} of the ${role}: ${excerpt(answer, there[index] ?? '')}`;
  }
  return null;
}

const nameless = ({ matchId, answers }: PlayedMatch, role: Role): readonly string[] =>
  answers[role].map((answer) =>
    answer
      .replaceAll(matchId, 'ID')
      .replace(/"seat_token":"[^"]+"/, '"seat_token":"T"')
      .replace(/"ts":[\d.]+/g, '"ts":0'),
  );

function excerpt(one: string, other: string): string {
  let at = 0;
  while (one[at] === other[at]) at += 1;
  return [one, other].map((text) => text.slice(Math.max(0, at - 100), at + 100)).join(' <> ');
}
