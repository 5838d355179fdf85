/** How long and where to measure. */
export interface BenchOptions {
  readonly rounds: number;
  readonly seconds: number;
  /** A folder on the disk to be measured, removed afterwards. */
  readonly folder: string;
  /** For benches whose whole size takes long: 1 is the size the targets speak of. */
  readonly scale: number;
}
