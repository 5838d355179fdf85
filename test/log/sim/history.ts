import { isDeepStrictEqual } from 'node:util';
import type { Appended, Commit, EventLog, StoredCommit } from '../../../src/log/event-log.ts';
import { errorCode } from '../../../src/log/disk/system-error.ts';
import { isAppError } from '../../../src/shared/errors.ts';
import type { ErrorCode } from '../../../src/shared/errors.ts';
import { commandId, matchId, streamVersion } from '../../../src/shared/ids.ts';
import { present } from '../../../src/shared/invariant.ts';
import { contentOf } from '../commits.ts';
import { processEnded } from './sonic-writes.ts';

/** A promise of the log that was broken. */
export class BrokenPromise extends Error {}

/** Runs one seed, and names it in whatever it throws. */
export async function seeded<T>(seed: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BrokenPromise) throw error;
    throw new Error(`Seed ${seed}: ${String(error)}`, { cause: error });
  }
}

/** How much of what was acknowledged must still be there. */
export type Survival = 'all' | 'a prefix';

/** What a caller is told to send again. */
const retryable: ReadonlySet<ErrorCode> = new Set(['log_write_failed', 'log_closed', 'log_disk_full']);

const keyOf = ({ stream, commandId: id }: Pick<Commit, 'stream' | 'commandId'>): string => `${stream} ${id}`;

/** What was sent to a log and what it answered: everything a checker needs to judge what it holds. */
export class History {
  readonly #name: string;
  readonly #sent = new Map<string, Commit>();
  readonly #answers = new Map<string, Appended>();
  /** What was read when the log was looked at last, and as text. */
  #seen: readonly StoredCommit[] = [];
  #seenTexts: readonly string[] = [];

  /** @param name stands before every complaint, and says how to see it again. */
  constructor(name: string) {
    this.#name = name;
  }

  get acknowledged(): number {
    return this.#answers.size;
  }

  /** The commits whose outcome nobody knows, in the order they were sent. */
  get unknown(): readonly Commit[] {
    return [...this.#sent.values()].filter((commit) => !this.#answers.has(keyOf(commit)));
  }

  /** The stream's version when the log was looked at last. */
  version(stream: string): number {
    return this.#seen.findLast((commit) => commit.stream === matchId(stream))?.version ?? 0;
  }

  /** Sends commits at once. @returns their answers, null for one that must be sent again. */
  async send(log: EventLog, commits: readonly Commit[]): Promise<readonly (Appended | null)[]> {
    const outcomes = await Promise.all(commits.map((commit) => this.#sendOne(log, commit)));
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome !== 'conflict') continue;
      const { stream, commandId: id } = present(commits[index], 'A commit');
      // Only what failed before it in its stream excuses it: that was forgotten before this one had its turn.
      const isExcused = commits.some(
        (earlier, place) => place < index && earlier.stream === stream && outcomes[place] === 'failed',
      );
      if (!isExcused) this.fail(`append() of ${stream} ${id} rejects with log_version_conflict`);
    }
    return outcomes.map((outcome) => (typeof outcome === 'string' ? null : outcome));
  }

  async #sendOne(log: EventLog, commit: Commit): Promise<Appended | 'failed' | 'conflict'> {
    const key = keyOf(commit);
    this.#sent.set(key, commit);
    try {
      const answer = await log.append(commit);
      const earlier = this.#answers.get(key);
      if (earlier !== undefined) this.#same(answer, earlier, `the answer to ${key}`);
      this.#answers.set(key, answer);
      return answer;
    } catch (error) {
      if (isAppError(error, 'log_version_conflict')) return 'conflict';
      if (isAppError(error) && retryable.has(error.code)) return 'failed';
      if (error instanceof BrokenPromise || errorCode(error) === processEnded) throw error;
      return this.fail(`append() of ${key} rejects with ${String(error)}`);
    }
  }

  /** Nobody sends the commits of unknown outcome again. One that an opened log did not show must never turn up. */
  forgetUnknown(): void {
    for (const commit of this.unknown) this.#sent.delete(keyOf(commit));
  }

  /** Looks at a log after it was opened or while it runs. What it shows is from then on promised. */
  async check(log: EventLog, survival: Survival = 'all'): Promise<void> {
    const content = await contentOf(log);
    const texts = content.map((commit) => JSON.stringify(commit));
    this.#checkSurvival(content, texts, survival);
    this.#checkForm(content, texts);
    for (const commit of content) {
      const { version, position } = commit;
      const found = await log.find(commit.stream, commit.commandId);
      this.#same(found, { version, position }, `what find() gives for ${keyOf(commit)}`);
    }
    const stranger = await log.find(matchId('s-1'), commandId('never-sent'));
    if (stranger !== null) this.fail('find() gives a result for a command that was never sent');
    this.#answers.clear();
    for (const commit of content) {
      const { version, position } = commit;
      this.#answers.set(keyOf(commit), { version, position });
    }
    this.#seen = content;
    this.#seenTexts = texts;
  }

  fail(sentence: string): never {
    throw new BrokenPromise(`${this.#name}: ${sentence}`);
  }

  /** Only what was sent, in one order without gaps or repeats. */
  #checkForm(content: readonly StoredCommit[], texts: readonly string[]): void {
    const versions = new Map<string, number>();
    const keys = new Set<string>();
    for (const [index, commit] of content.entries()) {
      const { position, version, hash, ...rest } = commit;
      const key = keyOf(commit);
      this.#same(position, index + 1, `the position of ${key}`);
      if (texts[index] !== this.#seenTexts[index])
        this.#same(rest, this.#sent.get(key), `the commit ${key} (${hash})`);
      this.#same(rest.expectedVersion, versions.get(commit.stream) ?? 0, `the version before ${key}`);
      this.#same(version, rest.expectedVersion + rest.events.length, `the version after ${key}`);
      versions.set(commit.stream, streamVersion(version));
      if (keys.has(key)) this.fail(`${key} is stored twice`);
      keys.add(key);
    }
  }

  #checkSurvival(content: readonly StoredCommit[], texts: readonly string[], survival: Survival): void {
    for (const [index, earlier] of this.#seenTexts.entries())
      if (index < content.length || survival === 'all')
        this.#same(texts[index], earlier, `the commit at position ${index + 1}`);
    for (const [key, answer] of this.#answers) {
      if (answer.position > content.length && survival === 'a prefix') continue;
      const stored = content[answer.position - 1];
      if (stored === undefined)
        this.fail(`${key} was acknowledged at position ${answer.position} and is lost`);
      this.#same(keyOf(stored), key, `the commit at position ${answer.position}`);
      this.#same(stored.version, answer.version, `the version of ${key}`);
    }
  }

  #same(actual: unknown, expected: unknown, what: string): void {
    if (actual !== expected && !isDeepStrictEqual(actual, expected))
      this.fail(`${what} is ${JSON.stringify(actual)}, and was ${JSON.stringify(expected)}`);
  }
}
