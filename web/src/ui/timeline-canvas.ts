import type { TimelineMoment } from '../timeline/moment.ts';

export interface Colours {
  readonly fraudster: string;
  readonly investigator: string;
  readonly auditor: string;
  readonly host: string;
  readonly line: string;
  readonly muted: string;
  readonly bad: string;
  readonly page: string;
}

/** The layers from top to bottom are mistakes, ticks and turns. */
const [ticksTop, ticksHeight, turnsTop, turnsHeight] = [14, 34, 54, 18] as const;

export function coloursOf(element: Element): Colours {
  const style = getComputedStyle(element);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    fraudster: read('--fraudster'),
    investigator: read('--investigator'),
    auditor: read('--auditor'),
    host: read('--host'),
    line: read('--border'),
    muted: read('--muted'),
    bad: read('--bad'),
    page: read('--panel'),
  };
}

/** The width of one moment. Its upper limit keeps a short match from filling the canvas. */
export const pitchOf = (width: number, count: number): number => Math.min(28, width / Math.max(1, count));

export const indexAt = (x: number, width: number, count: number): number =>
  Math.max(0, Math.min(count - 1, Math.floor(x / Math.max(0.01, pitchOf(width, count)))));

export function drawTimeline(
  canvas: HTMLCanvasElement,
  moments: readonly TimelineMoment[],
  colours: Colours,
): void {
  const scale = window.devicePixelRatio;
  const { clientWidth: width, clientHeight: height } = canvas;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext('2d');
  if (context === null || moments.length === 0) return;
  context.scale(scale, scale);
  const pitch = pitchOf(width, moments.length);
  drawTurns(context, moments, pitch, colours);
  moments.forEach((moment, index) => drawTick(context, moment, index * pitch, pitch, colours));
}

function drawTick(
  context: CanvasRenderingContext2D,
  { kind, role, isMistake }: TimelineMoment,
  x: number,
  pitch: number,
  colours: Colours,
): void {
  const gap = pitch > 4 ? 1.5 : pitch > 2 ? 0.75 : 0;
  const width = Math.max(1, pitch - gap);
  const colour = colours[role];
  const isQuiet =
    kind === 'seat' || kind === 'turn' || kind === 'opening' || kind === 'other' || role === 'host';
  const height = kind === 'verdict' || kind === 'end' ? ticksHeight : isQuiet ? 10 : 22;
  const y = ticksTop + ticksHeight - height;
  const radius = Math.min(2.5, width / 2);
  context.beginPath();
  if (kind === 'refusal') {
    // A refused attempt changes nothing, so its tick is hollow.
    context.roundRect(x + 0.75, y + 0.75, Math.max(1, width - 1.5), height - 1.5, radius);
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    context.stroke();
  } else {
    context.roundRect(x, y, width, height, radius);
    context.fillStyle = colour;
    context.fill();
  }
  if (!isMistake) return;
  const [middle, size] = [x + width / 2, 3.5];
  context.beginPath();
  context.moveTo(middle - size, 3);
  context.lineTo(middle + size, 3);
  context.lineTo(middle, 3 + size * 1.7);
  context.closePath();
  context.fillStyle = colours.bad;
  context.fill();
}

interface Turn {
  readonly phase: string;
  readonly round: number;
  readonly from: number;
  to: number;
}

const initials: Readonly<Record<string, { readonly name: string; readonly role: keyof Colours }>> = {
  fraudster_turn: { name: 'Fraudster', role: 'fraudster' },
  investigator_turn: { name: 'Investigator', role: 'investigator' },
  reviewing: { name: 'Review', role: 'investigator' },
  audit_phase: { name: 'Audit', role: 'auditor' },
};

function drawTurns(
  context: CanvasRenderingContext2D,
  moments: readonly TimelineMoment[],
  pitch: number,
  colours: Colours,
): void {
  context.font = `11px ${getComputedStyle(document.body).fontFamily}`;
  context.textBaseline = 'middle';
  for (const { phase, round, from, to } of turnsOf(moments)) {
    const known = initials[phase];
    if (known === undefined) continue;
    const [x, width] = [from * pitch, (to - from) * pitch];
    context.fillStyle = colours[known.role];
    context.fillRect(x + 0.5, turnsTop, Math.max(1, width - 1.5), 2);
    context.fillStyle = colours.line;
    context.fillRect(x - 0.5, ticksTop, 1, turnsTop + turnsHeight - ticksTop);
    const label = phase === 'audit_phase' ? known.name : `${known.name} ${round}`;
    const text = [label, `${known.name.slice(0, 1)}${phase === 'audit_phase' ? '' : round}`].find(
      (each) => context.measureText(each).width < width - 8,
    );
    if (text === undefined) continue;
    context.fillStyle = colours.muted;
    context.fillText(text, x + 3, turnsTop + 11);
  }
}

/** Groups moments into turns. The event that ends a turn belongs to that turn. */
export function turnsOf(moments: readonly TimelineMoment[]): readonly Turn[] {
  const turns: Turn[] = [];
  let before: TimelineMoment | undefined;
  moments.forEach((moment, index) => {
    // A moment belongs to the phase before it.
    const { phase, round } = before ?? moment;
    const last = turns.at(-1);
    if (last?.phase === phase && last.round === round) last.to = index + 1;
    else turns.push({ phase, round, from: index, to: index + 1 });
    before = moment;
  });
  return turns;
}
