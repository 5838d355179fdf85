import type { Role } from '../../../src/game/command.ts';
import type { Observations } from '../../../src/game/view/view.ts';
import type { Draws } from '../../../src/game/random.ts';
import type { Player } from '../../../src/players/player.ts';
import { ConnectionLost } from '../../support/socket-client.ts';
import { Line, withoutRequest } from './line.ts';
import type { Notice } from './line.ts';

/** One match as its players know it. */
export interface Table {
  readonly matchId: string;
  /** What its fraudster asks for with `reset`. */
  readonly wanted: Readonly<Record<string, unknown>>;
  /** Resolves once the match is known to be stored. */
  readonly made: Promise<void>;
  readonly isMade: () => void;
}

/** A command that was sent, once or again. */
export interface Sent {
  readonly id: string;
  readonly action: Readonly<Record<string, unknown>>;
  /** As it came the first time; null while it did not. */
  answer: Notice | null;
}

export interface SeatServices {
  readonly url: string;
  /** Resolves when there is a server to connect to. */
  readonly up: () => Promise<void>;
  /** Hears of every frame that arrives. */
  readonly heard: () => void;
  /** Hears the code of an answer that says to try again; resolves when that makes sense. */
  readonly putOff: (code: unknown) => Promise<void>;
}

const nothing = (): void => undefined;

const turnOf: Readonly<Record<Role, string>> = {
  fraudster: 'fraudster_turn',
  investigator: 'investigator_turn',
  auditor: 'audit_phase',
};

/**
 * A player that lasts through the deaths of its server: it joins again with its token, subscribes after the last frame
 * it has, and sends again what was not answered.
 */
export class LastingSeat<R extends Role> {
  readonly role: R;
  readonly token: string;
  readonly sent: Sent[] = [];
  /** Every pushed frame, as text, over all connections. */
  readonly frames: string[] = [];
  /** How each of its connections ended. */
  readonly closeCodes: number[] = [];
  /** When it sat down last, by the clock of this process. */
  satDownAt = 0;
  /** Commands that were sent again because no answer had come. */
  sentAgain = 0;
  /** Answers that came a second time and were compared. */
  repeats = 0;
  readonly #table: Table;
  readonly #player: Player<R>;
  readonly #draws: Draws;
  readonly #surroundings: SeatServices;
  #isOver = false;
  /** The numbers of the last frame that gave it the turn, and of the last answer by which the turn was over. */
  #turnAt = 0;
  #turnOverAt = 0;
  #wake = nothing;
  #resets = 0;
  #isTableMade = false;

  constructor(role: R, table: Table, player: Player<R>, draws: Draws, surroundings: SeatServices) {
    this.role = role;
    this.token = `${role}-of-${table.matchId}`.padEnd(40, '-');
    this.#table = table;
    this.#player = player;
    this.#draws = draws;
    this.#surroundings = surroundings;
  }

  /** What it is about, for whoever wonders why nothing happens. */
  get position(): string {
    const last = this.sent.at(-1);
    const waits = last !== undefined && last.answer === null ? `waits for ${last.id}` : 'waits for its turn';
    return `${this.#table.matchId} ${this.role}: ${this.#isOver ? 'over' : waits}, ${this.frames.length} frames`;
  }

  /** Whether the match is over and everything it sent is answered. */
  get isDone(): boolean {
    return this.#isOver && this.sent.at(-1)?.answer !== null;
  }

  /** Plays to the end of the match, and until everything it sent is answered. */
  async play(): Promise<void> {
    if (this.role !== 'fraudster') await this.#table.made;
    while (!this.isDone)
      await this.#connected(async (line) => {
        await this.#sendAgain(line);
        while (await this.#nextTurn(line)) await this.#playTurn(line);
      });
  }

  /** After the match: every command again, and every frame from the first. @returns the frames. */
  async askAllAgain(): Promise<readonly string[]> {
    const frames: string[] = [];
    const { url } = this.#surroundings;
    let heard = (): void => undefined;
    const line = await Line.on(url, this.role, (text) => {
      frames.push(text);
      heard();
    });
    await this.#expect(line, { type: 'join', data: this.#place }, 'observation');
    for (const sent of this.sent) this.#compare(sent, await this.#ask(line, sent));
    await this.#expect(line, { type: 'subscribe', data: { from_seq: 0 } }, 'subscribed');
    while (frames.length < this.frames.length) await new Promise<void>((resolve) => (heard = resolve));
    await line.leave();
    return frames;
  }

  /** Works on a connection as long as it lasts. */
  async #connected(work: (line: Line) => Promise<void>): Promise<void> {
    const { url, up, heard } = this.#surroundings;
    await up();
    try {
      const line = await Line.on(url, this.role, (text, frame) => {
        this.frames.push(text);
        if (frame.type === 'turn' && frame.data['your_turn'] === true) this.#turnAt = frame.seq;
        if (frame.type === 'match_over') this.#isOver = true;
        heard();
        this.#wake();
      });
      void line.closed.then(({ code }) => {
        this.closeCodes.push(code);
        this.#wake();
      });
      await this.#sitDown(line);
      this.satDownAt = performance.now();
      await work(line);
      await line.leave();
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
    }
  }

  async #sitDown(line: Line): Promise<void> {
    if (this.role === 'fraudster' && !this.#isTableMade) await this.#makeTable(line);
    await this.#expect(line, { type: 'join', data: this.#place }, 'observation');
    await this.#expect(line, { type: 'subscribe', data: { from_seq: this.frames.length } }, 'subscribed');
  }

  async #makeTable(line: Line): Promise<void> {
    const { matchId, wanted, isMade } = this.#table;
    this.#resets += 1;
    const data = { ...wanted, episode_id: matchId, seat_token: this.token };
    const told = await this.#insist(line, { type: 'reset', data }, () => (this.#resets += 1));
    const isThere = told.data['code'] === 'match_exists' && this.#resets > 1;
    if (told.type !== 'observation' && !isThere) throw new Error(`${told.text} ${this.position}`);
    this.#isTableMade = true;
    isMade();
  }

  get #place() {
    return { match_id: this.#table.matchId, seat_token: this.token };
  }

  /** What was not answered; if all was, now and then the last command, whose answer is known. */
  async #sendAgain(line: Line): Promise<void> {
    const last = this.sent.at(-1);
    if (last === undefined || (last.answer !== null && this.#draws.chance(500))) return;
    if (last.answer === null) this.sentAgain += 1;
    const told = await this.#ask(line, last);
    if (last.answer === null) this.#take(last, told);
    else this.#compare(last, told);
  }

  /** @returns whether there is one. @throws ConnectionLost */
  async #nextTurn(line: Line): Promise<boolean> {
    while (!this.#isOver && this.#turnAt <= this.#turnOverAt) {
      if (line.isClosed) throw new ConnectionLost('closed while it waited');
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    return !this.#isOver;
  }

  async #playTurn(line: Line): Promise<void> {
    let seen = await this.#expect(line, { type: 'obs' }, 'observation');
    while (!this.#noteTurn(seen)) {
      const action = this.#draws.chance(40)
        ? { action_type: 'dance' }
        : await this.#player.act(seen.data as unknown as Observations[R]);
      if (action === null) throw new Error(`Its player passes. ${this.position}`);
      const sent: Sent = { id: `c${this.sent.length + 1}`, action, answer: null };
      this.sent.push(sent);
      const told = await this.#ask(line, sent);
      this.#take(sent, told);
      seen = told.type === 'observation' ? told : await this.#expect(line, { type: 'obs' }, 'observation');
    }
  }

  /** @returns whether the turn is over by what was seen. */
  #noteTurn({ data }: Notice): boolean {
    if (data['phase'] === turnOf[this.role]) return false;
    this.#turnOverAt = Math.max(this.#turnOverAt, Number(data['seq']));
    return true;
  }

  #ask(line: Line, { id, action }: Sent): Promise<Notice> {
    return this.#insist(line, { type: 'step', command_id: id, data: action });
  }

  /** Asks until it is answered with more than to try again. */
  async #insist(line: Line, frame: Readonly<Record<string, unknown>>, again = nothing): Promise<Notice> {
    for (;;) {
      const told = await line.ask(frame);
      this.#surroundings.heard();
      if (told.type !== 'error' || told.data['retryable'] !== true) return told;
      await this.#surroundings.putOff(told.data['code']);
      again();
    }
  }

  #take(sent: Sent, told: Notice): void {
    const isOwn = told.type === 'observation' || told.data['code'] === 'validation_error';
    if (!isOwn) throw new Error(`${told.text} ${this.position}`);
    sent.answer = told;
    if (told.type === 'observation') this.#noteTurn(told);
  }

  #compare({ id, answer }: Sent, told: Notice): void {
    this.repeats += 1;
    const [once, again] = [withoutRequest(answer?.text ?? ''), withoutRequest(told.text)];
    if (once !== again) throw new Error(`${id} got ${once} and then ${again}. ${this.position}`);
  }

  async #expect(line: Line, frame: Readonly<Record<string, unknown>>, type: Notice['type']): Promise<Notice> {
    const told = await this.#insist(line, frame);
    if (told.type !== type) throw new Error(`${JSON.stringify(frame)}: ${told.text} ${this.position}`);
    return told;
  }
}
