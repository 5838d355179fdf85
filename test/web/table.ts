import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSocket } from '../../src/client/node.ts';
import { RoleClient } from '../../src/client/role-client.ts';
import type { Observation } from '../../src/client/wire.ts';
import { roles } from '../../src/game/command.ts';
import type { Role } from '../../src/game/command.ts';
import { diagnosticsAt } from '../../src/log/diagnostics.ts';
import { defaultPlayers, seatsFor } from '../../src/players/roster.ts';
import type { SeatNames, Seats } from '../../src/players/roster.ts';
import { chooseAdapter } from '../../src/server/net/adapter.ts';
import { startServer } from '../../src/server/server.ts';
import type { ServerOptions } from '../../src/server/server.ts';
import { present } from '../../src/shared/invariant.ts';

/** A server of this process on a folder of its own. */
export async function openHouse(options: Partial<ServerOptions> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'fraudarena-web-'));
  const server = await startServer({
    dataDir: folder,
    host: '127.0.0.1',
    port: 0,
    durability: { mode: 'os' },
    adapter: chooseAdapter('auto').port,
    ruleset: 'standard',
    policies: {},
    limits: { framesPerSecond: 1_000_000 },
    diagnostics: diagnosticsAt('error'),
    ...options,
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    port: server.port,
    folder,
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
    /** Ends the server; its folder stays for another one. */
    stop: () => server.close(),
  };
}

export type House = Awaited<ReturnType<typeof openHouse>>;

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
