import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { join } from 'node:path';
import { upcast } from '../../game/upcast.ts';
import type { StoredEvent } from '../../game/upcast.ts';
import { redact } from '../../game/redact.ts';
import { canonicalJson } from '../../shared/canonical-json.ts';
import type { MatchId } from '../../shared/ids.ts';
import { invariant } from '../../shared/invariant.ts';
import { syncFolder, withFile, writeDocument, writeDurably } from '../disk/durable-file.ts';
import type { Files } from '../disk/files.ts';
import { indexPath, logFolder, segmentPath } from '../disk/data-folder.ts';
import { LinePrinter, frame, parseLine } from '../line/line.ts';
import type { CheckedLine, CommitLine } from '../line/line.ts';
import { readLines } from '../line/read-lines.ts';
import { withSchemaVersion } from '../payload.ts';
import { damaged } from './scan.ts';
import { readIndex } from './sealed-index.ts';
import type { SealedSegment } from './sealed-index.ts';

/** Who asked for an erasure, and why. */
export interface ErasureRecord {
  readonly by: string;
  readonly reason: string;
}

export interface Erasure {
  /** The rewritten segments, each with its former seal. */
  readonly seals: Readonly<Record<string, string>>;
  /** How many torn tails were removed. */
  readonly broken: number;
}

/**
 * Rewrites the segments that hold a match and removes torn tails. Puts the new seals into `sealed`. A segment that is
 * not in `sealed` was pruned and holds no text any more.
 */
export async function eraseFromSegments(
  files: Files,
  data: string,
  sealed: SealedSegment[],
  numbers: readonly number[],
  stream: MatchId,
): Promise<Erasure> {
  const seals: Record<string, string> = {};
  for (const [index, segment] of sealed.entries()) {
    if (!numbers.includes(segment.number)) continue;
    seals[String(segment.number)] = segment.sha;
    sealed[index] = await eraseFromSegment(files, data, segment, stream);
  }
  return { seals, broken: await removeBroken(files, data) };
}

/**
 * Rewrites a sealed segment without the texts of one match. Every line keeps its length and position, its chain and the
 * digest of its original events. The salt is removed, so that the digest cannot confirm a guess. The segment gets new
 * seals.
 * @throws AppError `log_damaged`
 */
async function eraseFromSegment(
  files: Files,
  data: string,
  segment: SealedSegment,
  stream: MatchId,
): Promise<SealedSegment> {
  const path = segmentPath(data, segment.number);
  const eraser = new Eraser(stream, path);
  await withFile(files, path, constants.O_RDONLY, (fd) =>
    writeDurably(files, path, eraser.rewrite(readLines(files, fd))),
  );
  const erased = { ...segment, sha: eraser.lastSeal };
  const index = await readIndex(files, indexPath(data, segment.number));
  // Without an index, the next opening scans the segment and writes one.
  if (index !== null)
    await writeDocument(files, indexPath(data, segment.number), { ...index, segment: erased });
  return erased;
}

/** Removes the torn tails that were kept aside: it is unknown whose texts they hold. */
async function removeBroken(files: Files, data: string): Promise<number> {
  const folder = logFolder(data);
  const broken = (await files.list(folder)).filter((name) => name.endsWith('.broken'));
  for (const name of broken) await files.remove(join(folder, name));
  await syncFolder(files, folder);
  return broken.length;
}

class Eraser {
  lastSeal = '';
  #offset = 0;
  #line = 0;
  readonly #stream: MatchId;
  readonly #path: string;
  readonly #sha = createHash('sha256');
  readonly #printer = new LinePrinter();

  constructor(stream: MatchId, path: string) {
    this.#stream = stream;
    this.#path = path;
  }

  async *rewrite(chunks: ReturnType<typeof readLines>): AsyncGenerator<Buffer> {
    for await (const { lines } of chunks) yield Buffer.concat(lines.map((line) => this.#take(line)));
  }

  #take(bytes: Buffer): Buffer {
    const line = parseLine(bytes);
    this.#line += 1;
    if (typeof line === 'string')
      throw damaged(this.#path, { offset: this.#offset, line: this.#line, why: line, match: null });
    const written = this.#rewritten(line, bytes);
    invariant(written.length === bytes.length, 'A rewritten line keeps its length.');
    this.#offset += written.length;
    this.#sha.update(written);
    return written;
  }

  #rewritten(line: CheckedLine, bytes: Buffer): Buffer {
    if (line.kind === 'commit') return line.head.s === this.#stream ? this.#withoutText(line, bytes) : bytes;
    if (line.control.t !== 'seal') return bytes;
    this.lastSeal = this.#sha.copy().digest('hex');
    const { ep, at, b, commits, events, heads } = line.control;
    const fields = { ep, at, b, commits, events, sha: this.lastSeal, heads };
    return frame([this.#printer.control('seal', fields)]).bytes;
  }

  #withoutText({ head, sealed }: CommitLine, bytes: Buffer): Buffer {
    const { g, s, n, k, id, ep, at, b } = head;
    const events = (JSON.parse(sealed.events) as StoredEvent[]).map((event) =>
      withSchemaVersion(redact(upcast(event))),
    );
    const print = (text: string) =>
      frame([this.#printer.commit({ g, s, n, k, id, ep, at, b }, { ...sealed, salt: '', events: text })])
        .bytes;
    const text = canonicalJson(events);
    // Padding between the events and their digest keeps the line's length, so every index stays valid.
    return print(text + ' '.repeat(bytes.length - print(text).length));
  }
}
