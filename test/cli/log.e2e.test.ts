import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FileEventLog } from '../../src/log/file/file-event-log.ts';
import { segmentPath } from '../../src/log/disk/data-folder.ts';
import { commitOf, noteOf } from '../../src/testing/event-log.contract.ts';
import { fieldsOf, itemAt, linesOf, plain } from '../log/commits.ts';
import { expectAbsent, flipByte, presentIn, removeIndex, restart, writeLog } from '../log/tools/kit.ts';
import { arena } from './arena.ts';
import { itInAll } from '../support/it-in-all.ts';
import { someOf } from '../support/sizes.ts';

/** A log of two played matches and of notes in several segments; every test has a copy of its own. */
let template = '';
let folder = '';
let data = '';
const [first, second] = ['task_1-standard-1', 'task_1-standard-2'];
const texts = Array.from({ length: 40 }, (_, at) => `said-${at}-quokka`);
/** Commits of the log. */
let count = 0;

beforeAll(async () => {
  template = await mkdtemp(join(tmpdir(), 'fraudarena-'));
  await arena(['play', '--seed', '1', '--matches', '2', '--data-dir', template]);
  // Begins a new segment behind the matches.
  const notes = texts.map((text, at) => commitOf('notes', at, { events: [noteOf(text)] }));
  await writeLog(template, notes, { ...plain, segmentBytes: 4000 });
  const log = await FileEventLog.open(template, 'read', plain);
  count = log.health.position;
  await log.close();
});
afterAll(() => rm(template, { recursive: true, force: true }));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fraudarena-'));
  data = join(folder, 'data');
  await cp(template, data, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const log = (...args: readonly string[]) => arena(['log', ...args, '--data-dir', data]);
const at = (name: string) => join(folder, name);
/** Runs a verb on another folder. */
const logIn = (name: string, ...args: readonly string[]) => arena(['log', ...args, '--data-dir', at(name)]);
const parsed = (text: string): unknown => JSON.parse(text);

describe('log verify', () => {
  it('finds a sound log whole, in words and as JSON, without a lock', async () => {
    const writer = await FileEventLog.open(data, 'write');
    const { code, stdout, stderr } = await log('verify');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const whole = `^whole: 3 matches, ${count} commits, \\d+ events in \\d+ segments\n$`;
    expect(stdout).toMatch(new RegExp(whole));
    await writer.close();
    const json = await log('verify', '--json');
    expect(json).toMatchObject({ code: 0, stderr: '' });
    expect(parsed(json.stdout)).toMatchObject({ ok: true, commits: count, findings: [], unchecked: 0 });
  });

  it('locates damage: file, line, byte and match, with exit code 1', async () => {
    const path = segmentPath(data, 2);
    const line = itemAt(await linesOf(path), 4);
    await flipByte(path, line.offset + 200);
    const { code, stdout } = await log('verify');
    expect(code).toBe(1);
    expect(stdout).toContain(`damage: ${path} is damaged at line 5 (byte ${line.offset}, match notes)`);
    expect(stdout).toContain('NOT whole');
    const json = await log('verify', '--json');
    expect(json.code).toBe(1);
    const details = { path, line: 5, offset: line.offset, match: 'notes' };
    expect(parsed(json.stdout)).toMatchObject({
      ok: false,
      unchecked: 0,
      findings: [{ kind: 'damage', details }],
    });
  });

  itInAll('names every damaged segment, and says what it could not look at', async () => {
    for (const number of [2, 3]) await flipByte(segmentPath(data, number), 700);
    const both = await log('verify');
    expect(both.stdout.match(/^damage: /gm)).toHaveLength(2);
    expect(both.stdout).not.toContain('not looked at');
    await removeIndex(data, 2);
    const { code, stdout } = await log('verify');
    expect(code).toBe(1);
    expect(stdout).toMatch(/\d+ segments after it were not looked at/);
  });

  itInAll('calls an index that is not true a finding, and a torn tail none', async () => {
    const names = await readdir(join(data, 'log'));
    const segments = names.filter((name) => name.endsWith('.ndjson'));
    await writeFile(join(data, 'log', itemAt(segments, -1)), '{"v":2,"g":', { flag: 'a' });
    const torn = await log('verify');
    expect(torn.code).toBe(0);
    expect(torn.stdout).toContain('11 bytes behind the last good line were never acknowledged');
    await writeFile(join(data, 'log', '00000002.rows'), '');
    const { code, stdout } = await log('verify');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^index: .*00000002\.idx is not the index of its segment; delete it/m);
  });

  itInAll('refuses a log of a newer version', async () => {
    const writer = await FileEventLog.open(data, 'write', plain);
    const events = JSON.stringify([{ ...noteOf('newer'), sv: 9 }]);
    await writer.restore(commitOf('newer', 0), { salt: '', events, ph: 'ab'.repeat(32) });
    await writer.close();
    const { code, stderr } = await log('verify', '--json');
    expect(code).toBe(1);
    expect(parsed(stderr)).toMatchObject({ error: 'log_newer', details: { version: 9 } });
  });
});

describe('log stat', () => {
  it('counts what the log holds, segment by segment, in words and as JSON', async () => {
    const { code, stdout } = await log('stat');
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^log [0-9a-f-]{36}: 3 matches, ${count} commits, \\d+ events`));
    expect(stdout).toMatch(/disk: .* MiB free \(\w+\)/);
    const json = await log('stat', '--json');
    const found = parsed(json.stdout) as { segments: { commits: number; state: string }[] };
    expect(found).toMatchObject({ matches: 3, commits: count, tornBytes: 0, broken: [] });
    expect(found.segments.reduce((sum, segment) => sum + segment.commits, 0)).toBe(count);
    expect(found.segments.map(({ state }) => state).slice(-2)).toEqual(['indexed', 'open']);
  });

  itInAll('names torn bytes, and what was set aside', async () => {
    const { segments } = parsed((await log('stat', '--json')).stdout) as { segments: unknown[] };
    const last = segmentPath(data, segments.length);
    await writeFile(last, 'torn', { flag: 'a' });
    expect((await log('stat')).stdout).toContain('4 bytes behind the last good line');
    await restart(data);
    const aside = `set aside after a crash: ${basename(last)}.broken, 4 bytes`;
    expect((await log('stat')).stdout).toContain(aside);
  });
});

describe('log export and import', () => {
  it('move all matches to another log and back, byte by byte', async () => {
    const exported = await log('export', '-o', at('all.ndjson'));
    expect(exported).toEqual({ code: 0, stdout: '', stderr: '' });
    const text = await readFile(at('all.ndjson'), 'utf8');
    expect((await log('export')).stdout).toBe(text);
    const imported = await logIn('other', 'import', at('all.ndjson'));
    expect(imported.code).toBe(0);
    const counts = `^3 matches, ${count} commits, \\d+ events; 0 commits were there`;
    expect(imported.stdout).toMatch(new RegExp(counts));
    expect((await logIn('other', 'export')).stdout).toBe(text);
    const again = await logIn('other', 'import', at('all.ndjson'), '--json');
    expect(parsed(again.stdout)).toMatchObject({ matches: 3, commits: count, known: count });
    const verified = await arena(['verify', first, second, '--data-dir', at('other')]);
    expect(verified).toMatchObject({ code: 0 });
  });

  itInAll('move one match', async () => {
    const { code, stdout } = await log('export', second);
    expect(code).toBe(0);
    const lines = stdout.trim().split('\n').slice(1, -1);
    const streams = lines.map((line) => fieldsOf(Buffer.from(line))['s']);
    expect(new Set(streams)).toEqual(new Set([second]));
  });

  itInAll('leave an existing file as it is', async () => {
    await writeFile(at('mine'), 'mine');
    const { code, stderr } = await log('export', '-o', at('mine'));
    expect(code).toBe(2);
    expect(stderr).toContain(`${at('mine')} cannot be written`);
    expect(await readFile(at('mine'), 'utf8')).toBe('mine');
  });

  itInAll('refuse an unknown match, and what is no match id', async () => {
    const unknown = await log('export', first, 'nobody', '--json');
    expect(unknown).toMatchObject({ code: 2, stdout: '' });
    expect(parsed(unknown.stderr)).toMatchObject({ error: 'unknown_match', details: { match: 'nobody' } });
    expect(await log('export', '../x')).toMatchObject({ code: 2, stdout: '' });
  });

  // The file is made first; the next try is refused since it exists.
  itInAll('leave no file behind when they are refused', async () => {
    expect((await log('export', 'nobody', '-o', at('file'))).code).toBe(2);
    await expect(stat(at('file'))).rejects.toThrow('ENOENT');
  });

  itInAll('refuse a file that is not whole, with its line, and store nothing', async () => {
    const text = (await log('export')).stdout;
    await writeFile(at('bad'), text.replace('said-7-quokka', 'said-8-quokka'));
    const { code, stderr, stdout } = await logIn('other', 'import', at('bad'));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: .*bad is not a whole export: line \d+: its checksum/);
    expect(parsed((await logIn('other', 'stat', '--json')).stdout)).toMatchObject({ commits: 0 });
    const missing = await logIn('other', 'import', at('none'));
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain(at('none'));
  });

  itInAll('refuse another history of a match', async () => {
    await writeLog(at('other'), [commitOf('notes', 0)]);
    await writeFile(at('export'), (await log('export', 'notes')).stdout);
    const { code, stderr } = await logIn('other', 'import', at('export'), '--json');
    expect(code).toBe(1);
    const details = { match: 'notes', version: 1 };
    expect(parsed(stderr)).toMatchObject({ error: 'import_conflict', details });
  });

  // A rejected promise that nobody handles ends the process with a stack.
  itInAll('say in one sentence that a match has another history whose commits end elsewhere', async () => {
    await writeLog(at('other'), [commitOf('notes', 0, { id: 'two', events: [noteOf(1), noteOf(2)] })]);
    await writeFile(at('export'), (await log('export', 'notes')).stdout);
    const { code, stderr } = await logIn('other', 'import', at('export'));
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('log backup and restore', () => {
  it('copy the log, and make it anew', async () => {
    const backup = await log('backup', at('backup'));
    expect(backup.code).toBe(0);
    expect(backup.stdout).toContain(`backed up to ${at('backup')}: 3 matches, ${count} commits in`);
    const restored = await logIn('restored', 'restore', at('backup'), '--json');
    expect(parsed(restored.stdout)).toMatchObject({ v: 1, matches: 3, position: count });
    const verified = await logIn('restored', 'verify', '--json');
    expect(parsed(verified.stdout)).toMatchObject({ ok: true, commits: count });
  });

  itInAll('need no lock, and leave used folders alone', async () => {
    const writer = await FileEventLog.open(data, 'write');
    expect((await log('backup', at('backup'))).code).toBe(0);
    await writer.close();
    const again = await log('backup', at('backup'));
    const sentence = `error: ${at('backup')} is not empty; nothing is written over.\n`;
    expect(again).toMatchObject({ code: 2, stderr: sentence });
    const restored = await log('restore', at('backup'), '--json');
    expect(restored.code).toBe(2);
    expect(parsed(restored.stderr)).toMatchObject({ error: 'folder_not_empty', details: { path: data } });
  });

  itInAll('refuse a backup that changed, and what is none', async () => {
    await log('backup', at('backup'));
    const changed = segmentPath(at('backup'), 2);
    await flipByte(changed, 300);
    const { code, stderr } = await logIn('restored', 'restore', at('backup'));
    expect(code).toBe(1);
    expect(stderr).toContain(`${changed} is not the file that was backed up`);
    expect((await logIn('new', 'restore', at('none'))).stderr).toContain('no whole backup');
  });
});

describe('log erase', () => {
  const confirmed = ['--by', 'Ada', '--reason', 'asked by letter', '--yes'];

  it('takes every text of a match out of every file, and says so', async () => {
    expect(await presentIn(data, texts)).toEqual(texts);
    const { code, stdout } = await log('erase', 'notes', ...confirmed);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^notes: erased from \d+ segments; 0 torn tails removed\nBackups and exports/);
    await expectAbsent(data, texts);
    const verified = await log('verify');
    expect(verified.code).toBe(0);
    expect(verified.stdout).toMatch(/^erased: notes by Ada at \d{4}-.*Z \(asked by letter\)$/m);
  });

  itInAll('leaves the other matches as they are, and a match that replays', async () => {
    const json = await log('erase', first, ...confirmed, '--json');
    const erasure = { match_id: first, by: 'Ada', reason: 'asked by letter', segments: [1] };
    expect(parsed(json.stdout)).toMatchObject(erasure);
    const one = await arena(['verify', first, '--json', '--data-dir', data]);
    expect(parsed(one.stdout)).toMatchObject({ match_id: first, ok: true, erased: true, phase: 'done' });
    const other = await arena(['verify', second, '--json', '--data-dir', data]);
    expect(parsed(other.stdout)).not.toHaveProperty('erased');
  });

  itInAll('is refused without --yes, without a name, and for an unknown match', async () => {
    const unsure = await log('erase', 'notes', '--by', 'Ada', '--json');
    expect(unsure.code).toBe(2);
    expect(parsed(unsure.stderr)).toMatchObject({ error: 'confirmation_missing' });
    expect(await log('erase', 'notes', '--yes')).toMatchObject({ code: 2 });
    const unknown = await log('erase', 'nobody', ...confirmed, '--json');
    expect(unknown.code).toBe(2);
    expect(parsed(unknown.stderr)).toMatchObject({ error: 'unknown_match' });
    expect(await presentIn(data, texts)).toEqual(texts);
  });
});

describe('log bench', () => {
  itInAll('measures with every number of callers, and leaves the log as it is', async () => {
    const { code, stdout } = await log('bench', '--ms', '100', '--json');
    expect(code).toBe(0);
    const rows = stdout.trim().split('\n').map(parsed) as { callers: number; perSecond: number }[];
    expect(rows.map(({ callers }) => callers)).toEqual([1, 16, 256, 2000]);
    for (const { perSecond } of rows) expect(perSecond).toBeGreaterThan(0);
    expect((await log('verify')).stdout).toContain(`${count} commits`);
    expect(await readdir(data)).toEqual(await readdir(template));
    expect(await log('bench', '--ms', '1')).toMatchObject({ code: 2 });
  });
});

describe('a log that another process writes', () => {
  const writing = `
    const [, source, folder] = process.argv;
    const { FileEventLog } = await import(source);
    await FileEventLog.open(folder, 'write');
    console.log('open');
    process.stdin.resume();`;

  it('refuses every verb that writes, and names the process', async () => {
    const source = import.meta.resolve('../../src/log/file/file-event-log.ts');
    const args = ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', writing, source, data];
    const writer = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(writer.stdout, 'data');
    const erase = ['erase', 'notes', '--by', 'Ada', '--yes'];
    await writeFile(at('export'), (await log('export', 'notes')).stdout);
    for (const verb of [erase, ['import', at('export')]]) {
      const { code, stderr } = await log(...verb, '--json');
      expect(code).toBe(1);
      expect(parsed(stderr)).toMatchObject({ error: 'log_locked', details: { pid: writer.pid } });
    }
    expect((await log(...erase)).stderr).toContain(`Process ${writer.pid} writes this log`);
    for (const verb of ['verify', 'stat']) expect((await log(verb)).code).toBe(0);
    writer.kill('SIGKILL');
    await once(writer, 'close');
    expect((await log(...erase)).code).toBe(0);
  });
});

describe('a folder without a log', () => {
  it.each(someOf([['verify'], ['stat'], ['backup', 'somewhere']], 1))(
    '%s is refused, and makes nothing',
    async (...args) => {
      await mkdir(at('cwd'));
      const { code, stderr } = await arena(['log', ...args, '--data-dir', at('none')], {}, at('cwd'));
      expect(code).toBe(2);
      expect(stderr).toContain(at('none'));
      expect(await readdir(at('cwd'))).toEqual([]);
      await expect(stat(at('none'))).rejects.toThrow('ENOENT');
    },
  );

  // An export of nothing, with exit code 0.
  it('export is refused', async () => {
    expect((await logIn('none', 'export')).code).toBe(2);
  });

  it.each([
    ['erase', 'notes', '--by', 'Ada', '--yes'],
    ['import', '/nowhere/file'],
  ])('%s is refused, and makes nothing', async (...args) => {
    expect((await logIn('none', ...args)).code).toBe(2);
    await expect(stat(at('none'))).rejects.toThrow('ENOENT');
  });
});

describe('log archive', () => {
  it('names a match that is not stored, and archives nothing then', async () => {
    const { code, stdout, stderr } = await log('archive', first, 'nobody');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`No match nobody is stored in ${data}.`);
    expect(await readdir(data)).not.toContain('archive');
    expect((await log('archive', first)).stdout).toBe('1 archived, 0 were already, 0 not finished\n');
  });
});
