import * as z from 'zod';
import { generateEpisode } from '../src/game/episode/generate.ts';
import type { Created } from '../src/game/event.ts';
import { rulesets } from '../src/game/ruleset.ts';
import { tasks } from '../src/game/task.ts';
import { openingFor } from '../src/match/new-match.ts';
import { matchRequestShape, policiesShape } from '../src/protocol/match-request.ts';
import type { RequestType } from '../src/protocol/role-socket.ts';
import { errorCatalogue } from '../src/shared/errors.ts';
import type { ErrorCode } from '../src/shared/errors.ts';
import { camelCase } from '../src/shared/case.ts';
import { closeCodesTable } from './errors-page.ts';
import { limitsTable } from './limits-page.ts';
import { actionsTable, faultsTable } from './seat-actions.ts';
import { framesTables } from './seat-frames.ts';
import { viewTables } from './seat-views.ts';
import { code, table } from './table.ts';

/** The tables of docs/play-a-seat.md, by section name. */
export async function seatTables(): Promise<Readonly<Record<string, string>>> {
  return {
    requests: requestsTable(),
    wishes: wishesTable(),
    policies: policiesTable(),
    actions: actionsTable(),
    faults: faultsTable(),
    ...(await viewTables()),
    ...(await framesTables()),
    errors: errorsTable(),
    closeCodes: closeCodesTable(),
    limits: limitsTable([
      ...(['frameBytes', 'framesPerSecond', 'framesWaiting', 'outgoingBytes'] as const),
      ...(['unseatedMs', 'silentMs', 'graceMs', 'matchIdleMs', 'refusalsPerSeat'] as const),
    ]),
  };
}

// --- requests ---

const requests: Readonly<Record<RequestType, readonly [data: string, does: string, reply: string]>> = {
  reset: ['a new match, as below; `seat_token`', 'makes a match and takes your seat in it', '`observation`'],
  join: ['`match_id`, `seat_token`', 'takes your seat in a match, or comes back to it', '`observation`'],
  step: ['an action', 'acts', '`observation`, with `accepted` and `reason_code`'],
  obs: ['', 'reads the current observation', '`observation`'],
  state: ['', 'reads the counters and logs that your role may see', '`state`'],
  subscribe: ['`from_seq`', 'makes the server push frames, those after `from_seq` first', '`subscribed`'],
  unsubscribe: ['', 'stops the pushed frames', '`unsubscribed`'],
  close: ['', 'leaves the seat; the server closes with 1000', 'none'],
};

const requestsTable = (): string =>
  table(
    ['type', 'data', 'what it does', 'reply'],
    Object.entries(requests).map(([type, cells]) => [code(type), ...cells]),
  );

// --- the arguments of reset ---

type Wish = keyof z.infer<typeof matchRequestShape>;

const wishes: Readonly<Record<Wish, readonly [values: string | null, otherwise: string]>> = {
  seed: [null, 'drawn'],
  episode_id: ['the id of the match: letters, digits, `.`, `_`, `-`, at most 128', 'drawn'],
  task_id: [null, '`task_1`'],
  max_rounds: [null, "the task's"],
  max_proposals: [null, "the task's"],
  max_fraudster_actions_per_turn: [null, "the task's"],
  max_investigator_actions_per_turn: [null, "the task's"],
  allowed_categories: ['1 to 64 names', "the ruleset's for the task"],
  ruleset: [null, "the server's, `standard` if it says nothing"],
  players: [
    'an object: names by role, at most 64 characters, for lists and the leaderboard',
    'players have no names',
  ],
  policies: ['an object, see [policies](#policies)', "the server's, then the ruleset's"],
  deadlines: ['`turn_ms`, `audit_ms`, `match_ms`, each 100 to 21600000', 'none'],
};

function wishesTable(): string {
  const { properties = {} } = schemaOf(matchRequestShape);
  return table(
    ['argument', 'values', 'left out'],
    (Object.entries(wishes) as [Wish, readonly [string | null, string]][]).map(
      ([name, [values, otherwise]]) => [code(name), values ?? valuesOf(properties[name]), otherwise],
    ),
  );
}

// --- policies ---

type PolicyName = keyof z.infer<typeof policiesShape>;

const policies: Readonly<Record<PolicyName, string>> = {
  step_rewards: 'whether a role sees the reward of its own step, or only that of the match after its end',
  verdicts_to_fraudster:
    'what the fraudster learns of each verdict: nothing, the word, the pulled targets too, everything',
  legal_hints:
    'what the role on turn learns of its legal actions: nothing, their types, or every value that fits',
  spectators:
    'whether anybody may watch, players too: a spectator sees copies, pulls, verdicts and links as they happen',
  spectator_delay: 'by how many frames spectators lag behind',
  reveal_at_end: 'whether everybody may see everything after the end',
  open_state: 'whether `state` is the same for every role',
  auth: 'who may take a seat: anybody at any time; the first player, then only its token; only players with a token',
};

function policiesTable(): string {
  const { properties = {} } = schemaOf(policiesShape);
  const openings = rulesets.map(({ name }) => openingFor({ ...plainMatch, ruleset: name }));
  const byDefault = (name: PolicyName): string => {
    const values = openings.map((opening) =>
      code(String(opening.policies[camelCase(name) as keyof Created['policies']])),
    );
    return new Set(values).size === 1
      ? (values[0] ?? '')
      : values.map((value, index) => `${value} in ${code(rulesets[index]?.name ?? '')}`).join(', ');
  };
  return table(
    ['policy', 'values', 'default', 'decides'],
    (Object.entries(policies) as [PolicyName, string][]).map(([name, decides]) => [
      code(name),
      valuesOf(properties[name]),
      byDefault(name),
      decides,
    ]),
  );
}

const plainMatch = { task: 'task_1', seed: 1, episode: generateEpisode(tasks.task_1, 1) };

// --- errors ---

/** What a player can do about each code on its socket. */
const remedies: readonly (readonly [codes: readonly ErrorCode[], remedy: string])[] = [
  [
    ['invalid_json', 'unknown_type', 'validation_error'],
    'Correct the frame; `details.faults` names the fields.',
  ],
  [['frame_too_large'], 'Send less.'],
  [
    ['no_match'],
    'Send `reset` or `join` first. `details.reason_code` says why joining by the address failed.',
  ],
  [['missing_match_id', 'unknown_match'], 'Ask the player who made the match for its id.'],
  [['reset_error'], 'Correct the arguments; no match was made.'],
  [['match_exists'], 'Leave `episode_id` out, or `join` that match.'],
  [['seat_taken'], 'The seat is taken. If it is yours, send its `seat_token`.'],
  [['seat_token_required', 'seat_token_wrong'], 'Ask the person who invited you for the token.'],
  [['phase_violation'], 'Wait for your turn; `details` has `phase` and `on_turn`.'],
  [
    ['execution_error', 'flag_type_unknown', 'flag_target_missing', 'flag_target_unknown', 'flags_spent'],
    'The action cost nothing and changed nothing; send another.',
  ],
  [
    ['rate_limited', 'capacity_reached', 'log_overloaded', 'log_disk_full', 'log_write_failed'],
    'Wait, and send it again with the same `command_id`.',
  ],
  [['match_quarantined', 'internal'], 'The match may be lost; tell the person who runs the server.'],
];

const errorsTable = (): string =>
  table(
    ['code', 'meaning', 'what to do'],
    remedies.flatMap(([codes, remedy]) => codes.map((name) => [code(name), errorCatalogue[name], remedy])),
  );

// --- values ---

interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
}

const schemaOf = (shape: z.ZodType): Schema =>
  z.toJSONSchema(shape, { io: 'input', unrepresentable: 'any' }) as Schema;

function valuesOf(schema: Schema | undefined): string {
  if (schema?.enum !== undefined) return schema.enum.map(code).join(', ');
  if (schema?.type === 'boolean') return '`true`, `false`';
  if (schema?.type === 'integer') return `${schema.minimum ?? ''} to ${schema.maximum ?? ''}`;
  throw new Error(`No words for ${JSON.stringify(schema)}.`);
}
