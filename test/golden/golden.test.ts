import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileEventLog } from '../../src/log/file/file-event-log.ts';
import { nodeFiles } from '../../src/log/disk/files.ts';
import { exportLog } from '../../src/log/tools/export-log.ts';
import { importLog } from '../../src/log/tools/import-log.ts';
import { verify } from '../../src/match/proof/verify.ts';
import { archiveOf } from '../../src/history/archive.ts';

const golden = import.meta.dirname;
const names = (await readdir(golden)).filter((file) => file.endsWith('.ndjson'));

it('there are golden streams of both rulesets and of every format', () => {
  for (const format of ['format-1', 'format-2', 'format-2-digest-2'])
    for (const ruleset of ['standard', 'classic'])
      expect(names.filter((name) => name.startsWith(`${format}-${ruleset}`))).not.toHaveLength(0);
});

describe.each(names)('%s', (file) => {
  it('is taken in, verifies, gives its archive byte for byte, and is exported with the same chain', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fraudarena-'));
    const log = await FileEventLog.open(folder, 'write');
    await importLog(nodeFiles, join(golden, file), log);
    const [stream] = log.streams();
    if (stream === undefined) throw new Error(`${file} holds no stream.`);
    const commits = await log.read(stream);
    await log.close();
    let exported = '';
    for await (const line of exportLog(nodeFiles, folder, 'all')) exported += line;
    await rm(folder, { recursive: true });

    expect(verify(stream, commits)).toMatchObject({ ok: true, phase: 'done' });
    const archive = await readFile(join(golden, file.replace(/^format-\d-(.*)\.ndjson$/, '$1.archive.json')), 'utf8');
    expect(`${JSON.stringify(archiveOf(commits), null, 1)}\n`).toBe(archive);
    if (file.startsWith('format-2')) expect(exported).toBe(await readFile(join(golden, file), 'utf8'));
  });
});
