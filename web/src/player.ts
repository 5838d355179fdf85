import { computed, effect, signal } from '@preact/signals';
import type { MatchMoments } from '../../src/protocol/http.ts';
import { getModel, getMoments, Refusal } from './live/api.ts';
import { follow } from './live/stream.ts';
import { FrameReader } from './replay/frames.ts';
import type { Frame } from './replay/frames.ts';
import { momentsOfRecord } from './replay/record.ts';
import { Replay, jumpFrom } from './replay/replay.ts';
import type { Jump } from './replay/replay.ts';

export type Source = 'live' | 'told' | 'record';
export type Connection = 'connecting' | 'open' | 'lost' | 'over';
export type Opened = Pick<
  MatchMoments,
  'match_id' | 'machine' | 'task_id' | 'ruleset' | 'max_rounds' | 'players' | 'seed' | 'verification'
>;

export const speeds = [0.5, 1, 2, 4, 8, 16] as const;
/** Between two moments at speed 1. */
const stepMs = 800;

/** One match on the page: its moments from whichever source, and the cursor. Live is a cursor that stays at the end. */
export class Player {
  readonly id: string;
  readonly failure = signal<Refusal | null>(null);
  readonly opened = signal<Opened | null>(null);
  readonly source = signal<Source>('live');
  readonly connection = signal<Connection>('connecting');
  readonly replay = signal(Replay.opened('', []));
  /** Index of the moment that is shown; -1 before the first. */
  readonly cursor = signal(-1);
  readonly isPinned = signal(true);
  readonly isPlaying = signal(false);
  readonly speed = signal<number>(1);
  readonly selectedAd = signal<string | null>(null);

  readonly last = computed(() => this.replay.value.moments.length - 1);
  readonly moment = computed(() => this.replay.value.moments[this.cursor.value] ?? null);
  readonly board = computed(() => this.replay.value.boardAt(this.cursor.value));
  readonly isLive = computed(() => this.source.value === 'live' && this.connection.value !== 'over');

  #wantedSeq: number | null;
  readonly #endings: (() => void)[] = [];

  constructor(id: string, seq: number | null) {
    this.id = id;
    this.#wantedSeq = seq;
    this.#endings.push(
      effect(() => {
        if (!this.isPlaying.value) return;
        const timer = window.setInterval(() => this.#playOn(), stepMs / this.speed.value);
        return () => window.clearInterval(timer);
      }),
    );
    void this.#load();
  }

  close(): void {
    for (const end of this.#endings.splice(0)) end();
  }

  // --- the cursor ---

  /** To an index, by the viewer: a cursor that is moved to the end of a running match stays there. */
  seek(index: number): void {
    const target = Math.max(0, Math.min(this.last.value, index));
    this.isPinned.value = this.isLive.value && target === this.last.value;
    this.cursor.value = target;
  }

  step(by: number): void {
    this.isPlaying.value = false;
    this.seek(this.cursor.value + by);
  }

  jump(jump: Jump, by: 1 | -1 = 1): void {
    const target = jumpFrom(this.replay.value.moments, this.cursor.value, jump, by);
    if (target === null) return;
    this.isPlaying.value = false;
    this.seek(target);
  }

  toggle(): void {
    if (!this.isPlaying.value && this.cursor.value >= this.last.value && !this.isLive.value) this.seek(0);
    this.isPlaying.value = !this.isPlaying.value;
  }

  faster(by: 1 | -1): void {
    const place = speeds.findIndex((speed) => speed === this.speed.value);
    this.speed.value = speeds[Math.max(0, Math.min(speeds.length - 1, place + by))] ?? 1;
  }

  #playOn(): void {
    if (this.cursor.value < this.last.value) this.seek(this.cursor.value + 1);
    else if (!this.isLive.value) this.isPlaying.value = false;
  }

  // --- the sources ---

  async #load(): Promise<void> {
    try {
      const moments = await getMoments(this.id);
      if (moments.source === 'record') this.#showRecord(moments);
      else await this.#showTold(moments);
      this.failure.value = null;
    } catch (error) {
      this.failure.value = error instanceof Refusal ? error : new Refusal('internal', String(error));
    }
  }

  #showRecord(record: Extract<MatchMoments, { source: 'record' }>): void {
    this.opened.value = record;
    this.source.value = 'record';
    this.connection.value = 'over';
    this.#add(Replay.opened('', record.starting_ads).with(momentsOfRecord(record.moments)));
  }

  async #showTold(told: Extract<MatchMoments, { source: 'spectator' }>): Promise<void> {
    const reader = new FrameReader(await getModel(told.machine));
    this.opened.value = told;
    const isOver = told.frames.at(-1)?.type === 'match_over';
    this.source.value = isOver ? 'told' : 'live';
    const read = (frames: readonly Frame[]) => frames.map((frame) => reader.read(frame));
    this.#add(Replay.opened('', told.starting_ads).with(read(told.frames)));
    if (isOver) {
      this.connection.value = 'over';
      return;
    }
    const end = follow(this.id, told.frames.at(-1)?.seq ?? 0, {
      frame: (frame) => this.#add(this.replay.value.with(read([frame]))),
      connection: (state) => (this.connection.value = state),
      ended: () => void this.#reveal(),
    });
    this.#endings.push(end);
  }

  #add(replay: Replay): void {
    this.replay.value = replay;
    const end = replay.moments.length - 1;
    if (this.#wantedSeq !== null) {
      this.cursor.value = Math.max(0, replay.indexOf(this.#wantedSeq));
      this.isPinned.value = this.isLive.value && this.cursor.value === end;
      this.#wantedSeq = null;
    } else if (this.isPinned.value) this.cursor.value = end;
  }

  /** The match is over: everything may be known now, where the match says so. */
  async #reveal(): Promise<void> {
    this.connection.value = 'over';
    // A viewer who looks at an earlier moment goes on seeing that time of the match.
    const at = this.isPinned.value ? null : (this.moment.value?.at ?? null);
    const moments = await getMoments(this.id).catch(() => null);
    if (moments?.source !== 'record') {
      this.source.value = 'told';
      return;
    }
    this.isPinned.value = at === null;
    this.#showRecord(moments);
    if (at === null) return;
    const index = this.replay.value.moments.findLastIndex((moment) => moment.at <= at);
    this.cursor.value = Math.max(0, index);
  }
}
