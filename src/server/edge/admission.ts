import { AppError } from '../../shared/errors.ts';

/** Counts what clients hold open (sockets, streams), in total and by address, against limits. */
export class Admission {
  readonly #total: number;
  readonly #perAddress: number;
  readonly #byAddress = new Map<string, number>();
  #count = 0;

  constructor(total: number, perAddress: number) {
    this.#total = total;
    this.#perAddress = perAddress;
  }

  get count(): number {
    return this.#count;
  }

  /**
   * Refuses when one more would pass a limit.
   * @throws AppError `capacity_reached` with `scope` `address` or `server` in its details.
   */
  check(address: string): void {
    const own = this.#byAddress.get(address) ?? 0;
    if (own >= this.#perAddress) {
      const message = `Your address has ${own} open, which is as many as it may have.`;
      throw new AppError('capacity_reached', message, { scope: 'address' });
    }
    if (this.#count < this.#total) return;
    const message = 'The server holds as many as it may; retry later.';
    throw new AppError('capacity_reached', message, { scope: 'server' });
  }

  /** Counts one in. The returned function counts it out again; repeated calls of it have no effect. */
  enter(address: string): () => void {
    this.#change(address, 1);
    let isIn = true;
    return () => {
      if (isIn) this.#change(address, -1);
      isIn = false;
    };
  }

  #change(address: string, by: 1 | -1): void {
    this.#count += by;
    const left = (this.#byAddress.get(address) ?? 0) + by;
    if (left === 0) this.#byAddress.delete(address);
    else this.#byAddress.set(address, left);
  }
}
