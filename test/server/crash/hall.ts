import type { Role } from '../../../src/game/command.ts';
import { drawsFor } from '../../../src/game/random.ts';
import { seatsFor } from '../../../src/players/roster.ts';
import { LastingSeat } from './lasting-seat.ts';
import type { Table } from './lasting-seat.ts';

/** A match and its three players. */
export interface Company {
  readonly matchId: string;
  readonly seats: readonly LastingSeat<Role>[];
}

/** Where the tables stand: a server that may come and go. */
interface House {
  readonly url: string;
  /** Resolves when there is a server to connect to. */
  readonly up: Promise<void>;
  /** Hears of each match that is stored. */
  readonly made?: (matchId: string) => void;
  /** Where the server may put its players off: as {@link LastingSeat} has it. */
  readonly putOff?: (code: unknown) => Promise<void>;
}

/** Only a server that is about to go puts anybody off: it makes no more matches. */
const restarts = (code: unknown): Promise<void> =>
  code === 'draining'
    ? Promise.resolve()
    : Promise.reject(new Error(`A player is put off with ${String(code)}.`));

/** Nothing is heard for so long only when something hangs. */
const stalledMs = 60_000;

/** Tables at which match after match is played, through every death of the server, until the hall closes. */
export class Hall {
  readonly companies: Company[] = [];
  readonly #house: House;
  readonly #seed: number;
  #isOpen = true;
  #heard = 0;
  #awaited: { readonly count: number; readonly resolve: () => void } | null = null;
  #fail: (error: Error) => void = () => undefined;
  readonly #stalled: NodeJS.Timeout;
  /** Rejects when nothing moves any more. */
  readonly stalled: Promise<never>;

  constructor(house: House, seed: number) {
    this.#house = house;
    this.#seed = seed;
    this.stalled = new Promise((_, reject) => (this.#fail = reject));
    this.#stalled = setTimeout(() => this.#fail(new Error(this.#positions())), stalledMs);
  }

  /** Resolves when the hall is closed and every match is over. */
  async play(tables: number): Promise<void> {
    await Promise.all(
      Array.from({ length: tables }, async (_, table) => {
        for (let round = 1; this.#isOpen; round += 1) await this.#playOne(`table-${table}-${round}`);
      }),
    ).finally(() => clearTimeout(this.#stalled));
  }

  /** No further match is begun. */
  close(): void {
    this.#isOpen = false;
  }

  /** Resolves when this many more frames have been heard. */
  heardMore(count: number): Promise<void> {
    return new Promise((resolve) => (this.#awaited = { count: this.#heard + count, resolve }));
  }

  async #playOne(matchId: string): Promise<void> {
    const number = this.companies.length;
    const draws = drawsFor(this.#seed, 'table', number);
    const names = {
      fraudster: draws.pick(['reactive', 'scripted', 'gibberish', 'random']),
      investigator: draws.pick(['scripted', 'marker', 'random']),
      auditor: draws.pick(['scripted', 'random', 'silent']),
    };
    const players = seatsFor(names, number);
    const wanted = { task_id: draws.pick(['task_1', 'task_2', 'task_3']), seed: number };
    let isMade = (): void => undefined;
    const made = new Promise<void>((resolve) => (isMade = resolve));
    void made.then(() => this.#house.made?.(matchId));
    const table: Table = { matchId, wanted, made, isMade };
    const surroundings = {
      url: this.#house.url,
      up: () => this.#house.up,
      heard: () => this.#hear(),
      putOff: this.#house.putOff ?? restarts,
    };
    const seats = [
      new LastingSeat('fraudster', table, players.fraudster, draws, surroundings),
      new LastingSeat('investigator', table, players.investigator, draws, surroundings),
      new LastingSeat('auditor', table, players.auditor, draws, surroundings),
    ];
    this.companies.push({ matchId, seats });
    await Promise.all(seats.map((seat) => seat.play()));
  }

  #hear(): void {
    this.#heard += 1;
    this.#stalled.refresh();
    if (this.#awaited !== null && this.#heard >= this.#awaited.count) this.#awaited.resolve();
  }

  #positions(): string {
    return this.companies.flatMap(({ seats }) => seats.map(({ position }) => position)).join('\n');
  }
}
