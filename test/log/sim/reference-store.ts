import type { Appended, Commit, StoredCommit } from '../../../src/log/event-log.ts';
import type { CommandId, MatchId } from '../../../src/shared/ids.ts';
import { streamVersion } from '../../../src/shared/ids.ts';

/** What an event log does, without disk and chain: small enough to be seen to be right. */
export class ReferenceStore {
  readonly commits: StoredCommit[] = [];

  append(commit: Commit): Appended | 'log_version_conflict' {
    const known = this.find(commit.stream, commit.commandId);
    if (known !== null) return known;
    if (commit.expectedVersion !== this.version(commit.stream)) return 'log_version_conflict';
    const version = streamVersion(commit.expectedVersion + commit.events.length);
    const answer = { version, position: this.commits.length + 1 };
    this.commits.push({ ...commit, ...answer, hash: '' });
    return answer;
  }

  find(stream: MatchId, commandId: CommandId): Appended | null {
    const found = this.read(stream).find((commit) => commit.commandId === commandId);
    return found === undefined ? null : { version: found.version, position: found.position };
  }

  read(stream: MatchId, after = 0): readonly StoredCommit[] {
    return this.commits.filter((commit) => commit.stream === stream && commit.version > after);
  }

  version(stream: MatchId): number {
    return this.read(stream).at(-1)?.version ?? 0;
  }

  streams(): readonly MatchId[] {
    return [...new Set(this.commits.map(({ stream }) => stream))];
  }
}
