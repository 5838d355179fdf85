import type { Role } from '../../../src/game/command.ts';
import { present } from '../../../src/shared/invariant.ts';
import { SocketClient, isPush } from '../../support/socket-client.ts';
import type { Frame } from '../../support/socket-client.ts';

/** A reply as it came. */
export interface Notice {
  readonly text: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export type Pushed = Frame & { readonly seq: number };

let requests = 0;

/** A connection of one role, whose requests have numbers of their own. */
export class Line extends SocketClient {
  /** @throws ConnectionLost where nobody answers. */
  static async on(
    url: string,
    role: Role,
    pushed: (text: string, frame: Pushed) => void = () => undefined,
  ): Promise<Line> {
    const line = new Line(`${url}/ws/${role}`, (text, frame) => {
      if (isPush(frame)) pushed(text, frame as Pushed);
    });
    await line.opened;
    return line;
  }

  /** @throws ConnectionLost where the answer does not come. */
  async ask(frame: Readonly<Record<string, unknown>>): Promise<Notice> {
    const reply = await this.request({ ...frame, request_id: `r${(requests += 1)}` });
    return {
      text: present(this.replyTexts[this.replies.lastIndexOf(reply)], 'Its text'),
      type: reply.type,
      data: reply.data,
    };
  }
}

/** A reply without the number of its request: what the same command gets each time. */
export const withoutRequest = (text: string): string => text.replace(/"request_id":"r\d+",/, '');
