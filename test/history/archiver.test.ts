import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generatedProposals } from '../../src/game/episode/proposal.ts';
import { checkLog } from '../../src/log/tools/check-log.ts';
import { Documents } from '../../src/log/disk/documents.ts';
import { FileEventLog } from '../../src/log/file/file-event-log.ts';
import { nodeFiles } from '../../src/log/disk/files.ts';
import { archiveFolder, checkpointFolder } from '../../src/log/disk/data-folder.ts';
import { pruneLog } from '../../src/log/tools/prune.ts';
import { MatchRegistry } from '../../src/match/registry.ts';
import { archiveFileByEnd, archiveFileOf, archiveMatch, isArchived } from '../../src/history/archiver.ts';
import { eraseMatch } from '../../src/history/erase-match.ts';
import { playMatch } from '../../src/players/play-match.ts';
import { defaultPlayers, seatsFor } from '../../src/players/roster.ts';
import { redact } from '../../src/game/redact.ts';
import { canonicalJson } from '../../src/shared/canonical-json.ts';
import { archiveOf } from '../../src/history/archive.ts';
import { commandId, matchId } from '../../src/shared/ids.ts';
import type { MatchId } from '../../src/shared/ids.ts';
import { TestClock } from '../../src/testing/test-clock.ts';
import { inFolder } from '../log/temp-folder.ts';
import { opening, played, stage } from '../match/kit.ts';

const ids = [1, 2, 3, 4].map((seed) => matchId(`m-${seed}`));

/** A data folder of four matches in many small segments; the last match is not finished. */
async function fill(data: string): Promise<void> {
  const log = await FileEventLog.open(data, 'write', { segmentBytes: 20_000 });
  const registry = new MatchRegistry({ log, clock: new TestClock(), source: generatedProposals });
  for (const [index, id] of ids.entries()) {
    const actor = await registry.create(id, opening('standard', { seed: index + 1 }));
    if (index < 3) await playMatch(actor, seatsFor(defaultPlayers, index + 1));
  }
  await registry.close();
  await log.close();
}

describe('an archive file', () => {
  it(
    'holds the archive snapshot and the hash of the last commit, and is the same when it is made again',
    inFolder(async (folder) => {
      const { log, id, commits } = await played('standard');
      const archives = new Documents(folder);
      expect(await archiveMatch(archives, id, await log.read(id))).toBe('archived');
      const path = join(folder, `${id}.json`);
      const bytes = await readFile(path, 'utf8');
      const file = JSON.parse(bytes) as Record<string, unknown>;
      expect(file).toMatchObject({ match: id, hash: commits.at(-1)?.hash, phase: 'done' });
      expect(file['archive']).toEqual(JSON.parse(JSON.stringify(archiveOf(commits))));
      expect(await archiveMatch(archives, id, await log.read(id))).toBe('there_already');
      await archives.remove(id);
      await archiveMatch(archives, id, await log.read(id));
      expect(await readFile(path, 'utf8')).toBe(bytes);
    }),
  );

  it(
    'is not made of a match that goes on, and none counts that was changed',
    inFolder(async (folder) => {
      const { registry, log } = stage();
      const archives = new Documents(folder);
      await registry.create(matchId('running'), opening('standard'));
      expect(await archiveMatch(archives, matchId('running'), await log.read(matchId('running')))).toBe(
        'running',
      );
      expect(await readdir(folder)).toEqual([]);

      const { log: over, id, commits } = await played('standard');
      await archiveMatch(archives, id, await over.read(id));
      const hash = commits.at(-1)?.hash ?? '';
      expect(await isArchived(archives, id, hash)).toBe(true);
      expect(await isArchived(archives, id, 'f'.repeat(64))).toBe(false);
      const path = join(folder, `${id}.json`);
      await writeFile(path, (await readFile(path, 'utf8')).replace('"done"', '"dOne"'));
      expect(await isArchived(archives, id, hash)).toBe(false);
    }),
  );
});

describe('an archive file that is proved by the end of its match only', () => {
  it.each([
    ['classic', 'task_1'],
    ['classic', 'task_3'],
    ['standard', 'task_2'],
    ['standard', 'task_3'],
  ])('is the same as one that a whole replay has proved (%s, %s)', async (ruleset, task) => {
    const names = { fraudster: 'ann', auditor: 'bob' };
    const { id, commits } = await played(ruleset, { task, players: names });
    expect(canonicalJson(archiveFileByEnd(id, commits))).toBe(canonicalJson(archiveFileOf(id, commits)));
    expect(archiveFileByEnd(id, commits)?.archive).toMatchObject({ players: names });
    for (let end = 1; end < commits.length; end += 1)
      expect(archiveFileByEnd(id, commits.slice(0, end)), `${end} commits`).toBeNull();
  });

  it('is the same for a match that was aborted, and for one whose texts are erased', async () => {
    const { registry, log } = stage();
    const id = matchId('aborted');
    const actor = await registry.create(id, opening('standard'));
    await actor.execute({ by: 'owner', abort: 'enough' }, commandId('abort'));
    const aborted = await log.read(id);
    expect(archiveFileByEnd(id, aborted)).toMatchObject({ phase: 'aborted', version: 3 });
    expect(canonicalJson(archiveFileByEnd(id, aborted))).toBe(canonicalJson(archiveFileOf(id, aborted)));
    const { id: over, commits } = await played('standard');
    const erased = commits.map((commit) => ({
      ...commit,
      erased: true as const,
      events: commit.events.map(redact),
    }));
    expect(archiveFileByEnd(over, erased)).toMatchObject({ phase: 'done' });
    expect(canonicalJson(archiveFileByEnd(over, erased))).toBe(canonicalJson(archiveFileOf(over, erased)));
  });

  it('is not made where the events lead elsewhere than the match was', async () => {
    const { id, commits } = await played('standard');
    const forged = commits.map((commit) => ({
      ...commit,
      events: commit.events.map((event) =>
        event.type === 'ad.proposed'
          ? { ...event, data: { ...event.data, ad: { ...event.data.ad, adCopy: 'Another.' } } }
          : event,
      ),
    }));
    expect(forged).not.toEqual(commits);
    expect(() => archiveFileByEnd(id, forged)).toThrow(/another state/);
  });
});

describe('erasing a match', () => {
  it(
    'takes its texts out of the log, its archive file and its checkpoint',
    inFolder(async (data) => {
      await fill(data);
      const [finished, running] = [ids[0] as MatchId, ids[3] as MatchId];
      const archives = new Documents(archiveFolder(data));
      const checkpoints = new Documents(checkpointFolder(data));
      const log = await FileEventLog.open(data, 'write');
      await archiveMatch(archives, finished, await log.read(finished));
      const registry = new MatchRegistry({
        log,
        clock: new TestClock(),
        source: generatedProposals,
        checkpoints,
      });
      await registry.find(running);
      await registry.close();
      const opened = (await log.read(running))[0]?.events[0];
      const copy = opened?.type === 'match.created' ? (opened.data.episode.ads[0]?.adCopy ?? '') : '';
      expect(copy.length).toBeGreaterThan(20);
      const archived = (await archives.read(finished)) as { archive: { ads: { ad: { adCopy: string } }[] } };
      const words = [copy, archived.archive.ads[0]?.ad.adCopy ?? ''];
      const holding = async () => {
        const files = await readdir(data, { recursive: true, withFileTypes: true });
        const texts = files
          .filter((file) => file.isFile())
          .map((file) => readFile(join(file.parentPath, file.name), 'utf8'));
        return (await Promise.all(texts)).filter((text) => words.some((word) => text.includes(word))).length;
      };
      expect(await holding()).toBeGreaterThanOrEqual(3);
      for (const id of [finished, running]) await eraseMatch(log, data, id, { by: 'jane', reason: 'asked' });
      await log.close();
      expect(await holding()).toBe(0);
      const file = (await archives.read(finished)) as { archive: Record<string, unknown> };
      expect(file.archive).toMatchObject({ match_id: finished, phase: 'done' });
      expect((await checkLog(nodeFiles, data)).erasures).toMatchObject([
        { match: finished, by: 'jane', reason: 'asked' },
        { match: running, by: 'jane', reason: 'asked' },
      ]);
    }),
  );
});

describe('pruning', () => {
  const prune = (data: string, archives: Documents) =>
    pruneLog(nodeFiles, data, (match, chain) => isArchived(archives, match, chain));

  async function archiveAll(data: string, archives: Documents, wanted: readonly MatchId[]): Promise<void> {
    const log = await FileEventLog.open(data, 'read');
    for (const id of wanted) await archiveMatch(archives, id, await log.read(id));
    await log.close();
  }

  it(
    'deletes nothing before its matches are archived',
    inFolder(async (data) => {
      await fill(data);
      const before = await readdir(join(data, 'log'));
      const archives = new Documents(archiveFolder(data));
      expect(await prune(data, archives)).toEqual({ segments: [], bytes: 0, keptFor: ids[0] });
      expect(await readdir(join(data, 'log'))).toEqual(before);
    }),
  );

  it(
    'deletes the segments of archived matches; answers, names and the order of what is left stay',
    inFolder(async (data) => {
      await fill(data);
      const before = await FileEventLog.open(data, 'read');
      const [kept, position] = [await before.read(ids[2] as MatchId), before.health.position];
      const answer = await before.find(ids[0] as MatchId, commandId('create'));
      await before.close();
      const archives = new Documents(archiveFolder(data));
      await archiveAll(data, archives, ids.slice(0, 2));
      const { segments, bytes, keptFor } = await prune(data, archives);
      expect(segments.length).toBeGreaterThan(1);
      expect(bytes).toBeGreaterThan(40_000);
      expect(keptFor).toBe(ids[2]);

      const log = await FileEventLog.open(data, 'write');
      expect(log.streams()).toEqual(ids);
      expect(log.health.position).toBe(position);
      expect(await log.find(ids[0] as MatchId, commandId('create'))).toEqual(answer);
      expect(await log.read(ids[2] as MatchId)).toEqual(kept);
      await expect(log.read(ids[0] as MatchId)).rejects.toMatchObject({ code: 'log_pruned' });
      const registry = new MatchRegistry({ log, clock: new TestClock(), source: generatedProposals });
      await expect(registry.create(ids[0] as MatchId, opening('standard'))).rejects.toMatchObject({
        code: 'match_exists',
      });
      await registry.close();
      await log.close();
      expect(await checkLog(nodeFiles, data)).toMatchObject({ findings: [], matches: 4 });
    }),
  );

  it(
    'keeps the result of a pruned match when its texts are erased',
    inFolder(async (data) => {
      await fill(data);
      const archives = new Documents(archiveFolder(data));
      await archiveAll(data, archives, ids.slice(0, 2));
      await prune(data, archives);
      const log = await FileEventLog.open(data, 'write');
      const id = ids[0] as MatchId;
      await eraseMatch(log, data, id, { by: 'jane', reason: '' });
      await log.close();
      const file = (await archives.read(id)) as { archive: Record<string, unknown> };
      expect(file.archive).toMatchObject({ match_id: id, phase: 'done' });
      expect(Object.keys(file.archive)).not.toContain('fraudster_proposals');
      expect(Object.keys(file.archive)).not.toContain('ads');
    }),
  );
});
