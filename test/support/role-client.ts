import { present } from '../../src/shared/invariant.ts';
import type { Role } from '../../src/game/command.ts';
import { SocketClient } from './socket-client.ts';
import type { Frame } from './socket-client.ts';

/** A client on the socket of a role, which knows the requests of a player. */
export class RoleClient extends SocketClient {
  constructor(port: number, role: Role, query = '') {
    super(`ws://127.0.0.1:${port}/ws/${role}${query}`);
  }

  /** @throws ConnectionLost with the status of the answer where the server refuses the connection. */
  static async connect(port: number, role: Role, query = ''): Promise<RoleClient> {
    const client = new RoleClient(port, role, query);
    await client.opened;
    return client;
  }

  /** Sends a frame; resolves with the bytes of its answer. */
  async asked(frame: object | string): Promise<string> {
    await this.request(frame);
    return present(this.replyTexts.at(-1), 'The reply');
  }

  reset(data: object = {}): Promise<Frame> {
    return this.request({ type: 'reset', data });
  }

  join(id: string, token?: string): Promise<Frame> {
    return this.request(joinFrame(id, token));
  }

  step(action: object, id?: string): Promise<Frame> {
    return this.request(stepFrame(action, id));
  }

  subscribe(from?: number): Promise<Frame> {
    return this.request({ type: 'subscribe', data: from === undefined ? {} : { from_seq: from } });
  }

  /** Subscribes from a number and waits for what there is so far: from here on frames come before the replies after them. */
  async follow(from = 0): Promise<void> {
    const before = this.pushed.length;
    const { seq } = (await this.subscribe(from)).data as { readonly seq: number };
    await this.untilPushed(before + seq - from);
  }

  obs(): Promise<Frame> {
    return this.request({ type: 'obs' });
  }

  /** What it was told of the others, as `fraudster held`. */
  get presence(): readonly string[] {
    const told = this.pushed.filter(({ type }) => type === 'presence');
    return told.map(({ data }) => `${String(data['role'])} ${String(data['status'])}`);
  }
}

export const joinFrame = (id: string, token?: string) => ({
  type: 'join',
  data: { match_id: id, ...(token === undefined ? {} : { seat_token: token }) },
});

export const stepFrame = (action: object, id?: string) => ({
  type: 'step',
  ...(id === undefined ? {} : { command_id: id }),
  data: action,
});

export const tokenOf = ({ data }: Frame): string => String(data['seat_token']);
export const codeOf = ({ data }: Frame): unknown => data['code'];
