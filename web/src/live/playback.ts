import { computed, effect, signal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import type { Role, Viewer } from '../../../src/game/command.ts';
import type { MatchMoments } from '../../../src/protocol/moments.ts';
import { getModel, getMoments, Refusal } from './api.ts';
import { keepToken, keptToken } from './seat-tokens.ts';
import { follow } from './stream.ts';
import { FrameReader, isAudit } from '../timeline/frames.ts';
import type { Frame } from '../timeline/frames.ts';
import { fieldsOf, roleOf } from '../timeline/moment.ts';
import { momentsOfRecord } from '../timeline/record.ts';
import { Replay, jumpFrom } from '../timeline/replay.ts';
import type { Jump } from '../timeline/replay.ts';

export type Source = 'live' | 'told' | 'record';
export type Connection = 'connecting' | 'open' | 'lost' | 'over';
export type Opened = Pick<
  MatchMoments,
  'match_id' | 'machine' | 'task_id' | 'ruleset' | 'max_rounds' | 'players' | 'seed' | 'verification'
>;

type ToldMoments = Exclude<MatchMoments, { source: 'record' }>;

export const speeds = [0.5, 1, 2, 4, 8, 16] as const;
/** The time between two moments at speed 1. */
const stepMs = 800;

/**
 * Plays one match on the page: its moments and a cursor. In a live match the cursor can stay pinned to the
 * end.
 */
export class Playback {
  readonly id: string;
  /** The chosen point of view; null shows everything that is public. */
  readonly viewer: Viewer | null;
  /** Whether the page asks for the seat's token. */
  readonly isLocked: Signal<boolean>;
  readonly failure = signal<Refusal | null>(null);
  readonly opened = signal<Opened | null>(null);
  readonly source = signal<Source>('live');
  readonly connection = signal<Connection>('connecting');
  readonly replay = signal(Replay.opened('', []));
  /** The index of the moment on the page; -1 before the first. */
  readonly cursor = signal(-1);
  readonly isPinned = signal(true);
  readonly isPlaying = signal(false);
  readonly speed = signal<number>(1);
  readonly selectedAd = signal<string | null>(null);

  readonly last = computed(() => this.replay.value.moments.length - 1);
  readonly moment = computed(() => this.replay.value.moments[this.cursor.value] ?? null);
  readonly board = computed(() => this.replay.value.boardAt(this.cursor.value));
  readonly isLive = computed(() => this.source.value === 'live' && this.connection.value !== 'over');

  /** The policies in the match's first event. */
  readonly #policies = computed(() => {
    const opening = this.replay.value.moments.find(({ event }) => event === 'match.created');
    return fieldsOf(opening?.data['policies']);
  });
  /** Whether the viewer may see everything now. */
  readonly isRevealed = computed(
    () =>
      this.source.value === 'record' ||
      (this.connection.value === 'over' && this.#policies.value['reveal_at_end'] === true),
  );
  /** The roles whose step rewards the source contains. */
  readonly rewarded = computed<readonly Role[]>(() => {
    if (this.source.value === 'record') return ['fraudster', 'investigator'];
    const isTold = this.#role === 'fraudster' || this.#role === 'investigator';
    return isTold && this.#policies.value['step_rewards'] === 'shown' ? [this.#role] : [];
  });

  readonly #role: Role | null;
  #token: string;
  #wantedSeq: number | null;
  /** Every frame received so far. */
  #frames: Frame[] = [];
  #reader: FrameReader | null = null;
  #isClosed = false;
  #isUnlocking = false;
  readonly #endings: (() => void)[] = [];

  constructor(id: string, viewer: Viewer | null, seq: number | null) {
    this.id = id;
    this.viewer = viewer;
    this.#role = roleOf(viewer);
    this.#token = this.#role === null ? '' : keptToken(id, this.#role);
    this.isLocked = signal(this.#role !== null && this.#token === '');
    this.#wantedSeq = seq;
    this.#endings.push(
      effect(() => {
        if (!this.isPlaying.value) return;
        const timer = window.setInterval(() => this.#playOn(), stepMs / this.speed.value);
        return () => window.clearInterval(timer);
      }),
    );
    if (!this.isLocked.value) void this.#load();
  }

  close(): void {
    this.#isClosed = true;
    for (const end of this.#endings.splice(0)) end();
  }

  /** Loads a seat's view with the seat's token. */
  async unlock(token: string): Promise<void> {
    // A second call would open a second stream.
    if (this.#isUnlocking) return;
    this.#isUnlocking = true;
    this.#token = token;
    await this.#load();
    this.#isUnlocking = false;
  }

  // --- the cursor ---

  /** Moves the cursor to an index. At the end of a running match the cursor stays pinned to the end. */
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
      const moments = await this.#ask();
      if (this.#role !== null) keepToken(this.id, this.#role, this.#token);
      this.isLocked.value = false;
      this.failure.value = null;
      if (moments.source === 'record') this.#showRecord(moments);
      else await this.#showTold(moments);
    } catch (error) {
      this.#fail(error instanceof Refusal ? error : new Refusal('internal', String(error)));
    }
  }

  #ask(): Promise<MatchMoments> {
    return getMoments(this.id, { viewer: this.viewer, token: this.#token });
  }

  #fail(refusal: Refusal): void {
    this.failure.value = refusal;
    if (!refusal.isOfSeat || this.#role === null) return;
    keepToken(this.id, this.#role, '');
    this.isLocked.value = true;
  }

  #showRecord(record: Extract<MatchMoments, { source: 'record' }>): void {
    this.opened.value = record;
    this.source.value = 'record';
    this.connection.value = 'over';
    this.#add(Replay.opened('', record.starting_ads).with(momentsOfRecord(record.moments)));
  }

  async #showTold(told: ToldMoments): Promise<void> {
    await this.#read(told);
    if (this.source.value === 'told' || this.#isClosed) return;
    const eyes = { viewer: this.viewer, token: this.#token };
    const end = follow(this.id, eyes, this.#frames.at(-1)?.seq ?? 0, {
      frame: (frame) => void this.#hear(frame),
      connection: (state) => (this.connection.value = state),
      ended: () => void this.#reveal(),
      refused: (refusal) => this.#fail(refusal),
    });
    this.#endings.push(end);
  }

  /** Rebuilds the moments from all frames received so far. */
  async #read(told: ToldMoments): Promise<void> {
    const view = told.source === 'spectator' ? {} : told.view;
    const reader = new FrameReader(await getModel(told.machine), told.source, view);
    const newest = told.frames.at(-1)?.seq ?? 0;
    // The stream may have delivered newer frames meanwhile.
    this.#frames = [...told.frames, ...this.#frames.filter(({ seq }) => seq > newest)];
    this.#reader = reader;
    this.opened.value = told;
    const isOver = this.#frames.at(-1)?.type === 'match_over';
    this.source.value = isOver ? 'told' : 'live';
    if (isOver) this.connection.value = 'over';
    this.#add(Replay.opened('', told.starting_ads).with(this.#frames.map((frame) => reader.read(frame))));
  }

  async #hear(frame: Frame): Promise<void> {
    this.#frames.push(frame);
    if (this.#reader !== null) this.#add(this.replay.value.with([this.#reader.read(frame)]));
    if (this.#role !== 'auditor' || !isAudit(frame)) return;
    // No frame contains the review that the auditor may read from now on. If the request fails, the page
    // keeps what it has.
    const fresh = await this.#ask().catch(() => null);
    if (fresh !== null && fresh.source !== 'record') await this.#read(fresh);
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

  /** Loads the record after the match, if the match opens it. */
  async #reveal(): Promise<void> {
    this.connection.value = 'over';
    // A cursor on an earlier moment stays at that moment's time.
    const at = this.isPinned.value ? null : (this.moment.value?.at ?? null);
    const moments = await this.#ask().catch(() => null);
    this.isPinned.value = at === null;
    if (moments === null) this.source.value = 'told';
    else if (moments.source === 'record') this.#showRecord(moments);
    else await this.#read(moments);
    if (at === null) return;
    const index = this.replay.value.moments.findLastIndex((moment) => moment.at <= at);
    this.cursor.value = Math.max(0, index);
  }
}
