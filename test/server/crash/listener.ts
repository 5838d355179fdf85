import type { Role } from '../../../src/game/command.ts';
import { Line } from './line.ts';
import type { Pushed, Notice } from './line.ts';

/** A player on a line, who keeps the frames it is pushed. */
export class Listener {
  readonly frames: Pushed[] = [];
  readonly line: Promise<Line>;
  #heard = (): void => undefined;

  constructor(url: string, role: Role) {
    this.line = Line.on(url, role, (_, frame) => {
      this.frames.push(frame);
      this.#heard();
    });
  }

  /** Asks, and expects another answer than an error. */
  async ask(type: string, data: object = {}): Promise<Notice> {
    const told = await (await this.line).ask({ type, data });
    if (told.type === 'error') throw new Error(`${type}: ${told.text}`);
    return told;
  }

  /** Asks, and expects an error. @returns its code */
  async refused(type: string, data: object = {}): Promise<unknown> {
    const told = await (await this.line).ask({ type, data });
    if (told.type !== 'error') throw new Error(`${type}: ${told.text}`);
    return told.data['code'];
  }

  /** Resolves with the first frame, also of those that came before, for which it holds. */
  async hear(isIt: (frame: Pushed) => boolean): Promise<Pushed> {
    for (;;) {
      const found = this.frames.find(isIt);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => (this.#heard = resolve));
    }
  }
}
