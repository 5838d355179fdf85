import { openSocket } from '../../src/client/node.ts';
import { RoleClient } from '../../src/client/role-client.ts';
import type { Observation } from '../../src/client/wire.ts';
import { roles } from '../../src/game/command.ts';
import type { Role } from '../../src/game/command.ts';
import { defaultPlayers, seatsFor } from '../../src/players/roster.ts';
import type { SeatNames, Seats } from '../../src/players/roster.ts';
import { present } from '../../src/shared/invariant.ts';
import { TestServer } from '../support/server.ts';
import type { TestServerOptions } from '../support/server.ts';
import { systemClock } from '../../src/match/clock.ts';

/** A server whose time goes on, as the browser's does. */
export const openHouse = (options: TestServerOptions = {}): Promise<TestServer> =>
  TestServer.start({
    clock: systemClock,
    ...options,
    limits: { framesPerSecond: 1_000_000, ...options.limits },
  });

export type House = TestServer;

const tokenOf = (role: Role): string => `seat-token-of-the-${role}`;

const turns: Readonly<Record<string, Role>> = {
  fraudster_turn: 'fraudster',
  investigator_turn: 'investigator',
  audit_phase: 'auditor',
};

/** A match whose three scripted players sit at real sockets, and act when the test says so. */
export class Table {
  readonly id: string;
  /** Of the seats, where they have any. */
  readonly tokens = {
    fraudster: tokenOf('fraudster'),
    investigator: tokenOf('investigator'),
    auditor: tokenOf('auditor'),
  };
  readonly #clients: Readonly<Record<Role, RoleClient>>;
  readonly #players: Seats;
  #seen: Observation;

  private constructor(
    id: string,
    clients: Readonly<Record<Role, RoleClient>>,
    players: Seats,
    seen: Observation,
  ) {
    this.id = id;
    this.#clients = clients;
    this.#players = players;
    this.#seen = seen;
  }

  static async open(
    url: string,
    wanted: Readonly<Record<string, unknown>> = {},
    names: Partial<SeatNames> = {},
  ): Promise<Table> {
    const [fraudster, investigator, auditor] = await Promise.all(
      roles.map((role) => RoleClient.connect(url, role, { open: openSocket })),
    );
    const clients = {
      fraudster: present(fraudster, 'The fraudster'),
      investigator: present(investigator, 'The investigator'),
      auditor: present(auditor, 'The auditor'),
    };
    const players = { ...defaultPlayers, ...names };
    const opened = await clients.fraudster.reset({
      seed: 7,
      players,
      seat_token: tokenOf('fraudster'),
      ...wanted,
    });
    const id = opened.match_id;
    await Promise.all([
      clients.investigator.join(id, tokenOf('investigator')),
      clients.auditor.join(id, tokenOf('auditor')),
    ]);
    return new Table(id, clients, seatsFor(players, 7), opened);
  }

  get isOver(): boolean {
    return this.#seen.done;
  }

  get phase(): string {
    return this.#seen.phase;
  }

  /** One action of whoever is on turn. */
  async act(): Promise<void> {
    const role = present(turns[this.#seen.phase], `The role of ${this.#seen.phase}`);
    const client = this.#clients[role];
    const seen = await client.obs();
    const action = await this.#players[role].act(seen as never);
    this.#seen = await client.step(present(action, 'An action'));
  }

  /** Something that is refused: out of turn. */
  async trespass(): Promise<void> {
    const role = this.#seen.phase === 'audit_phase' ? 'investigator' : 'auditor';
    await this.#clients[role]
      .step({ action_type: role === 'auditor' ? 'submit_audit_report' : 'end_turn' })
      .catch(() => null);
  }

  async acts(count: number): Promise<void> {
    for (let index = 0; index < count && !this.isOver; index += 1) await this.act();
  }

  async until(phase: string): Promise<void> {
    while (this.phase !== phase && !this.isOver) await this.act();
  }

  async finish(): Promise<void> {
    while (!this.isOver) await this.act();
  }

  leave(): void {
    for (const role of roles) this.#clients[role].close();
  }
}
