import { canonicalJson } from '../../shared/canonical-json.ts';
import type { Json } from '../../shared/canonical-json.ts';
import { describeError, isAppError } from '../../shared/errors.ts';
import type { MatchId } from '../../shared/ids.ts';
import { decide } from '../../game/decide/decide.ts';
import type { Decision, ProposalSource } from '../../game/decide/decision.ts';
import type { Command } from '../../game/command.ts';
import type { Created, MatchEvent, StateDigest } from '../../game/event.ts';
import { rulesetOf } from '../../game/ruleset.ts';
import type { Position } from '../../game/position.ts';
import type { StoredCommit } from '../../log/event-log.ts';
import { commitmentOf, digestForm, digestInForm, rulesetHash } from './digest.ts';
import { PartDigests } from './part-digests.ts';
import { isAnnotation } from '../fold/chart.ts';
import { diverged, foldCommit, openFold, openingOf } from '../fold/fold.ts';
import { divergedAt, refuseGaps } from '../fold/replay.ts';

/** The result of a verification: what was proved, or the first divergence. */
export type Verification =
  | {
      readonly ok: true;
      readonly version: number;
      readonly phase: string;
      /** The digest of the last state, hex; equal to the recorded one if the match has ended. */
      readonly digest: string;
      readonly digestsCompared: number;
      /**
       * The match's texts were erased: it replays to the same phases, rewards and grades, but its digests and
       * decisions cannot be compared.
       */
      readonly erased?: true;
    }
  | { readonly ok: false; readonly divergence: Divergence };

/** The first place where a stored stream contradicts the rules. */
export interface Divergence {
  /**
   * `log_damaged`: the stream cannot be what was written. `rules_changed`: today's rules decide otherwise.
   * `nondeterminism`: the same rules decide differently at two tries.
   */
  readonly kind: 'log_damaged' | 'rules_changed' | 'nondeterminism';
  readonly version: number;
  /** JSON path of the first difference, within the event or the state. */
  readonly path: string;
  readonly message: string;
}

/**
 * Folds a stream twice, compares every recorded digest, and decides every command twice again. Proves that
 * the stored events are what the rules give, or returns the first version that differs, with path and kind.
 * Erased commits are only folded.
 */
export function verify(matchId: MatchId, commits: readonly StoredCommit[]): Verification {
  const work = verifying(matchId, commits);
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}

/**
 * As {@link verify}, but yields to the event loop after every commit: verifying a whole match takes tens of
 * milliseconds, which would delay every other match of the process.
 */
export async function verifyInTurns(
  matchId: MatchId,
  commits: readonly StoredCommit[],
): Promise<Verification> {
  const work = verifying(matchId, commits);
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Yields after every commit, so that the caller can run other work in between. */
type Work<T> = Generator<undefined, T, undefined>;

/** A proof with the form of the compared digests, or the divergence. */
type Walked =
  | { readonly proof: Extract<Verification, { readonly ok: true }>; readonly form: StateDigest['form'] }
  | Diverges;

type Diverges = Extract<Verification, { readonly ok: false }>;

function* verifying(matchId: MatchId, commits: readonly StoredCommit[]): Work<Verification> {
  try {
    const first = yield* walk(matchId, commits);
    if (!('form' in first)) return first;
    const { form, proof } = first;
    if ((yield* foldAgain(matchId, commits, form)) === proof.digest) return proof;
    return diverges(
      'nondeterminism',
      proof.version,
      '',
      'two replays of the same events give different states',
    );
  } catch (error) {
    if (!isAppError(error, 'replay_diverged')) throw error;
    return diverges('log_damaged', Number(error.details['version'] ?? 0), '/type', error.message);
  }
}

/** Turns any error of the rules into `replay_diverged`: damaged data may break them anywhere. */
function* walk(matchId: MatchId, commits: readonly StoredCommit[]): Work<Walked> {
  const reached = { version: 1 };
  try {
    return yield* walkThrough(matchId, commits, reached);
  } catch (error) {
    if (isAppError(error)) throw error;
    throw diverged(
      matchId,
      reached.version,
      `the rules cannot take its event (${describeError(error)})`,
      error,
    );
  }
}

function* walkThrough(
  matchId: MatchId,
  commits: readonly StoredCommit[],
  reached: { version: number },
): Work<Walked> {
  refuseGaps(matchId, commits);
  const { created } = openingOf(matchId, commits[0]);
  const events = commits.reduce((sum, commit) => sum + commit.events.length, 0);
  const stored = commits.at(-1)?.version ?? 0;
  if (stored !== events)
    throw diverged(matchId, events + 1, `its last commit ends at version ${stored} and holds less`);
  const changed = whyNotToday(created);
  if (changed !== null) return changed;
  let fold = openFold(matchId, commits[0]);
  const digests = new PartDigests();
  let form: StateDigest['form'] = digestForm;
  let digestsCompared = 0;
  for (const commit of commits) {
    reached.version = commit.expectedVersion + 1;
    const redecided = decideAgain(fold.position, commit);
    if (redecided !== null) return redecided;
    const folded = foldCommit(fold, commit);
    const steps = folded.ok ? folded.steps : [];
    for (const [index, { event, after }] of steps.entries()) {
      if (event.type !== 'state.digested' || commit.erased === true) continue;
      form = event.data.form;
      const version = commit.expectedVersion + index + 1;
      const different = compareDigest(event.data, digestInForm(form, after, digests), version);
      if (different !== null) return different;
      digestsCompared += 1;
    }
    if (!folded.ok) throw divergedAt(matchId, folded);
    fold = folded.fold;
    yield;
  }
  const { digest, phase } = digestInForm(form, fold.position, digests);
  const erased = commits.some((commit) => commit.erased === true);
  const reachedAt = { version: events, phase, digest, digestsCompared };
  return { proof: { ok: true, ...reachedAt, ...(erased ? { erased: true } : {}) }, form };
}

/**
 * The digest of a second fold of the same events, without the digest cache; empty when an event does not fit
 * that did in the first.
 */
function* foldAgain(
  matchId: MatchId,
  commits: readonly StoredCommit[],
  form: StateDigest['form'],
): Work<string> {
  let fold = openFold(matchId, commits[0]);
  for (const commit of commits) {
    const folded = foldCommit(fold, commit);
    if (!folded.ok) return '';
    fold = folded.fold;
    yield;
  }
  return digestInForm(form, fold.position).digest;
}

/**
 * The difference between a match's recorded ruleset or seed commitment and today's; null if there is none.
 */
function whyNotToday(created: Created): Diverges | null {
  const rules = rulesetOf(created.ruleset);
  if (rules === undefined) {
    const { name, version } = created.ruleset;
    return diverges('rules_changed', 1, '/data/ruleset', `this version has no ruleset ${name} ${version}`);
  }
  if (rulesetHash(rules) !== created.ruleset.hash)
    return diverges(
      'rules_changed',
      1,
      '/data/ruleset/hash',
      `ruleset ${rules.name} ${rules.version} has other content now`,
    );
  if (commitmentOf(created.seed, created.salt) !== created.seedCommitment)
    return diverges(
      'log_damaged',
      1,
      '/data/seedCommitment',
      'seed and salt are not what the match committed to',
    );
  return null;
}

function compareDigest(recorded: StateDigest, actual: StateDigest, version: number): Diverges | null {
  if (recorded.digest === actual.digest) {
    const path = firstDifference(recorded as unknown as Json, actual as unknown as Json, '/data');
    return path === null
      ? null
      : diverges('log_damaged', version, path, 'the recorded digest does not fit its own parts');
  }
  if (recorded.phase !== actual.phase)
    return diverges(
      'rules_changed',
      version,
      '/phase',
      `the phase is ${actual.phase}, the log says ${recorded.phase}`,
    );
  const keys = new Set([...Object.keys(recorded.parts), ...Object.keys(actual.parts)]);
  const part = [...keys].sort().find((key) => recorded.parts[key] !== actual.parts[key]);
  return diverges(
    'rules_changed',
    version,
    `/state/${part ?? ''}`,
    'the replayed state has another digest than the recorded one',
  );
}

/**
 * Decides the commit's command again in the state before it, with the recorded proposal, and compares the
 * events.
 */
function decideAgain(position: Position, commit: StoredCommit): Diverges | null {
  const { events } = commit;
  // The opening is not decided by the rules, and an erased commit lacks the texts to decide.
  if (commit.expectedVersion === 0 || commit.erased === true) return null;
  const command = commandOf(events, position.phase, commit);
  if (command === null) return null;
  const situation = { ...position, source: recordedDraws(events) };
  const version = commit.expectedVersion + 1;
  const again = () => decide(situation, command);
  let once: Decision;
  let twice: Decision;
  try {
    [once, twice] = [again(), again()];
  } catch (error) {
    if (!(error instanceof DrawMissing)) throw error;
    return diverges('rules_changed', version, '/type', "today's rules accept a proposal that was refused");
  }
  const expected = events.filter((event) => !isAnnotation(event));
  if (!once.ok)
    return diverges(
      'rules_changed',
      version,
      '/type',
      `today's rules refuse the action (${once.rejection.code})`,
    );
  if (canonicalJson(once) !== canonicalJson(twice))
    return diverges(
      'nondeterminism',
      version,
      '',
      'the rules decide the same action differently at two tries',
    );
  for (const index of Array(Math.max(expected.length, once.events.length)).keys()) {
    const path = firstDifference(
      expected[index] as unknown as Json,
      once.events[index] as unknown as Json,
      '',
    );
    if (path !== null)
      return diverges(
        'rules_changed',
        version + index,
        path,
        `today's rules give another ${expected[index]?.type ?? 'event'}`,
      );
  }
  return null;
}

/** The command that led to a commit; null for a commit of annotations only. */
function commandOf(events: readonly MatchEvent[], phase: string, commit: StoredCommit): Command | null {
  const fact = events.find((event) => !isAnnotation(event) && event.type !== 'ad.arrived');
  if (fact === undefined) return null;
  if (fact.type === 'match.aborted') return { by: 'owner', abort: fact.data.reason };
  const action = 'action' in fact.data ? fact.data.action : null;
  if (action === null) {
    const missed = fact.type === 'review.closed' ? 'match' : 'turn';
    return { by: 'clock', missed, armedAt: commit.expectedVersion };
  }
  const by = phase === 'fraudster_turn' ? 'fraudster' : phase === 'audit_phase' ? 'auditor' : 'investigator';
  return { by, action } as Command;
}

/** The rules ask for a proposal that the commit does not contain. */
class DrawMissing extends Error {}

/** Returns the recorded hidden half of a proposal: a replay never draws. */
function recordedDraws(events: readonly MatchEvent[]): ProposalSource {
  return {
    complete: (_, submission) => {
      const proposed = events.find((event) => event.type === 'ad.proposed');
      if (proposed === undefined)
        throw new DrawMissing(`Slot ${submission.slot} was not proposed in this commit.`);
      return proposed.data.ad;
    },
    refresh: () => events.find((event) => event.type === 'ad.modified')?.data.findings ?? {},
  };
}

function diverges(kind: Divergence['kind'], version: number, path: string, why: string): Diverges {
  const where = path === '' ? '' : ` at ${path}`;
  const message = why.startsWith('Match ') ? why : `Version ${version}${where}: ${why}.`;
  return { ok: false, divergence: { kind, version, path, message } };
}

/** The JSON path of the first difference, with keys in sorted order; null if the values are equal. */
export function firstDifference(
  expected: Json | undefined,
  actual: Json | undefined,
  path: string,
): string | null {
  if (expected === actual) return null;
  const isNested = (value: unknown): value is Record<string, Json> =>
    typeof value === 'object' && value !== null;
  if (!isNested(expected) || !isNested(actual) || Array.isArray(expected) !== Array.isArray(actual))
    return path || '/';
  const keys = [...new Set([...Object.keys(expected), ...Object.keys(actual)])].sort();
  for (const key of keys) {
    const difference = firstDifference(expected[key], actual[key], `${path}/${key}`);
    if (difference !== null) return difference;
  }
  return null;
}
