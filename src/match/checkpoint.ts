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

/** The form of checkpoint this version writes; another form, or another machine's, is not used. */
const checkpointVersion = 4;

const count = z.number().int().nonnegative();
const shape = z.object({
  v: z.literal(checkpointVersion),
  match: z.string(),
  machine: z.object({ id: z.enum(['match', 'review']), version: z.string() }),
  /** The stream's version and hash that the state belongs to. */
  version: count,
  hash: z.string(),
  createdAt: z.number(),
  phaseSince: z.object({ at: z.number(), version: count }),
  phase: z.string(),
  /** Of phase and state. */
  digest: z.string(),
  state: z.looseObject({ machine: z.enum(['match', 'review']) }),
  /** What stands beside the state, and its own digest. */
  beside: z.looseObject({}),
  besideDigest: z.string(),
});

type Beside = Pick<MatchFold, 'origin' | 'bookkeeping'>;

/** Keeps an unfinished match's state, so that its next revival reads only what came after. Disposable. */
export async function writeCheckpoint(checkpoints: Documents, log: EventLog, fold: MatchFold): Promise<void> {
  const { matchId: match, version, createdAt, phaseSince, origin, bookkeeping, position } = fold;
  const [last] = await log.read(match, streamVersion(version - 1));
  // An actor that lost its stream to another one knows an older state.
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
 * The match as its checkpoint and the commits after it have it; null where the checkpoint is missing, of another
 * form or machine, or not of this stream: then the whole stream is replayed.
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
  // The commit that led to the checkpoint comes first: its hash tells whether this is the same history.
  const [last, ...later] = await log.read(match, streamVersion(version - 1));
  if (last?.version !== version || last.hash !== hash) return null;
  // The digest proves that this is the state as it was written, whatever its type.
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
