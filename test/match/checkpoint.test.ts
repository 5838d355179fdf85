import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generatedProposals } from '../../src/game/episode/proposal.ts';
import { Documents } from '../../src/log/disk/documents.ts';
import { nodeFiles } from '../../src/log/disk/files.ts';
import type { Files } from '../../src/log/disk/files.ts';
import { MemoryEventLog } from '../../src/log/memory-event-log.ts';
import { digestOf } from '../../src/match/proof/digest.ts';
import { replay } from '../../src/match/fold/replay.ts';
import { playMatch } from '../../src/players/play-match.ts';
import { defaultPlayers, seatsFor } from '../../src/players/roster.ts';
import { matchId } from '../../src/shared/ids.ts';
import type { StreamVersion } from '../../src/shared/ids.ts';
import { inFolder } from '../log/temp-folder.ts';
import { endTurn, nextId, opening, proposal, stage } from './kit.ts';

const id = matchId('match');

/** A log that tells from where its streams are read. */
class ReadLog extends MemoryEventLog {
  readonly reads: number[] = [];

  override read(stream: typeof id, after?: StreamVersion) {
    this.reads.push(after ?? 0);
    return super.read(stream, after);
  }
}

/** A match a few moves old, given up by its arena, with its checkpoint in `folder`. */
async function givenUp(folder: string) {
  const log = new ReadLog();
  const checkpoints = new Documents(folder);
  const { registry } = stage(log, generatedProposals, checkpoints);
  const actor = await registry.create(id, opening('standard'));
  await actor.act('fraudster', proposal('Shoes for everyone, half the price'), nextId());
  await actor.act('fraudster', endTurn, nextId());
  await registry.passivate(id);
  log.reads.length = 0;
  return { log, registry, checkpoints, version: actor.version };
}

describe('a checkpoint', () => {
  it(
    'revives a match from where it was left, and reads no more of the stream',
    inFolder(async (folder) => {
      const { log, registry, version } = await givenUp(folder);
      const actor = await registry.find(id);
      expect(log.reads).toEqual([version - 1]);
      const whole = replay(id, await log.read(id));
      expect(digestOf(actor.position)).toEqual(digestOf(whole.position));
      expect([actor.version, actor.fold.phaseSince.version, actor.onTurn]).toEqual([
        version,
        version,
        'investigator',
      ]);
      await playMatch(actor, seatsFor(defaultPlayers, 7));
      expect(replay(id, await log.read(id)).position.phase).toBe('done');
      await registry.passivate(id);
      expect(await readdir(folder)).toEqual([]);
    }),
  );

  it(
    'of each of many matches that stop at once is written, with few files open at a time',
    inFolder(async (folder) => {
      let [open, most] = [0, 0];
      const counting: Files = {
        ...nodeFiles,
        open: async (path, flags) => {
          most = Math.max(most, (open += 1));
          return nodeFiles.open(path, flags);
        },
        close: async (fd) => {
          await nodeFiles.close(fd);
          open -= 1;
        },
      };
      const checkpoints = new Documents(folder, { files: counting, isLasting: false });
      const { registry } = stage(new MemoryEventLog(), generatedProposals, checkpoints);
      const ids = Array.from({ length: 200 }, (_, index) => matchId(`match-${index}`));
      for (const each of ids) await registry.create(each, opening('standard'));
      await registry.close();
      expect((await readdir(folder)).sort()).toEqual(ids.map((each) => `${each}.json`).sort());
      expect(most).toBeGreaterThan(1);
      expect(most).toBeLessThanOrEqual(40);
    }),
  );

  it(
    'is written where its folder was taken away meanwhile',
    inFolder(async (folder) => {
      const inner = join(folder, 'checkpoints');
      const checkpoints = new Documents(inner, { isLasting: false });
      const { registry } = stage(new MemoryEventLog(), generatedProposals, checkpoints);
      for (const each of [matchId('one'), matchId('other')]) {
        await registry.create(each, opening('standard'));
        await registry.passivate(each);
        expect(await readdir(inner)).toEqual([`${each}.json`]);
        await rm(inner, { recursive: true });
      }
    }),
  );

  it(
    'takes what was stored after it',
    inFolder(async (folder) => {
      const { log, checkpoints } = await givenUp(folder);
      const elsewhere = stage(log).registry;
      const actor = await elsewhere.find(id);
      await actor.act('investigator', endTurn, nextId());
      await elsewhere.close();
      const revived = await stage(log, generatedProposals, checkpoints).registry.find(id);
      expect(revived.version).toBe(actor.version);
      expect(digestOf(revived.position)).toEqual(digestOf(actor.position));
    }),
  );

  const faults: Readonly<Record<string, (text: string) => string>> = {
    'is gone': () => '',
    'has a changed byte': (text) => text.replace('"createdAt":1', '"createdAt":2'),
    'is cut': (text) => text.slice(0, text.length / 2),
    'is no JSON': () => 'checkpoint',
  };
  for (const [fault, spoil] of Object.entries(faults))
    it(
      `is not used when it ${fault}; the whole stream is replayed instead`,
      inFolder(async (folder) => {
        const { log, registry, version } = await givenUp(folder);
        const path = join(folder, 'match.json');
        await writeFile(path, spoil(await readFile(path, 'utf8')));
        const actor = await registry.find(id);
        expect(log.reads).toEqual([0]);
        expect(actor.version).toBe(version);
      }),
    );

  const strangers: Readonly<Record<string, object>> = {
    'of another machine version': { machine: { id: 'match', version: '0.0.1' } },
    'of another form': { v: 9 },
    'of another history': { hash: 'f'.repeat(64) },
    'whose state is not the one it was digested from': { phase: 'audit_phase' },
    'of another match': { match: 'other' },
    'whose seats are not as they were': { besideDigest: 'f'.repeat(64) },
    'beyond the end of the stream': { version: 999 },
  };
  for (const [what, change] of Object.entries(strangers))
    it(
      `${what} is not used`,
      inFolder(async (folder) => {
        const { log, registry, checkpoints, version } = await givenUp(folder);
        const kept = (await checkpoints.read(id)) as { c?: string };
        delete kept.c;
        await checkpoints.write(id, { ...kept, ...change });
        const actor = await registry.find(id);
        expect(log.reads.at(-1)).toBe(0);
        expect(actor.version).toBe(version);
        expect(actor.position.phase).toBe('investigator_turn');
      }),
    );
});
