import { longAdapters, type AdapterName } from '../../support/adapters.ts';
import type { Role } from '../../../src/game/command.ts';
import type { RunningServer, ServerOptions } from '../../../src/server/server.ts';
import { BareSocket, ask } from '../../../src/testing/socket-port/bare-socket.ts';
import { TestServer } from '../../support/server.ts';
import { systemClock } from '../../../src/match/clock.ts';

export const adapters = longAdapters;
export type { AdapterName };

/** Any reply or pushed frame, as it is read. */
export interface Frame {
  readonly type: string;
  readonly request_id?: string;
  readonly seq?: number;
  readonly data: Readonly<Record<string, unknown>> & { readonly code?: string };
}

export const parsed = (text: string): Frame => JSON.parse(text) as Frame;

/** The code of an error, else the type: what became of a request, in one word. */
export const outcomeOf = ({ type, data }: Frame): string => (type === 'error' ? String(data.code) : type);

const pushedTypes: ReadonlySet<string> = new Set(['event', 'turn', 'presence', 'match_over']);

export const isPushed = ({ type }: Frame): boolean => pushedTypes.has(type);

/** A server of this process on a folder of its own, and what it said of itself. */
export interface Attacked {
  readonly server: RunningServer;
  readonly port: number;
  /** Warnings and errors of its diagnostics. */
  readonly complaints: readonly string[];
  readonly health: () => Promise<Health>;
}

export interface Health {
  readonly status: string;
  readonly sockets: number;
  readonly matches: { readonly unfinished: number; readonly living: number };
}

export async function healthOf(port: number): Promise<Health> {
  const { status, body } = await ask(port, 'GET', '/health');
  if (status !== 200) throw new Error(`Health answers ${status}: ${body}`);
  return JSON.parse(body) as Health;
}

/** Runs with a server under attack, which is closed afterwards. */
export async function underAttack(
  adapter: AdapterName,
  options: Partial<Pick<ServerOptions, 'limits' | 'clock' | 'policies' | 'ruleset'>>,
  use: (attacked: Attacked) => Promise<void>,
): Promise<void> {
  const served = await TestServer.start({ adapter, clock: systemClock, ...options });
  const { server, port, complaints } = served;
  try {
    await use({ server, port, complaints, health: () => healthOf(port) });
  } finally {
    await served.close();
  }
}

/** A role's socket, and its replies in order; pushed frames are left out of them. */
export class Attacker {
  readonly socket: BareSocket;
  readonly role: Role;

  private constructor(socket: BareSocket, role: Role) {
    this.socket = socket;
    this.role = role;
  }

  static async connect(port: number, role: Role, query = '', from?: string): Promise<Attacker> {
    const where = from === undefined ? {} : { from };
    return new Attacker(await BareSocket.open({ port, path: `/ws/${role}${query}`, ...where }), role);
  }

  async reply(): Promise<Frame> {
    for (;;) {
      const frame = parsed(await this.socket.next());
      if (!isPushed(frame)) return frame;
    }
  }

  async replies(count: number): Promise<readonly Frame[]> {
    const replies: Frame[] = [];
    while (replies.length < count) replies.push(await this.reply());
    return replies;
  }

  request(frame: object): Promise<Frame> {
    this.socket.send(JSON.stringify(frame));
    return this.reply();
  }

  /** Takes the seat in a new match. @returns its id. */
  async reset(data: object = {}): Promise<string> {
    const { type, data: seen } = await this.request({ type: 'reset', data });
    if (type !== 'observation') throw new Error(`The reset was refused: ${JSON.stringify(seen)}`);
    return String(seen['match_id']);
  }

  async join(match: string): Promise<void> {
    const { type, data } = await this.request({ type: 'join', data: { match_id: match } });
    if (type !== 'observation') throw new Error(`The join was refused: ${JSON.stringify(data)}`);
  }
}

/** Resolves once it holds, looked at again after every turn of the event loop. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}

/** A number from the environment, for longer runs. */
export const fromEnvironment = (name: string, usual: number): number => Number(process.env[name] ?? usual);
