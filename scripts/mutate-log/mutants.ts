/** The tests that catch a mutant: files, optionally limited to tests whose full name matches. */
export interface Catcher {
  readonly files: readonly string[];
  /** A regular expression for the name of a test, prefixed with the names of its suites. */
  readonly named?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** One removed check of the log. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly search: string;
  readonly replacement: string;
  readonly caughtBy: Catcher;
}

const test = (path: string, named?: string, environment?: Catcher['environment']): Catcher => ({
  files: [`test/log/${path}`],
  ...(named !== undefined && { named }),
  ...(environment !== undefined && { environment }),
});

const line = test('line.test.ts', 'is refused');
const edited = test('edited.test.ts');
const segments = test('segments.test.ts', 'are refused when');
const sealed = test('segments.test.ts', 'found when the line is read');
const renames = test('process/system-calls.test.ts', 'survives a kill', { TEST_KILL_AT: 'rename' });
const powerCut = test('sim/crash.test.ts', 'a simulated disk power cuts take nothing', {
  TEST_SIM_SEEDS: '500',
});
const fault = (kind: string) => test('sim/faults.test.ts', kind);
const trace = test('process/system-calls.test.ts', 'acknowledges a commit after its write');
const proofs = test('damage.test.ts', 'proves every byte|is found at every line feed');
const tails = test('damage.test.ts', 'may be zeros|is kept behind');
const fileContract = (suite: string) => test('contract.test.ts', `^a file log ${suite}`);
const fullDisk = (kind: string) => test('process/disk-full.test.ts', kind, { TEST_FILL_LEVELS: '20' });
const lock = test('process/kill.test.ts', 'keeps a second writer out');

/** Reading: the content of the disk equals what was written. */
const ofReading: readonly Mutant[] = [
  {
    name: 'no checksum',
    file: 'src/log/disk/checksum.ts',
    search: "return end > 0 && line.toString('latin1', end) === tailOf(crc32(line.subarray(0, end)));",
    replacement: 'return end > 0;',
    caughtBy: line,
  },
  {
    name: 'no digest of the events',
    file: 'src/log/line/line.ts',
    search: "if (head.salt !== '' && payloadDigest(head.salt, sealed.events) !== sealed.ph)",
    replacement: "if (head.salt === 'never')",
    caughtBy: line,
  },
  {
    name: 'no chain',
    file: 'src/log/segments/scan.ts',
    search: 'if (!fitsChain(catalogue.head(stream), line))',
    replacement: 'if (!fitsChain)',
    caughtBy: edited,
  },
  {
    name: 'no proof of what was durable',
    file: 'src/log/segments/scan.ts',
    search: 'if (torn !== null && proves(bytes, torn.offset)) throw damaged(path, torn);',
    replacement: '',
    caughtBy: proofs,
  },
  {
    name: 'any durable offset',
    file: 'src/log/segments/scan.ts',
    search: 'if (b > offset || b < this.#durable || (isProof && b !== offset))',
    replacement: 'if (b < 0)',
    caughtBy: edited,
  },
  {
    name: 'any epoch',
    file: 'src/log/segments/scan.ts',
    search: 'if (ep < this.#epoch)',
    replacement: 'if (ep < 0)',
    caughtBy: edited,
  },
  {
    name: 'any position',
    file: 'src/log/segments/scan.ts',
    search: 'if (head.g !== catalogue.position + 1)',
    replacement: 'if (head.g < 0)',
    caughtBy: edited,
  },
  {
    name: 'any version',
    file: 'src/log/segments/scan.ts',
    search: 'if (head.n !== version + 1)',
    replacement: 'if (head.n < 0)',
    caughtBy: edited,
  },
  {
    name: 'a seal of other bytes',
    file: 'src/log/segments/scan.ts',
    search: "if (sha !== this.#sha.copy().digest('hex')) return 'it seals other bytes';",
    replacement: '',
    caughtBy: segments,
  },
  {
    name: 'a seal of other counts',
    file: 'src/log/segments/scan.ts',
    search: 'if (commits !== this.#commits || events !== this.#events)',
    replacement: 'if (commits < 0)',
    caughtBy: segments,
  },
  {
    name: 'a seal of other commits',
    file: 'src/log/segments/scan.ts',
    search: "return heads === this.#heads.value() ? null : 'it seals other commits';",
    replacement: 'return null;',
    caughtBy: segments,
  },
  {
    name: 'a segment after other commits',
    file: 'src/log/segments/scan.ts',
    search: "if (header.heads !== expected.heads) return 'the commits before it are other ones';",
    replacement: '',
    caughtBy: segments,
  },
  {
    name: 'a segment of another log',
    file: 'src/log/segments/scan.ts',
    search: 'if (expected.logId !== null && header.log !== expected.logId)',
    replacement: 'if (header.log === null)',
    caughtBy: segments,
  },
  {
    name: 'a torn segment before the last',
    file: 'src/log/segments/open-segments.ts',
    search: 'if (scanned.torn !== null) throw damaged(path, scanned.torn);',
    replacement: '',
    caughtBy: segments,
  },
  {
    name: 'an index of another segment',
    file: 'src/log/segments/open-segments.ts',
    search: 'seal.sha === segment.sha &&',
    replacement: '',
    caughtBy: renames,
  },
  {
    name: 'reading unchecked lines',
    file: 'src/log/segments/segment-reader.ts',
    search: 'if (!hasChecksum(line) || !isCommitLine(line)) throw changed(path, offset);',
    replacement: 'if (!isCommitLine(line)) throw changed(path, offset);',
    caughtBy: sealed,
  },
];

/** Writing: what was acknowledged is on disk, exactly once. */
const ofWriting: readonly Mutant[] = [
  {
    name: 'no O_DSYNC',
    file: 'src/log/segments/segment-writer.ts',
    search: "O_WRONLY | O_APPEND | (durability.mode === 'group' ? O_DSYNC : 0)",
    replacement: 'O_WRONLY | O_APPEND',
    caughtBy: trace,
  },
  {
    name: 'no sync of the folder after a rename',
    file: 'src/log/disk/durable-file.ts',
    search: 'await syncFolder(files, dirname(path));',
    replacement: '',
    caughtBy: powerCut,
  },
  {
    name: 'no sync of a file before its rename',
    file: 'src/log/disk/durable-file.ts',
    search: 'for await (const bytes of parts) await writeAll(files, fd, bytes);\n      await files.sync(fd);',
    replacement: 'for await (const bytes of parts) await writeAll(files, fd, bytes);',
    caughtBy: powerCut,
  },
  {
    name: 'a torn tail that is not kept',
    file: 'src/log/segments/open-segments.ts',
    search: 'await writeAll(files, kept, bytes);',
    replacement: '',
    caughtBy: tails,
  },
  {
    name: 'a torn tail that is not cut',
    file: 'src/log/segments/open-segments.ts',
    search: 'await files.truncate(fd, size);',
    replacement: '',
    caughtBy: tails,
  },
  {
    name: 'an acknowledgement before the write',
    file: 'src/log/file/batch-writer.ts',
    search: 'await segment.append(bytes, batch.length, events, chains);',
    replacement:
      'for (const waiting of batch) waiting.resolve();\n    await segment.append(bytes, batch.length, events, chains);',
    caughtBy: trace,
  },
  {
    name: 'a stored command stored again',
    file: 'src/log/file/file-event-log.ts',
    search: 'if (known !== null) return Promise.resolve(known);',
    replacement: '',
    caughtBy: fileContract('the command id'),
  },
  {
    name: 'a command on its way taken again',
    file: 'src/log/file/file-event-log.ts',
    search: 'if (underway !== null) return underway;',
    replacement: '',
    caughtBy: fileContract('the command id'),
  },
  {
    name: 'any expected version',
    file: 'src/log/payload.ts',
    search: 'if (commit.expectedVersion !== actual) {',
    replacement: 'if (commit.expectedVersion < 0) {',
    caughtBy: fileContract('the expected version'),
  },
  {
    name: 'mending without a cut',
    file: 'src/log/segments/segment-writer.ts',
    search: 'await files.truncate(fd, this.#size);',
    replacement: '',
    caughtBy: fullDisk('goes on in the same process'),
  },
  {
    name: 'mending without a copy',
    file: 'src/log/segments/segment-writer.ts',
    search:
      'if (this.#synced < this.#size) await copyDurably(files, this.#path, this.#path, this.#size);\n    else\n',
    replacement: '',
    caughtBy: fault('opens after a power cut'),
  },
  {
    name: 'opening without a sync of what was read',
    file: 'src/log/segments/open-segments.ts',
    search: 'if (kept !== null) await files.truncate(fd, size);\n    await files.sync(fd);',
    replacement: 'if (kept !== null) await files.truncate(fd, size);',
    caughtBy: fault('that was read after a kill'),
  },
  {
    name: 'a failed rotation given up',
    file: 'src/log/file/batch-writer.ts',
    search: 'if (this.#isTurning || (',
    replacement: 'if ((',
    caughtBy: test('tools/erase.test.ts', 'goes on with the log'),
  },
  {
    name: 'a full disk unnoticed',
    file: 'src/log/disk/disk-space.ts',
    search: "if (free < total * commands || free < commandBytes) return 'full';",
    replacement: '',
    caughtBy: fullDisk('before the disk is full'),
  },
  {
    name: 'no reserve given up',
    file: 'src/log/disk/disk-space.ts',
    search: 'await this.#files.remove(this.#path).catch(() => undefined);',
    replacement: '',
    caughtBy: fullDisk('after its writer was killed'),
  },
  {
    name: 'no lock',
    file: 'src/log/disk/lock.ts',
    search:
      'const isLocked = await lockFile(file, path);\n' +
      '    // The name too, so that a process without flock(1) is refused by one that has it.\n' +
      "    const release = process.platform === 'linux' || !isLocked ? await lockName(file, path) : released;",
    replacement: 'const release = released;',
    caughtBy: lock,
  },
];

export const mutants: readonly Mutant[] = [...ofReading, ...ofWriting];
