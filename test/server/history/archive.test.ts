import { mkdir, readFile, readdir, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createMatch } from '../../../src/client/http.ts';
import { generatedProposals } from '../../../src/game/episode/proposal.ts';
import { Documents } from '../../../src/log/disk/documents.ts';
import { FileEventLog } from '../../../src/log/file/file-event-log.ts';
import { nodeFiles } from '../../../src/log/disk/files.ts';
import { archiveFolder } from '../../../src/log/disk/data-folder.ts';
import { pruneLog } from '../../../src/log/tools/prune.ts';
import { MatchRegistry } from '../../../src/match/registry.ts';
import { isArchived } from '../../../src/history/archiver.ts';
import { eraseMatch } from '../../../src/history/erase-match.ts';
import { playMatch } from '../../../src/players/play-match.ts';
import { defaultPlayers, seatsFor } from '../../../src/players/roster.ts';
import { matchListShape } from '../../../src/protocol/http.ts';
import { commandId, matchId } from '../../../src/shared/ids.ts';
import type { Limits } from '../../../src/shared/limits.ts';
import { TestClock } from '../../../src/testing/test-clock.ts';
import { arena } from '../../cli/arena.ts';
import { inFolder } from '../../log/temp-folder.ts';
import { opening } from '../../match/kit.ts';
import { eventually } from '../hostile/hostile-kit.ts';
import { TestServer } from '../../support/server.ts';

const finished = [
  ['classic', 'task_1', 1],
  ['classic', 'task_3', 2],
  ['standard', 'task_1', 3],
  ['standard', 'task_3_unseen', 4],
] as const;
const names = { fraudster: 'canary-ann', auditor: 'canary-bob' };
const aborted = matchId('aborted');
const erased = matchId('standard-3');
const archived = [...finished.map(([ruleset, , seed]) => matchId(`${ruleset}-${seed}`)), aborted];

/** A data folder of matches of every kind that were played, and of one that goes on. */
async function fill(data: string): Promise<void> {
  const log = await FileEventLog.open(data, 'write', { segmentBytes: 100_000 });
  const matches = new MatchRegistry({ log, clock: new TestClock(), source: generatedProposals });
  for (const [ruleset, task, seed] of finished) {
    const id = matchId(`${ruleset}-${seed}`);
    const actor = await matches.create(id, opening(ruleset, { task, seed, players: names }));
    await playMatch(actor, seatsFor(defaultPlayers, seed));
  }
  const actor = await matches.create(aborted, opening('standard', { seed: 5 }));
  await actor.execute({ by: 'owner', abort: 'canary-reason' }, commandId('abort'));
  await matches.create(matchId('running'), opening('standard', { seed: 6 }));
  await matches.close();
  await log.close();
}

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** A server on a folder, once it has looked at every match. */
async function serve(folder: string, limits: Partial<Limits> = {}): Promise<TestServer> {
  const served = await TestServer.start({ folder, limits });
  servers.push(served);
  await served.server.recovered;
  return served;
}

/** Starts a server that archives what is to be archived, and stops it. */
async function serveOnce(data: string): Promise<void> {
  const { server, complaints } = await serve(data);
  await server.close();
  expect(complaints).toEqual([]);
}

/** Every archive file by its name; the summaries in the order of their text, since they come as matches end. */
async function archiveOf(data: string): Promise<Readonly<Record<string, string>>> {
  const folder = archiveFolder(data);
  const files = await Promise.all(
    (await readdir(folder))
      .sort()
      .map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const),
  );
  return Object.fromEntries(
    files.map(([name, text]) => [name, name.endsWith('.ndjson') ? text.split('\n').sort().join('\n') : text]),
  );
}

const fileOf = (data: string, id: string): string => join(archiveFolder(data), `${id}.json`);

async function rebuild(data: string): Promise<unknown> {
  const { code, stdout, stderr } = await arena(['archive', 'rebuild', '--data-dir', data, '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

const json = async (url: string) => (await fetch(url)).json();

describe('the archive folder', () => {
  it(
    'is deleted and made again from the log with the same bytes, by a rebuild and by a server',
    inFolder(async (data) => {
      await fill(data);
      await serveOnce(data);
      const log = await FileEventLog.open(data, 'write');
      await eraseMatch(log, data, erased, { by: 'jane', reason: 'asked' });
      await log.close();
      await serveOnce(data);
      const before = await archiveOf(data);
      expect(Object.keys(before).sort()).toEqual(
        [...archived.map((id) => `${id}.json`), 'summaries.ndjson'].sort(),
      );
      await rm(archiveFolder(data), { recursive: true });
      expect(await rebuild(data)).toEqual({ rebuilt: 5, unchanged: 0, running: 1, pruned: 0 });
      expect(await archiveOf(data)).toEqual(before);
      await rm(archiveFolder(data), { recursive: true });
      await serveOnce(data);
      expect(await archiveOf(data)).toEqual(before);
    }),
  );

  it(
    'is left as it is by a rebuild where nothing is missing',
    inFolder(async (data) => {
      await fill(data);
      await rebuild(data);
      const paths = (await readdir(archiveFolder(data))).map((name) => join(archiveFolder(data), name));
      const look = () => Promise.all(paths.map(async (path) => [path, await readFile(path, 'utf8')]));
      const written = async () => (await stat(fileOf(data, aborted), { bigint: true })).mtimeNs;
      const [before, at] = [await look(), await written()];
      expect(await rebuild(data)).toEqual({ rebuilt: 0, unchanged: 5, running: 1, pruned: 0 });
      expect(await look()).toEqual(before);
      expect(await written()).toBe(at);
    }),
  );

  it(
    'gets its damaged and lost files back, by a rebuild, by the next start, and when somebody asks for one',
    inFolder(async (data) => {
      await fill(data);
      await serveOnce(data);
      const before = await archiveOf(data);
      const [changed, cut, lost] = archived;
      const damage = async () => {
        await writeFile(
          fileOf(data, changed ?? ''),
          before[`${changed}.json`]?.replace('"done"', '"dOne"') ?? '',
        );
        await writeFile(fileOf(data, cut ?? ''), before[`${cut}.json`]?.slice(0, 1000) ?? '');
        await rm(fileOf(data, lost ?? ''));
        expect(await archiveOf(data)).not.toEqual(before);
      };
      await damage();
      expect(await rebuild(data)).toMatchObject({ rebuilt: 3, unchanged: 2 });
      expect(await archiveOf(data)).toEqual(before);
      // Without the summaries a start reads the archives.
      await damage();
      await rm(join(archiveFolder(data), 'summaries.ndjson'));
      await serveOnce(data);
      expect(await archiveOf(data)).toEqual(before);
      const { url } = await serve(data);
      const report = await json(`${url}/api/v1/matches/${changed}/report`);
      await damage();
      expect(await json(`${url}/api/v1/matches/${changed}/report`)).toEqual(report);
      expect(report).toMatchObject({ grader_score: expect.any(Number) as number });
      expect(await readFile(fileOf(data, changed ?? ''), 'utf8')).toBe(before[`${changed}.json`]);
    }),
  );

  it(
    'holds no name or text of a match that was erased, nor does a list or a page',
    inFolder(async (data) => {
      await fill(data);
      await serveOnce(data);
      const holding = async () =>
        Object.entries(await archiveOf(data))
          .filter(
            ([name, text]) =>
              name.startsWith(erased) || (text.includes(`"${erased}"`) && name.endsWith('.ndjson')),
          )
          .map(([, text]) =>
            text.split('\n').filter((line) => line.includes(`"${erased}"`) && line.includes('canary')),
          )
          .flat().length;
      expect(await holding()).toBe(2);
      const log = await FileEventLog.open(data, 'write');
      await eraseMatch(log, data, erased, { by: 'jane', reason: 'asked' });
      await log.close();
      expect(await holding()).toBe(0);
      const { url } = await serve(data);
      const list = matchListShape.parse(await json(`${url}/api/v1/matches?player=canary-ann`));
      expect(list.history.map(({ match_id: id }) => id)).not.toContain(erased);
      expect(list.total.finished).toBe(5);
      expect(await json(`${url}/api/v1/matches/${erased}`)).toMatchObject({ players: { fraudster: '' } });
    }),
  );

  it(
    'keeps the result of a match that was pruned and erased, and every page has it',
    inFolder(async (data) => {
      await fill(data);
      await serveOnce(data);
      const archives = new Documents(archiveFolder(data));
      const pruned = await pruneLog(nodeFiles, data, (match, chain) => isArchived(archives, match, chain));
      expect(pruned.segments.length).toBeGreaterThan(0);
      const log = await FileEventLog.open(data, 'write');
      const [id = erased] = archived;
      await expect(log.read(id)).rejects.toMatchObject({ code: 'log_pruned' });
      await eraseMatch(log, data, id, { by: 'jane', reason: 'asked' });
      await log.close();
      const { url, server } = await serve(data);
      const list = matchListShape.parse(await json(`${url}/api/v1/matches?player=nobody`));
      expect([list.history, list.total.finished]).toEqual([[], 5]);
      const all = matchListShape.parse(await json(`${url}/api/v1/matches`));
      expect(all.history.find(({ match_id: each }) => each === id)).toMatchObject({
        done: true,
        players: {},
      });
      expect(await json(`${url}/api/v1/matches/${id}/events`)).toEqual({
        match_id: id,
        count: 0,
        events: [],
      });
      expect(await json(`${url}/api/v1/matches/${id}/report`)).toMatchObject({ audit_report: null });
      await server.close();
      const before = await archiveOf(data);
      expect(await rebuild(data)).toEqual({ rebuilt: 0, unchanged: 0, running: 1, pruned: 5 });
      expect(await archiveOf(data)).toEqual(before);
    }),
  );
});

describe('a match is archived when it ends', () => {
  const isThere = (data: string, id: string) => async () =>
    (await new Documents(archiveFolder(data)).names()).includes(matchId(id));

  it(
    'with nobody there: its time is over, or nothing happened for too long',
    inFolder(async (data) => {
      const { url, clock, server } = await serve(data, { matchIdleMs: 3_600_000 });
      await createMatch(url, { episode_id: 'timed', deadlines: { match_ms: 60_000 } });
      await createMatch(url, { episode_id: 'idle' });
      await clock.advance(60_000);
      // It leaves no time for the audit either: that ends as soon as its turn is stored.
      await eventually(async () => clock.advance(0).then(isThere(data, 'timed')));
      expect(await isThere(data, 'idle')()).toBe(false);
      await clock.advance(3_600_000);
      await eventually(isThere(data, 'idle'));
      const listed = async () => matchListShape.parse(await json(`${url}/api/v1/matches`));
      await eventually(async () => (await listed()).total.finished === 2);
      const { history, active } = await listed();
      expect(history.map(({ match_id: id, end_reason }) => [id, end_reason])).toEqual([
        ['idle', 'aborted'],
        ['timed', 'timeout'],
      ]);
      expect([active, server.log.health.waiting.commits]).toEqual([[], 0]);
    }),
  );

  it(
    'or, where its file cannot be written then, at the next start',
    inFolder(async (data) => {
      const { url, complaints, server } = await serve(data);
      const { owner_token: token } = await createMatch(url, { episode_id: 'm' });
      // In the place of the file.
      await mkdir(fileOf(data, 'm'), { recursive: true });
      const ended = await fetch(`${url}/api/v1/matches/m`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${token}` },
      });
      expect(ended.status).toBe(204);
      await eventually(() => complaints.length > 0);
      expect(complaints).toEqual([expect.stringMatching(/^a finished match cannot be archived /)]);
      expect(await json(`${url}/api/v1/matches/m`)).toMatchObject({ match_id: 'm', phase: 'aborted' });
      await server.close();
      // Nor does it keep the next start from the others while it is there.
      const { server: next } = await serve(data);
      await next.close();
      await rmdir(fileOf(data, 'm'));
      await serveOnce(data);
      expect(JSON.parse(await readFile(fileOf(data, 'm'), 'utf8'))).toMatchObject({ phase: 'aborted' });
    }),
  );
});
