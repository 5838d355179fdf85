import { copyFile, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileEventLog, logFileName } from '../../src/log/file-event-log.ts';
import { formatLine } from '../../src/log/line.ts';
import { verify } from '../../src/match/verify.ts';
import { archiveOf } from '../../src/projection/archive.ts';

const golden = import.meta.dirname;
const names = (await readdir(golden)).filter((file) => file.endsWith('.ndjson'));

it('there are golden streams of both rulesets', () => {
  expect(names.filter((name) => name.startsWith('standard'))).not.toHaveLength(0);
  expect(names.filter((name) => name.startsWith('classic'))).not.toHaveLength(0);
});

describe.each(names)('%s', (file) => {
  it('reads, verifies, gives its archive byte for byte, and is written again with the same bytes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'fraudarena-'));
    await copyFile(join(golden, file), join(folder, logFileName));
    const log = await FileEventLog.open(folder, 'read');
    const [stream] = log.streams();
    if (stream === undefined) throw new Error(`${file} holds no stream.`);
    const commits = await log.read(stream);
    await log.close();
    await rm(folder, { recursive: true });

    expect(verify(stream, commits)).toMatchObject({ ok: true, phase: 'done' });
    const archive = await readFile(join(golden, file.replace('.ndjson', '.archive.json')), 'utf8');
    expect(`${JSON.stringify(archiveOf(commits), null, 1)}\n`).toBe(archive);

    let hash = '';
    let text = '';
    for (const commit of commits) {
      const formatted = formatLine(commit, commit.position, hash);
      hash = formatted.hash;
      text += formatted.line;
    }
    expect(text).toBe(await readFile(join(golden, file), 'utf8'));
  });
});
