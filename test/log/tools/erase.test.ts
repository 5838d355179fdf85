import { appendFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { generateEpisode } from '../../../src/game/episode/generate.ts';
import { generatedProposals } from '../../../src/game/episode/proposal.ts';
import { redact } from '../../../src/game/redact.ts';
import { tasks } from '../../../src/game/task.ts';
import { checkLog } from '../../../src/log/tools/check-log.ts';
import type { StoredCommit } from '../../../src/log/event-log.ts';
import { FileEventLog } from '../../../src/log/file/file-event-log.ts';
import type { FileLogOptions } from '../../../src/log/file/file-event-log.ts';
import { nodeFiles } from '../../../src/log/disk/files.ts';
import { brokenPath, segmentPath } from '../../../src/log/disk/data-folder.ts';
import { MatchRegistry } from '../../../src/match/registry.ts';
import { openingFor } from '../../../src/match/new-match.ts';
import { replay } from '../../../src/match/fold/replay.ts';
import { verify } from '../../../src/match/proof/verify.ts';
import { playMatch } from '../../../src/players/play-match.ts';
import { defaultPlayers, seatsFor } from '../../../src/players/roster.ts';
import { matchId } from '../../../src/shared/ids.ts';
import type { MatchId } from '../../../src/shared/ids.ts';
import { commitOf, noteOf } from '../../../src/testing/event-log.contract.ts';
import { still } from '../../simulation/random-match.ts';
import { contentOf, imageOf, itemAt, manyCommits, plain, writeImage } from '../commits.ts';
import type { Image } from '../commits.ts';
import { inFolder } from '../temp-folder.ts';
import {
  expectAbsent,
  failing,
  meetingAtRename,
  placesIn,
  presentIn,
  refusalOf,
  removeIndex,
  small,
  storedIn,
  talking,
  textsIn,
  withSoundLog,
  writeLog,
} from './kit.ts';
import type { Words } from './kit.ts';
import { sizeOf } from '../../support/sizes.ts';

const who = { by: 'Ada Privacy', reason: 'asked by letter' };
const erasedAt = 1_770_000_000_000;
const options: FileLogOptions = { ...plain, segmentBytes: 40_000, now: () => erasedAt };

/** The match to be erased, and another one. */
const [match, other] = [matchId('erased'), matchId('other-one')];

interface Played {
  readonly folder: string;
  readonly words: Words;
  readonly commits: readonly StoredCommit[];
}

async function play(
  log: FileEventLog,
  id: MatchId,
  ruleset: string,
  words: Words,
  flagTypes: 'known' | 'any',
): Promise<void> {
  const registry = new MatchRegistry({ log, clock: still, source: generatedProposals });
  const seed = id.length;
  const players = { fraudster: `${id}-player-quokka` };
  words.add(players.fraudster);
  const episode = generateEpisode(tasks.task_1, seed);
  const actor = await registry.create(id, openingFor({ task: 'task_1', ruleset, seed, episode, players }));
  await playMatch(actor, talking(seatsFor(defaultPlayers, seed), id, words, flagTypes));
  await registry.close();
}

/** Two played matches in several segments, and a torn tail that was set aside. */
async function playTwo(ruleset: string, flagTypes: 'known' | 'any') {
  const words: Words = new Set();
  const found = { words, image: new Map() as Image, commits: [] as readonly StoredCommit[] };
  await inFolder(async (folder) => {
    let log = await FileEventLog.open(folder, 'write', options);
    await play(log, match, ruleset, words, flagTypes);
    await play(log, other, ruleset, new Set(), flagTypes);
    await log.close();
    const { segments } = log.health;
    await appendFile(segmentPath(folder, segments), '{"v":2,"s":"erased","d":["torn-quokka');
    words.add('torn-quokka');
    log = await FileEventLog.open(folder, 'write', options);
    expect(log.health).toMatchObject({ repair: { path: brokenPath(folder, segments) } });
    found.commits = await contentOf(log);
    await log.close();
    found.image = await imageOf(folder);
    expect(segments).toBeGreaterThanOrEqual(3);
  })();
  return found;
}

const played = new Map<string, ReturnType<typeof playTwo>>();

/** Runs with a folder of its own that holds both matches, which are played once. */
function withMatches(
  ruleset: string,
  use: (played: Played) => Promise<void>,
  flagTypes: 'known' | 'any' = 'known',
): () => Promise<void> {
  return inFolder(async (folder) => {
    const key = `${ruleset} ${flagTypes}`;
    const playing = played.get(key) ?? playTwo(ruleset, flagTypes);
    played.set(key, playing);
    const { image, words, commits } = await playing;
    await writeImage(folder, image);
    await use({ folder, words, commits });
  });
}

async function erase(folder: string, which: MatchId = match) {
  const log = await FileEventLog.open(folder, 'write', options);
  return log.erase(which, who).finally(() => log.close());
}

const of = (commits: readonly StoredCommit[], which: MatchId) =>
  commits.filter(({ stream }) => stream === which);

/** Texts of a match that no other match and no rule has. */
function textsOnlyIn(own: readonly StoredCommit[], others: readonly StoredCommit[]): readonly string[] {
  const elsewhere = JSON.stringify(others);
  const kept = new Set(own.flatMap(({ events }) => events.flatMap((event) => textsIn(redact(event)))));
  const texts = new Set(own.flatMap(({ events }) => textsIn(events)));
  return [...texts].filter(
    (text) => text.length >= 10 && !kept.has(text) && !elsewhere.includes(JSON.stringify(text).slice(1, -1)),
  );
}

describe.each(['standard', 'classic'])('an erased match of ruleset %s', (ruleset) => {
  it(
    'has left no byte of its texts in any file of the folder',
    withMatches(ruleset, async ({ folder, words, commits }) => {
      const texts = textsOnlyIn(of(commits, match), of(commits, other));
      expect(texts.length).toBeGreaterThan(200);
      // Everything that was said is there before, in refusals, penalties and facts.
      expect(await presentIn(folder, words)).toEqual([...words]);
      expect(words.size).toBeGreaterThan(60);
      const erasure = await erase(folder);
      expect(Object.keys(erasure.seals).length).toBeGreaterThanOrEqual(2);
      expect(erasure.broken).toBe(1);
      await expectAbsent(folder, words);
      await expectAbsent(folder, texts);
    }),
  );

  it(
    'keeps its chain, and every line keeps its place',
    withMatches(ruleset, async ({ folder, commits }) => {
      const before = placesIn(await imageOf(folder));
      await erase(folder);
      const after = placesIn(await imageOf(folder));
      for (const [name, places] of before)
        expect(after.get(name)?.slice(0, places.length), name).toEqual(places);
      const stored = await storedIn(folder);
      const outline = ({
        stream,
        expectedVersion,
        version,
        position,
        commandId,
        at,
        hash,
      }: StoredCommit) => ({
        stream,
        expectedVersion,
        version,
        position,
        commandId,
        at,
        hash,
      });
      expect(stored.map(outline)).toEqual(commits.map(outline));
      expect(stored.map(({ events }) => events.length)).toEqual(commits.map(({ events }) => events.length));
    }),
  );

  it(
    'leaves the other match as it was, and the log whole with who, why and when',
    withMatches(ruleset, async ({ folder, commits }) => {
      await erase(folder);
      const stored = await storedIn(folder);
      expect(of(stored, other)).toEqual(of(commits, other));
      expect(verify(other, of(stored, other))).toEqual(verify(other, of(commits, other)));
      expect(await checkLog(nodeFiles, folder)).toMatchObject({
        findings: [],
        unchecked: 0,
        tornBytes: 0,
        commits: commits.length,
        erasures: [{ match, ...who, at: erasedAt }],
      });
    }),
  );

  it(
    'replays to the same phase, rewards and grades, and verify says that it was erased',
    withMatches(ruleset, async ({ folder, commits }) => {
      const before = replay(match, of(commits, match)).position;
      expect(before.phase).toBe('done');
      await erase(folder);
      const stored = of(await storedIn(folder), match);
      expect(stored.every(({ erased }) => erased)).toBe(true);
      const { phase, state: after } = replay(match, stored).position;
      expect(phase).toBe(before.phase);
      for (const key of ['grades', 'stepRewards', 'endReason', 'roundsPlayed', 'steps', 'rings'] as const)
        expect(after[key], key).toEqual(before.state[key]);
      const verdicts = (state: typeof after) =>
        state.queue.map(({ ad, verdict }) => [ad.adId, ad.truth, verdict]);
      expect(verdicts(after)).toEqual(verdicts(before.state));
      expect(verify(match, stored)).toMatchObject({
        ok: true,
        erased: true,
        phase: 'done',
        version: stored.at(-1)?.version,
        digestsCompared: 0,
      });
      expect(verify(match, of(commits, match))).not.toHaveProperty('erased');
    }),
  );

  it(
    'may be erased again, and stays so when the log is opened again',
    withMatches(ruleset, async ({ folder, words, commits }) => {
      await erase(folder);
      const once = await storedIn(folder);
      expect(await erase(folder)).toMatchObject({ broken: 0 });
      await erase(folder);
      expect(await storedIn(folder)).toEqual(once);
      await expectAbsent(folder, words);
      const found = await checkLog(nodeFiles, folder);
      expect(found).toMatchObject({ findings: [], commits: commits.length });
      expect(found.erasures).toEqual([1, 2, 3].map(() => ({ match, ...who, at: erasedAt })));
    }),
  );
});

describe('a flag type that no rule knows', () => {
  const expectGone = async ({ folder, words }: Played) => {
    await erase(folder);
    await expectAbsent(folder, words);
  };

  // `classic` takes any text for one, and it is kept as if it were the rules' own word.
  it('is erased where the ruleset takes any', withMatches('classic', expectGone, 'any'));

  it('is erased where the ruleset refuses it', withMatches('standard', expectGone, 'any'));
});

const m1 = matchId('m-1');

describe('an erasure', () => {
  it(
    'of an unknown match, or of a log that is read only or closed, is refused and changes nothing',
    withSoundLog(async ({ folder, image, commits }) => {
      const reader = await FileEventLog.open(folder, 'read', small);
      expect(await refusalOf(reader.erase(m1, who))).toMatchObject({ code: 'log_write_failed' });
      await reader.close();
      expect([...(await imageOf(folder))]).toEqual([...image]);
      const log = await FileEventLog.open(folder, 'write', small);
      expect(await refusalOf(log.erase(matchId('nobody'), who))).toMatchObject({
        code: 'unknown_match',
        details: { match: 'nobody' },
      });
      await log.close();
      expect(await refusalOf(log.erase(m1, who))).toMatchObject({ code: 'log_closed' });
      expect([...(await imageOf(folder))]).toEqual([...image]);
      expect(await storedIn(folder)).toEqual(commits);
    }),
  );

  it(
    'is seen at once by who reads the open log, and the log goes on',
    withSoundLog(async ({ folder }) => {
      const log = await FileEventLog.open(folder, 'write', small);
      const before = await log.read(m1);
      await log.erase(m1, who);
      const after = await log.read(m1);
      expect(after.map(({ hash, erased }) => [hash, erased])).toEqual(before.map(({ hash }) => [hash, true]));
      // A repeated command is answered as before; a new one goes on behind the erased ones.
      const { version, position } = itemAt(before, 0);
      const repeated = { ...itemAt(before, 0), events: [noteOf('x')] };
      expect(await log.append(repeated)).toEqual({ version, position });
      await log.append(commitOf('m-1', itemAt(after, -1).version, { id: 'later' }));
      expect((await log.read(m1)).at(-1)).not.toHaveProperty('erased');
      await log.close();
      expect(await checkLog(nodeFiles, folder)).toMatchObject({ findings: [], commits: 61 });
    }),
  );

  it(
    'needs no index',
    withSoundLog(async ({ folder, segments, commits }) => {
      const log = await FileEventLog.open(folder, 'write', small);
      for (const [at] of segments.entries()) await removeIndex(folder, at + 1);
      await log.erase(m1, who);
      await log.close();
      expect((await storedIn(folder)).map(({ hash }) => hash)).toEqual(commits.map(({ hash }) => hash));
      expect(await checkLog(nodeFiles, folder)).toMatchObject({ findings: [] });
    }),
  );

  it(
    'may be asked for while others append, to the same match too',
    withSoundLog(async ({ folder, commits }) => {
      const log = await FileEventLog.open(folder, 'write', { ...small, segmentBytes: 1000 });
      const version = (await log.read(m1)).at(-1)?.version ?? 0;
      const later = Array.from({ length: 120 }, (_, at) => commitOf('m-1', version + at));
      const others = Array.from({ length: 120 }, (_, at) => commitOf('m-new', at));
      const appending = Promise.all([...later, ...others].map((commit) => log.append(commit)));
      const erasing = log.erase(m1, who).then(() => log.erase(matchId('m-2'), who));
      const more = log.append(commitOf('m-1', version + 120));
      await Promise.all([appending, erasing, more]);
      const stored = await contentOf(log);
      await log.close();
      expect(stored.slice(0, 60).map(({ hash }) => hash)).toEqual(commits.map(({ hash }) => hash));
      for (const { stream, erased, position } of stored.slice(0, 300))
        expect(erased, `${stream} ${position}`).toBe(stream === 'm-1' || stream === 'm-2' || undefined);
      expect(await storedIn(folder)).toEqual(stored);
      const found = await checkLog(nodeFiles, folder);
      expect(found).toMatchObject({ findings: [], commits: 301, tornBytes: 0 });
      expect(found.erasures).toHaveLength(2);
    }),
  );

  it(
    'may be asked for while another one is under way',
    withSoundLog(async ({ folder, commits }) => {
      const files = meetingAtRename(plain.files ?? nodeFiles, '00000004.ndjson');
      const log = await FileEventLog.open(folder, 'write', { ...small, files });
      const both = await Promise.allSettled([log.erase(m1, who), log.erase(m1, who)]);
      await log.close();
      expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
      expect(await checkLog(nodeFiles, folder)).toMatchObject({ findings: [], commits: commits.length });
    }),
  );
});

/** Small sizes try every so manyth call. */
const step = sizeOf({ small: 7, all: 1 });

describe('an erasure that fails at any system call', () => {
  it(
    'leaves a sound log, and goes on when it is asked for again',
    inFolder(async (folder) => {
      const texts = manyCommits(14, 5).map((commit, at) => ({
        ...commit,
        events: commit.events.map(() => noteOf(`${commit.stream}-quokka-${at}`)),
      }));
      const before = await writeLog(folder, texts);
      const image = await imageOf(folder);
      const words = texts.flatMap(({ stream }, at) => (stream === 'm-1' ? [`m-1-quokka-${at}`] : []));
      expect(words).not.toEqual([]);
      let isDone = false;
      for (let at = 0; !isDone; at += step) {
        await writeImage(folder, image);
        const { files, calls } = failing(at);
        const spoiled = await FileEventLog.open(folder, 'write', { ...small, files }).catch(() => null);
        const erased = await spoiled?.erase(matchId('m-1'), who).catch(() => null);
        await spoiled?.close().catch(() => undefined);
        isDone = calls() <= at;
        const context = `call ${at}`;
        const found = await checkLog(nodeFiles, folder);
        // An index may be that of the segment as it was; the next opening makes it anew.
        const damage = found.findings.filter(({ kind }) => kind === 'damage');
        expect(damage, context).toEqual([]);
        expect(found.commits, context).toBe(14);
        if (erased != null) await expectAbsent(folder, words);
        await erase(folder, matchId('m-1'));
        await expectAbsent(folder, words);
        const after = (await storedIn(folder)).map(({ hash }) => hash);
        expect(after, context).toEqual(before.map(({ hash }) => hash));
      }
    }),
  );

  it(
    'goes on with the log, which loses nothing it takes afterwards',
    inFolder(async (folder) => {
      // One segment that is far from full: nothing but the erasure rotates.
      const before = await writeLog(folder, manyCommits(14, 5), options);
      const image = await imageOf(folder);
      let [isDone, erasures] = [false, 0];
      for (let at = 0; !isDone; at += 1) {
        await writeImage(folder, image);
        const { files, calls } = failing(at);
        const log = await FileEventLog.open(folder, 'write', { ...options, files }).catch(() => null);
        if ((await log?.erase(m1, who).catch(() => null)) != null) erasures += 1;
        const answer = await log?.append(commitOf('later', 0)).catch(() => null);
        await log?.close();
        isDone = calls() <= at;
        const stored = await storedIn(folder);
        expect(stored.slice(0, 14).map(({ hash }) => hash)).toEqual(before.map(({ hash }) => hash));
        if (answer != null) expect(stored.at(-1), `call ${at}`).toMatchObject({ ...answer, stream: 'later' });
      }
      expect(erasures).toBeGreaterThan(1);
    }),
  );
});
