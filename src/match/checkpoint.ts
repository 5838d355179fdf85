import * as z from 'zod';
import type { Documents } from '../log/disk/documents.ts';
import type { EventLog } from '../log/event-log.ts';
import { canonicalJson } from '../shared/canonical-json.ts';
import { rulesetOf } from '../game/ruleset.ts';
import type { GameState } from '../game/state.ts';
import { streamVersion } from '../shared/ids.ts';
import type { MatchId } from '../shared/ids.ts';
import { digestOf } from './proof/digest.ts';
import { sha256 } from './proof/sha256.ts';
import type { Phase } from '../game/phase.ts';
import type { Position } from '../game/position.ts';
import { machineVersion, phaseMeta } from './fold/chart.ts';
import type { MatchFold } from './fold/fold.ts';
import { foldOn } from './fold/replay.ts';

/** The format that this version writes. A checkpoint of another format or machine version is ignored. */
const checkpointVersion = 4;

const count = z.number().int().nonnegative();
const shape = z.object({
  v: z.literal(checkpointVersion),
  match: z.string(),
  machine: z.object({ id: z.enum(['match', 'review']), version: z.string() }),
  /** The stream's version and hash at which the state was taken. */
  version: count,
  hash: z.string(),
  createdAt: z.number(),
  phaseSince: z.object({ at: z.number(), version: count }),
  phase: z.string(),
  /** The digest of phase and state. */
  digest: z.string(),
  state: z.looseObject({ machine: z.enum(['match', 'review']) }),
  /** `origin` and `bookkeeping`, which the digest does not cover, and their own SHA-256. */
  beside: z.looseObject({}),
  besideDigest: z.string(),
});

type Beside = Pick<MatchFold, 'origin' | 'bookkeeping'>;

/**
 * Stores the state of an unfinished match, so that the next revival replays only later commits. Does nothing
 * if the log has no commit that ends at the fold's version. Checkpoints are a cache: they may be deleted at
 * any time.
 */
export async function writeCheckpoint(checkpoints: Documents, log: EventLog, fold: MatchFold): Promise<void> {
  const { matchId: match, version, createdAt, phaseSince, origin, bookkeeping, position } = fold;
  const [last] = await log.read(match, streamVersion(version - 1));
  // The fold must be the result of stored commits.
  if (last?.version !== version) return;
  const { phase, state } = position;
  const beside: Beside = { origin, bookkeeping };
  await checkpoints.write(match, {
    v: checkpointVersion,
    match,
    machine: { id: state.machine, version: machineVersion(state.machine) },
    version,
    hash: last.hash,
    createdAt,
    phaseSince,
    phase,
    digest: digestOf(position).digest,
    state,
    beside,
    besideDigest: sha256(canonicalJson(beside)),
  });
}

/**
 * The match from its checkpoint and the commits after it. Returns null if the checkpoint is missing, damaged,
 * of another format or machine version, or does not belong to this stream; the caller then replays the whole
 * stream.
 * @throws AppError `replay_diverged` when a later commit does not fit, or the log's own codes.
 */
export async function reviveFromCheckpoint(
  checkpoints: Documents,
  log: EventLog,
  match: MatchId,
): Promise<MatchFold | null> {
  const parsed = shape.safeParse(await checkpoints.read(match));
  if (!parsed.success) return null;
  const { machine, version, hash, createdAt, phaseSince, phase, digest, state } = parsed.data;
  if (parsed.data.match !== match || machine.version !== machineVersion(machine.id) || version === 0)
    return null;
  // The first commit is the one that the checkpoint was taken at: its hash proves the same history.
  const [last, ...later] = await log.read(match, streamVersion(version - 1));
  if (last?.version !== version || last.hash !== hash) return null;
  // The digest proves that the state is unchanged since it was written, so its type needs no validation.
  const reached = state as unknown as GameState;
  const rules = rulesetOf(reached.ruleset);
  if (rules === undefined || digestOf({ phase: phase as Phase, state: reached }).digest !== digest)
    return null;
  const { beside, besideDigest } = parsed.data;
  if (sha256(canonicalJson(beside)) !== besideDigest) return null;
  const { origin, bookkeeping } = beside as unknown as Beside;
  const { logTimes } = bookkeeping;
  const position: Position = { phase: phase as Phase, state: reached, rules, logTimes };
  const { onTurn, deadline } = phaseMeta(position);
  const kept: MatchFold = {
    matchId: match,
    version: streamVersion(version),
    position,
    bookkeeping,
    onTurn,
    deadline,
    createdAt,
    phaseSince: { at: phaseSince.at, version: streamVersion(phaseSince.version) },
    origin,
  };
  return later.reduce((fold, commit) => foldOn(fold, commit), kept);
}
