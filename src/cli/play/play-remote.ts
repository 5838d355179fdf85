import { RoleClient } from '../../client/role-client.ts';
import { ArenaError } from '../../client/wire.ts';
import type { Role } from '../../game/command.ts';
import { seatsFor } from '../../players/roster.ts';
import type { SeatNames } from '../../players/roster.ts';
import type { Player } from '../../players/player.ts';
import { AppError } from '../../shared/errors.ts';
import { inParallel } from '../in-parallel.ts';
import { openSocket } from '../../client/node.ts';
import { exitCodes, print, self } from '../run.ts';
import { showMany } from '../summary.ts';

interface RemoteRun extends SeatNames {
  readonly server: string;
  readonly firstSeed: number;
  readonly matches: number;
  readonly concurrency: number;
  readonly task: string;
  readonly json: boolean;
  /** The data of `reset`. */
  readonly wanted: Readonly<Record<string, unknown>>;
}

/** Plays matches over the sockets of a server and prints the results. Returns the exit code. */
export async function playOnServer(options: RemoteRun): Promise<number> {
  const { server, firstSeed, matches, concurrency, wanted, json } = options;
  const seeds = Array.from({ length: matches }, (_, index) => (firstSeed + index) % 2 ** 32);
  const started = performance.now();
  const results = await inParallel(seeds, concurrency, async (seed) => {
    const result = await playRemote({ server, seed, names: options, wanted });
    const { matchId, ruleset, phase, endReason, grade, rewards } = result;
    if (json)
      print(
        JSON.stringify({
          match_id: matchId,
          task_id: options.task,
          ruleset,
          seed,
          phase,
          end_reason: endReason,
          grader_score: grade,
          rewards,
        }),
      );
    return {
      matchId,
      ruleset,
      grade: grade ?? 0,
      endReason: endReason ?? phase,
      rewards: rewards ?? noRewards,
    };
  });
  if (!json) {
    const [first] = results;
    showMany(results, performance.now() - started, { task: options.task, ruleset: first?.ruleset ?? '' });
    const which = matches === 1 ? 'as match' : 'first match';
    print(
      `Played on ${server}, ${which} ${first?.matchId ?? ''}. The server's log is verified by: ${self} verify`,
    );
  }
  return exitCodes.good;
}

const noRewards = { fraudster: 0, investigator: 0, auditor: 0 };

interface RemoteMatch {
  readonly server: string;
  readonly seed: number;
  readonly names: SeatNames;
  /** The data of `reset`. */
  readonly wanted: Readonly<Record<string, unknown>>;
}

interface RemoteResult {
  readonly matchId: string;
  readonly ruleset: string;
  readonly phase: string;
  readonly endReason: string | null;
  readonly grade: number | null;
  readonly rewards: Readonly<Record<Role, number>> | null;
}

const turnOf: Readonly<Record<Role, string>> = {
  fraudster: 'fraudster_turn',
  investigator: 'investigator_turn',
  auditor: 'audit_phase',
};

/**
 * Plays one match to its end over three sockets, one per seat.
 * @throws AppError `server_unreachable`, or `player_stuck` with the server's code if the server refuses a
 * frame.
 */
async function playRemote({ server, seed, names, wanted }: RemoteMatch): Promise<RemoteResult> {
  const named = { fraudster: names.fraudster, investigator: names.investigator, auditor: names.auditor };
  const players = seatsFor(names, seed);
  const clients: RoleClient[] = [];
  const connect = async <R extends Role>(role: R): Promise<RoleClient<R>> => {
    const client = await RoleClient.connect(server, role, { open: openSocket });
    clients.push(client);
    return client;
  };
  try {
    const fraudster = await connect('fraudster');
    const investigator = await connect('investigator');
    const auditor = await connect('auditor');
    const opened = await fraudster.reset({ seed, players: named, ...wanted });
    await Promise.all([investigator.join(opened.match_id), auditor.join(opened.match_id)]);
    const [result] = await Promise.all([
      playSeat(fraudster, 'fraudster', players.fraudster),
      playSeat(investigator, 'investigator', players.investigator),
      playSeat(auditor, 'auditor', players.auditor),
    ]);
    return { ...result, matchId: opened.match_id, ruleset: opened.ruleset };
  } catch (error) {
    if (!(error instanceof ArenaError)) throw error;
    const { code, message } = error;
    const isGone = code === 'server_unreachable' || code === 'connection_closed';
    throw isGone
      ? new AppError('server_unreachable', message)
      : new AppError('player_stuck', `The server refused with ${code}: ${message}`);
  } finally {
    for (const client of clients) client.close();
  }
}

/** Plays every turn of the seat. Resolves with the end of the match. */
async function playSeat<R extends Role>(client: RoleClient<R>, role: R, player: Player<R>) {
  await client.subscribe(0);
  for await (const { type, data } of client.frames()) {
    if (type === 'turn' && data.your_turn === true) await playTurn(client, role, player);
    if (type === 'match_over') {
      const { phase, end_reason: endReason, grader_score: grade, rewards = null } = data;
      return { phase, endReason, grade, rewards };
    }
  }
  throw new ArenaError('connection_closed', 'The server ended the connection before the match was over.');
}

async function playTurn<R extends Role>(client: RoleClient<R>, role: R, player: Player<R>): Promise<void> {
  let seen = await client.obs();
  while (!seen.done && seen.phase === turnOf[role]) {
    const action = await player.act(seen);
    // The player passes: the turn's time runs out, and the next turn is announced by a frame.
    if (action === null) return;
    seen = await client.step(action);
  }
}
