import { generateEpisode } from '../../src/game/episode/generate.ts';
import { generatedProposals } from '../../src/game/episode/proposal.ts';
import { roles } from '../../src/game/command.ts';
import type { Role } from '../../src/game/command.ts';
import { taskIds, tasks } from '../../src/game/task.ts';
import type { TaskId } from '../../src/game/task.ts';
import { viewFor } from '../../src/game/view/view.ts';
import { MemoryEventLog } from '../../src/log/memory-event-log.ts';
import { MatchRegistry } from '../../src/match/registry.ts';
import { systemClock } from '../../src/match/clock.ts';
import type { MatchActor } from '../../src/match/match-actor.ts';
import { openingFor } from '../../src/match/new-match.ts';
import { defaultPlayers, seatsFor } from '../../src/players/roster.ts';
import type { Seats } from '../../src/players/roster.ts';
import type { WireAction } from '../../src/players/player.ts';
import { commandId, matchId } from '../../src/shared/ids.ts';

/** An action of a played match, with its role. */
export interface Move {
  readonly role: Role;
  readonly action: WireAction;
}

/** A whole match as its three sockets send it. */
export interface Piece {
  readonly task: TaskId;
  readonly seed: number;
  readonly moves: readonly Move[];
}

/** Matches of every task, played by the scripted players. Equal seeds give equal matches. */
export async function recordPieces(seedsPerTask: number): Promise<readonly Piece[]> {
  const log = new MemoryEventLog();
  const registry = new MatchRegistry({ log, clock: systemClock, source: generatedProposals });
  const pieces: Piece[] = [];
  for (let seed = 1; seed <= seedsPerTask; seed += 1)
    for (const task of taskIds) {
      const id = matchId(`${task}-${seed}`);
      const episode = generateEpisode(tasks[task], seed);
      const actor = await registry.create(id, openingFor({ task, seed, episode }));
      pieces.push({ task, seed, moves: await record(actor, seatsFor(defaultPlayers, seed)) });
      await registry.passivate(id);
    }
  await registry.close();
  return pieces;
}

async function record(actor: MatchActor, seats: Seats): Promise<readonly Move[]> {
  const moves: Move[] = [];
  while (actor.onTurn !== null) {
    const role = actor.onTurn;
    const action = await nextAction(actor, seats, role);
    // A scripted player never passes.
    if (action === null) throw new Error(`The ${role} gave no action.`);
    moves.push({ role, action });
    await actor.act(role, action, commandId(`bench-${moves.length}`));
  }
  return moves;
}

function nextAction(actor: MatchActor, seats: Seats, role: Role) {
  const { phase, state } = actor.position;
  const seen = { state, phase, rules: actor.position.rules };
  switch (role) {
    case 'fraudster':
      return seats.fraudster.act(viewFor('fraudster', seen, 0));
    case 'investigator':
      return seats.investigator.act(viewFor('investigator', seen, 0));
    case 'auditor':
      return seats.auditor.act(viewFor('auditor', seen, 0));
  }
}

/**
 * The pieces in the load generator's format: `role<TAB>frame` lines, each piece after a line of three
 * hyphens.
 */
export function scriptOf(pieces: readonly Piece[]): string {
  return pieces.map((piece) => ['---', ...linesOf(piece), ''].join('\n')).join('');
}

function linesOf({ task, seed, moves }: Piece): readonly string[] {
  return [
    lineOf('fraudster', { type: 'reset', data: { task_id: task, seed } }),
    lineOf('investigator', { type: 'join', data: { match_id: '{{i}}' } }),
    lineOf('auditor', { type: 'join', data: { match_id: '{{i}}' } }),
    ...moves.map(({ role, action }) => lineOf(role, { type: 'step', data: action })),
  ];
}

function lineOf(role: Role, frame: object): string {
  return `${roles.indexOf(role)}\t${JSON.stringify(frame)}`;
}

/** Creates one match with the first socket of a group and leaves it unplayed. */
export const resetScript = `${lineOf('fraudster', { type: 'reset', data: { task_id: 'task_1' } })}\n`;
