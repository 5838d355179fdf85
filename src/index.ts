/**
 * FraudArena as a library. Most programs need one of two things: `startServer` here, or the client, which is an entry
 * of its own: `fraudarena/client`.
 * @packageDocumentation
 */

// --- hosting matches ---
export { startServer, type RunningServer, type ServerOptions, type StartOptions } from './server/server.ts';
export { chooseAdapter, type ChosenAdapter } from './server/net/adapter.ts';
export type { EdgeOptions } from './server/edge/origins.ts';
export type { SocketPort } from './server/net/socket-port.ts';
export { diagnosticsAt, type Diagnostics } from './log/diagnostics.ts';
export type { Durability } from './log/durability.ts';
export { limits, type Limits } from './shared/limits.ts';

// --- playing a match ---
export { MatchRegistry } from './match/registry.ts';
export { systemClock, type Clock } from './match/clock.ts';
export { MatchActor, type AppendedCommit, type Reply } from './match/match-actor.ts';
export type { FoldedCommit, MatchFold } from './match/fold/fold.ts';
export type { NumberedFrame } from './match/fold/frames.ts';
export { openingFor, type NewMatch } from './match/new-match.ts';
export type { Phase } from './game/phase.ts';
export type { Position } from './game/position.ts';

// --- the log, replay and proof ---
export type { Appended, Commit, EventLog, StoredCommit } from './log/event-log.ts';
export { FileEventLog } from './log/file/file-event-log.ts';
export { MemoryEventLog } from './log/memory-event-log.ts';
export { digestOf, rulesetHash } from './match/proof/digest.ts';
export { foldCommit, openFold } from './match/fold/fold.ts';
export { foldStream, numbered, replay, type Numbered } from './match/fold/replay.ts';
export { verify, type Divergence, type Verification } from './match/proof/verify.ts';
export { archiveOf, type ArchiveSnapshot } from './history/archive.ts';
export { timelineOf, type TimelineRow } from './history/timeline.ts';

// --- rules ---
export { decide } from './game/decide/decide.ts';
export type { Decision, ProposalSource, Rejection } from './game/decide/decision.ts';
export { evolve } from './game/evolve.ts';
export { initialState, type GameState } from './game/state.ts';
export { classic, rulesetNamed, standard, type Ruleset } from './game/ruleset.ts';
export {
  isTaskId,
  knobBounds,
  taskIds,
  tasks,
  type KnobOverrides,
  type Knobs,
  type TaskId,
} from './game/task.ts';
export type { Command, Role } from './game/command.ts';
export type { Created, Deadlines, EndReason, Grades, MatchEvent, Policies } from './game/event.ts';
export { auditorView } from './game/view/auditor.ts';
export { spectatorView } from './game/view/spectator.ts';
export { viewFor, type Observations } from './game/view/view.ts';

// --- episodes ---
export type { Ad, Ring } from './game/ad.ts';
export type { Episode } from './game/episode/episode.ts';
export { generateEpisode } from './game/episode/generate.ts';
export { generatedProposals } from './game/episode/proposal.ts';
export { parseEpisode } from './protocol/episode-document.ts';

// --- players ---
export { playMatch } from './players/play-match.ts';
export type { Player, WireAction } from './players/player.ts';
export { defaultPlayers, roster, seatsFor, type SeatNames, type Seats } from './players/roster.ts';
export { formatAction, parseAction } from './protocol/action.ts';

// --- errors and ids ---
export { AppError, errorCatalogue, isAppError, type ErrorCode } from './shared/errors.ts';
export { commandId, isId, matchId, streamVersion } from './shared/ids.ts';
export type { CommandId, MatchId, StreamVersion } from './shared/ids.ts';
