import { join } from 'node:path';
import { canonicalJson } from '../../shared/canonical-json.ts';
import { matchId } from '../../shared/ids.ts';
import type { MatchId } from '../../shared/ids.ts';
import { withChecksum } from './checksum.ts';
import { makeFolder, readDocument, readWhole, syncFolder, writeDocument } from './durable-file.ts';
import { nodeFiles } from './files.ts';
import type { Files } from './files.ts';
import { isMissing } from './system-error.ts';

const suffix = '.json';

/** A folder with one JSON document per match, with checksums: checkpoints or archives. Each is written atomically. */
export class Documents {
  readonly #folder: string;
  readonly #files: Files;
  readonly #isLasting: boolean;
  /** Set once the folder was made durably. */
  #folderMade: Promise<void> | null = null;

  /** `isLasting` is false for documents that may be lost in a crash; their writes are not synced. */
  constructor(
    folder: string,
    { files = nodeFiles, isLasting = true }: { readonly files?: Files; readonly isLasting?: boolean } = {},
  ) {
    this.#folder = folder;
    this.#files = files;
    this.#isLasting = isLasting;
  }

  /** Writes the document atomically, replacing an earlier one. */
  async write(match: MatchId, document: object): Promise<void> {
    // Canonical, so that the same document has the same bytes.
    const text = canonicalJson(document);
    try {
      await this.#write(match, text);
    } catch (error) {
      this.#folderMade = null;
      if (!isMissing(error)) throw error;
      // The folder was removed while the log is open.
      await this.#write(match, text);
    }
  }

  async #write(match: MatchId, text: string): Promise<void> {
    this.#folderMade ??= makeFolder(this.#files, this.#folder);
    await this.#folderMade;
    await writeDocument(this.#files, this.#path(match), text, this.#isLasting);
  }

  /** The document of a match; null when it is missing or incomplete. */
  read(match: MatchId): Promise<unknown> {
    return readDocument(this.#files, this.#path(match));
  }

  /** Whether the stored document of a match equals this one. */
  async holds(match: MatchId, document: object): Promise<boolean> {
    const bytes = await readWhole(this.#files, this.#path(match));
    return bytes?.toString() === withChecksum(canonicalJson(document));
  }

  /** The matches that have a document, complete or not. */
  async names(): Promise<readonly MatchId[]> {
    const names = await this.#files.list(this.#folder).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    return names
      .filter((name) => name.endsWith(suffix))
      .map((name) => matchId(name.slice(0, -suffix.length)));
  }

  async remove(match: MatchId): Promise<void> {
    try {
      await this.#files.remove(this.#path(match)).catch(unlessMissing);
      // A missing file may have been removed just before, and not durably yet.
      if (this.#isLasting) await syncFolder(this.#files, this.#folder);
    } catch (error) {
      unlessMissing(error);
    }
  }

  #path(match: MatchId): string {
    return join(this.#folder, `${match}${suffix}`);
  }
}

function unlessMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}
