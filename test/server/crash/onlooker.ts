/** A frame that a spectator was sent, as it came. */
interface Shown {
  readonly seq: number;
  readonly text: string;
}

interface House {
  readonly url: string;
  /** Resolves when there is a server to connect to. */
  readonly up: () => Promise<void>;
}

/** A spectator of one match that lasts through the ends of its server: it resumes after the last frame it has. */
export class Onlooker {
  readonly shown: Shown[] = [];
  /** When each of its streams was opened, by the clock of this process. */
  readonly resumedAt: number[] = [];
  readonly matchId: string;
  readonly #house: House;
  #isOver = false;

  constructor(house: House, matchId: string) {
    this.#house = house;
    this.matchId = matchId;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Watches until the server says that there is no more. */
  async watch(): Promise<void> {
    while (!this.#isOver) {
      await this.#house.up();
      await this.#follow().catch((error: unknown) => {
        // A connection that was cut, or never came about.
        if (!(error instanceof TypeError)) throw error;
      });
    }
  }

  async #follow(): Promise<void> {
    const url = `${this.#house.url.replace(/^ws/, 'http')}/api/v1/matches/${this.matchId}/stream`;
    const { status, body } = await fetch(url, {
      headers: { 'last-event-id': String(this.shown.length) },
    });
    // It is about to stop.
    if (status === 503) return;
    if (status !== 200 || body === null) throw new Error(`${url} answers ${status}.`);
    this.resumedAt.push(performance.now());
    let text = '';
    for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) this.#take(block);
    }
  }

  #take(block: string): void {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
    if (field('event') === 'end') this.#isOver = true;
    else if (field('id') !== undefined)
      this.shown.push({ seq: Number(field('id')), text: field('data') ?? '' });
  }
}
