/** How long and where to measure. */
export interface BenchOptions {
  readonly rounds: number;
  readonly seconds: number;
  /** A folder on the disk to measure. It is removed afterwards. */
  readonly folder: string;
  /** Scales the benches whose full size takes long; the targets refer to 1. */
  readonly scale: number;
}
