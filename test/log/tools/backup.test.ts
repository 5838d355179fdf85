import {
  appendFile,
  copyFile,
  mkdir,
  readFile,
  readdir,
  rename,
  rm,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { backUp, restoreBackup } from '../../../src/log/tools/backup.ts';
import { checkLog } from '../../../src/log/tools/check-log.ts';
import { withChecksum } from '../../../src/log/disk/checksum.ts';
import { FileEventLog } from '../../../src/log/file/file-event-log.ts';
import { nodeFiles } from '../../../src/log/disk/files.ts';
import { indexPath, logFolder, segmentPath } from '../../../src/log/disk/data-folder.ts';
import { pruneLog } from '../../../src/log/tools/prune.ts';
import { matchId } from '../../../src/shared/ids.ts';
import { commitOf, noteOf } from '../../../src/testing/event-log.contract.ts';
import { contentOf, itemAt } from '../commits.ts';
import { inFolder } from '../temp-folder.ts';
import { bytesUnder, flipByte, refusalOf, small, storedIn, withSoundLog } from './kit.ts';
import { sizeOf } from '../../support/sizes.ts';

const at = 1_760_000_000_000;
const backups = sizeOf({ small: 3, all: 10 });
const callers = sizeOf({ small: 6, all: 20 });

describe('a backup of a log in use', () => {
  it(
    `is a whole log of everything that was acknowledged before it began: ${backups} of them, under ${callers} callers`,
    inFolder(async (folder) => {
      const data = join(folder, 'data');
      const log = await FileEventLog.open(data, 'write', { segmentBytes: 30_000 });
      let isOver = false;
      let acknowledged = 0;
      const call = async (caller: number) => {
        for (let version = 0; !isOver; version += 1) {
          const events = [noteOf(`caller ${caller}, ${'text '.repeat(version % 40)}`)];
          const { position } = await log.append(commitOf(`m-${caller}`, version, { events }));
          acknowledged = Math.max(acknowledged, position);
        }
      };
      const calls = Array.from({ length: callers }, (_, caller) => call(caller));
      const made = [];
      while (acknowledged === 0) await log.append(commitOf('first', 0));
      for (let number = 0; number < backups; number += 1) {
        const before = acknowledged;
        const target = join(folder, `backup-${number}`);
        const backup = await backUp(nodeFiles, data, target, at + number);
        made.push({ target, backup, before, after: acknowledged });
      }
      isOver = true;
      await Promise.all(calls);
      const content = await contentOf(log);
      await log.close();
      expect(await checkLog(nodeFiles, data)).toMatchObject({ findings: [], commits: content.length });

      for (const [number, { target, backup, before, after }] of made.entries()) {
        const restored = join(folder, `restored-${number}`);
        expect(await restoreBackup(nodeFiles, target, restored)).toEqual(backup);
        expect(await checkLog(nodeFiles, restored), target).toMatchObject({
          findings: [],
          tornBytes: 0,
          unchecked: 0,
          commits: backup.position,
          matches: backup.matches,
          segments: backup.segments.length,
          logId: backup.logId,
        });
        expect(backup.at).toBe(at + number);
        // As text: a value this large is slow to compare.
        const text = JSON.stringify(content.slice(0, backup.position));
        expect(JSON.stringify(await storedIn(restored)) === text, target).toBe(true);
        expect(backup.position, target).toBeGreaterThanOrEqual(before);
        // What was in the queue may be on disk before its caller hears of it.
        expect(backup.position, target).toBeLessThanOrEqual(after + callers);
      }
      expect(itemAt(made, -1).backup.segments.length).toBeGreaterThan(1);
    }),
  );

  it(
    'goes on as a log of its own, which is backed up again',
    withSoundLog(async ({ folder, commits }) => {
      const [backup, restored] = [join(folder, 'backup'), join(folder, 'restored')];
      await backUp(nodeFiles, folder, backup, at);
      await restoreBackup(nodeFiles, backup, restored);
      const log = await FileEventLog.open(restored, 'write', small);
      expect(await contentOf(log)).toEqual(commits);
      const [first] = commits;
      // A command that was answered before the backup has its first answer.
      const again = first && (await log.append({ ...first }));
      expect(again).toEqual({ version: first?.version, position: 1 });
      await log.append(commitOf('new', 0));
      await log.close();
      await backUp(nodeFiles, restored, join(folder, 'again'), at);
      await restoreBackup(nodeFiles, join(folder, 'again'), join(folder, 'anew'));
      expect(await storedIn(join(folder, 'anew'))).toHaveLength(61);
    }),
  );

  it(
    'leaves out a torn tail',
    withSoundLog(async ({ folder, commits, segments }) => {
      await appendFile(segmentPath(folder, segments.length), '{"v":2,"g":61,"s":"m-1"');
      await backUp(nodeFiles, folder, join(folder, 'backup'), at);
      await restoreBackup(nodeFiles, join(folder, 'backup'), join(folder, 'restored'));
      expect(await checkLog(nodeFiles, join(folder, 'restored'))).toMatchObject({
        findings: [],
        tornBytes: 0,
      });
      expect(await storedIn(join(folder, 'restored'))).toEqual(commits);
    }),
  );

  it(
    'of an erased match holds no text of it',
    withSoundLog(async ({ folder }) => {
      const log = await FileEventLog.open(folder, 'write', small);
      await log.erase(matchId('m-1'), { by: 'Ada', reason: '' });
      const erased = await contentOf(log);
      await backUp(nodeFiles, folder, join(folder, 'backup'), at);
      await log.close();
      await restoreBackup(nodeFiles, join(folder, 'backup'), join(folder, 'restored'));
      expect(await storedIn(join(folder, 'restored'))).toEqual(erased);
      expect(await checkLog(nodeFiles, join(folder, 'restored'))).toMatchObject({
        findings: [],
        erasures: [{ match: 'm-1', by: 'Ada' }],
      });
    }),
  );

  it(
    'of a pruned log can be restored',
    withSoundLog(async ({ folder }) => {
      expect((await pruneLog(nodeFiles, folder, () => Promise.resolve(true))).segments).not.toEqual([]);
      expect(await checkLog(nodeFiles, folder)).toMatchObject({ findings: [] });
      await backUp(nodeFiles, folder, join(folder, 'backup'), at);
      await restoreBackup(nodeFiles, join(folder, 'backup'), join(folder, 'restored'));
    }),
  );
});

describe('a folder that is used', () => {
  it.each(['lock', 'notes.txt', 'log/00000001.ndjson', 'log/reserve'])(
    'for %s is refused and left as it is',
    (name) =>
      withSoundLog(async ({ folder }) => {
        const used = join(folder, 'used');
        await mkdir(join(used, 'log'), { recursive: true });
        await writeFile(join(used, name), 'mine');
        await backUp(nodeFiles, folder, join(folder, 'backup'), at);
        const before = await bytesUnder(used);
        for (const refused of [
          () => backUp(nodeFiles, folder, used, at),
          () => restoreBackup(nodeFiles, join(folder, 'backup'), used),
        ])
          expect(await refusalOf(refused())).toMatchObject({
            code: 'folder_not_empty',
            details: { path: used },
          });
        expect(await bytesUnder(used)).toEqual(before);
      })(),
  );

  it(
    'may be there, if it is empty',
    withSoundLog(async ({ folder, commits }) => {
      for (const name of ['backup', 'restored']) await mkdir(join(folder, name));
      await backUp(nodeFiles, folder, join(folder, 'backup'), at);
      await restoreBackup(nodeFiles, join(folder, 'backup'), join(folder, 'restored'));
      expect(await storedIn(join(folder, 'restored'))).toEqual(commits);
      // Twice into the same.
      for (const refused of [
        () => backUp(nodeFiles, folder, join(folder, 'backup'), at),
        () => restoreBackup(nodeFiles, join(folder, 'backup'), join(folder, 'restored')),
      ])
        expect(await refusalOf(refused())).toMatchObject({ code: 'folder_not_empty' });
    }),
  );

  it(
    'for no log has nothing to back up',
    inFolder(async (folder) => {
      const refusal = await refusalOf(backUp(nodeFiles, join(folder, 'none'), join(folder, 'backup'), at));
      expect(refusal).toMatchObject({ code: 'file_unreadable' });
      expect(await readdir(folder)).toEqual([]);
    }),
  );
});

type Fault = readonly [what: string, spoil: (backup: string) => Promise<unknown>];

const manifest = (backup: string) => join(backup, 'backup.json');

async function editManifest(backup: string, change: (manifest: ManifestJson) => unknown): Promise<void> {
  const json = JSON.parse(await readFile(manifest(backup), 'utf8')) as ManifestJson;
  delete json.c;
  change(json);
  await writeFile(manifest(backup), withChecksum(JSON.stringify(json)));
}

interface ManifestJson {
  c?: string;
  v: number;
  segments: { name: string; bytes: number; sha: string }[];
}

describe('a backup that is not what was backed up', () => {
  const faults: readonly Fault[] = [
    ['one flipped byte', (backup) => flipByte(segmentPath(backup, 2), 500)],
    ['one flipped byte at the end of its last file', (backup) => flipByte(segmentPath(backup, 3), 0)],
    ['a shorter file', (backup) => truncate(segmentPath(backup, 2), 900)],
    ['an empty file', (backup) => truncate(segmentPath(backup, 1), 0)],
    ['a file less', (backup) => rm(segmentPath(backup, 2))],
    ['its last file missing', async (backup) => rm(segmentPath(backup, await countOf(backup)))],
    [
      'a file more',
      async (backup) => copyFile(segmentPath(backup, 1), segmentPath(backup, 1 + (await countOf(backup)))),
    ],
    ['no log', (backup) => rm(logFolder(backup), { recursive: true })],
    ['no manifest', (backup) => rm(manifest(backup))],
    ['a manifest with a flipped byte', (backup) => flipByte(manifest(backup), 30)],
    ['a manifest that is cut', (backup) => truncate(manifest(backup), 90)],
    ['a manifest of another form', (backup) => editManifest(backup, (json) => (json.v = 2))],
    ['a manifest with a segment less', (backup) => editManifest(backup, ({ segments }) => segments.pop())],
    [
      'a manifest with other digests',
      (backup) => editManifest(backup, ({ segments }) => (itemAt(segments, 1).sha = '0'.repeat(64))),
    ],
    [
      'two files that changed places',
      async (backup) => {
        await rename(segmentPath(backup, 1), join(backup, 'aside'));
        await rename(segmentPath(backup, 2), segmentPath(backup, 1));
        await rename(join(backup, 'aside'), segmentPath(backup, 2));
      },
    ],
  ];

  const countOf = async (backup: string) => (await readdir(logFolder(backup))).length;

  const expectInvalid = (spoil: (backup: string) => Promise<unknown>) =>
    withSoundLog(async ({ folder }) => {
      const backup = join(folder, 'backup');
      await backUp(nodeFiles, folder, backup, at);
      await spoil(backup);
      const refusal = await refusalOf(restoreBackup(nodeFiles, backup, join(folder, 'restored')));
      expect(refusal).toMatchObject({ code: 'backup_invalid' });
      expect((refusal as Error).message).toContain(backup);
    });

  it.each(faults)('is refused with %s', (_, spoil) => expectInvalid(spoil)());

  it(
    'is refused where the damage was backed up already',
    withSoundLog(async ({ folder }) => {
      // Opened by its index, so that nobody looked.
      await flipByte(segmentPath(folder, 2), 600);
      await backUp(nodeFiles, folder, join(folder, 'backup'), at);
      const restored = join(folder, 'restored');
      expect(await refusalOf(restoreBackup(nodeFiles, join(folder, 'backup'), restored))).toMatchObject({
        code: 'backup_invalid',
        details: { path: segmentPath(join(folder, 'backup'), 2), line: 2 },
      });
    }),
  );

  it(
    'is refused with a file less and another one more',
    expectInvalid((backup) => rename(segmentPath(backup, 2), segmentPath(backup, 99))),
  );

  it(
    'is refused with bytes behind the end of a file',
    expectInvalid((backup) => appendFile(segmentPath(backup, 2), 'more')),
  );

  it(
    'is refused with a file that is no segment',
    expectInvalid((backup) => writeFile(indexPath(backup, 1), 'more')),
  );

  it(
    'leaves the folder empty',
    withSoundLog(async ({ folder, commits }) => {
      const [backup, restored] = [join(folder, 'backup'), join(folder, 'restored')];
      await backUp(nodeFiles, folder, backup, at);
      await flipByte(segmentPath(backup, 3), 500);
      expect(await refusalOf(restoreBackup(nodeFiles, backup, restored))).toMatchObject({
        code: 'backup_invalid',
      });
      await flipByte(segmentPath(backup, 3), 500);
      await restoreBackup(nodeFiles, backup, restored);
      expect(await storedIn(restored)).toEqual(commits);
    }),
  );

  // Any file that the user may write: the manifest's checksum is no signature.
  it(
    'writes nothing outside the folder, whatever the manifest names',
    withSoundLog(async ({ folder }) => {
      const backup = join(folder, 'backup');
      await backUp(nodeFiles, folder, backup, at);
      await copyFile(segmentPath(backup, 1), join(backup, 'outside'));
      await mkdir(join(folder, 'new'));
      await editManifest(backup, ({ segments }) => (itemAt(segments, 0).name = '../outside'));
      expect(
        await refusalOf(restoreBackup(nodeFiles, backup, join(folder, 'new', 'restored'))),
      ).toMatchObject({
        code: 'backup_invalid',
      });
      expect(await readdir(join(folder, 'new'))).toEqual([]);
    }),
  );
});
