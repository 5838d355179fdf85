import { isKept } from './simulated-file.ts';
import type { Crash, SimulatedFile } from './simulated-file.ts';

export type Entry = SimulatedFile | SimulatedFolder;

/** Names that change together: a new file, a removal (null), or both in a rename. */
type FolderChange = readonly (readonly [name: string, entry: Entry | null])[];

/** A folder: its entries as programs see them, those the disk has, and the changes between, in order. */
export class SimulatedFolder {
  #entries = new Map<string, Entry>();
  #onDisk = new Map<string, Entry>();
  #unsynced: FolderChange[] = [];

  get entries(): ReadonlyMap<string, Entry> {
    return this.#entries;
  }

  change(change: FolderChange): void {
    apply(change, this.#entries);
    this.#unsynced.push(change);
  }

  sync(): void {
    this.#onDisk = new Map(this.#entries);
    this.#unsynced = [];
  }

  crash(crash: Crash): void {
    // Most file systems keep changes of a folder in order; it is not promised.
    const inOrder = crash.draws.chance(500);
    for (const change of this.#unsynced) {
      if (isKept(crash)) apply(change, this.#onDisk);
      else if (inOrder) break;
    }
    this.#entries = new Map(this.#onDisk);
    this.#unsynced = [];
    for (const entry of this.#entries.values()) entry.crash(crash);
  }
}

function apply(change: FolderChange, entries: Map<string, Entry>): void {
  for (const [name, entry] of change)
    if (entry === null) entries.delete(name);
    else entries.set(name, entry);
}
