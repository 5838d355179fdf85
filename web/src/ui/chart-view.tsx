import { effect } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { getPicture } from '../live/api.ts';
import { isNarrow, prefersStill, theme } from '../preferences.ts';
import type { Board } from '../replay/board.ts';

interface ChartViewProps {
  readonly machine: string;
  /** Absent where no match is shown on the chart. */
  readonly board?: ReadonlySignal<Board>;
}

/** The server's picture of a statechart, in the page, so that states and transitions can be emphasised. */
export function ChartView({ machine, board }: ChartViewProps) {
  const box = useRef<HTMLDivElement>(null);
  const [isBroken, setBroken] = useState(false);
  const direction = isNarrow.value ? 'down' : 'right';
  const colours = theme.value;
  useEffect(() => {
    const abort = new AbortController();
    let stop: (() => void) | undefined;
    getPicture(machine, direction, colours)
      .then((text) => {
        const element = box.current;
        if (abort.signal.aborted || element === null) return;
        const picture = pictureOf(text);
        element.replaceChildren(picture);
        setBroken(false);
        if (board !== undefined) stop = emphasise(element, picture, board);
      })
      .catch(() => setBroken(true));
    return () => {
      abort.abort();
      stop?.();
    };
  }, [machine, direction, colours, board]);
  return (
    <div
      ref={box}
      class={`chart-view chart-${machine} to-${direction}`}
      role="region"
      aria-label={`Statechart of ${machine}`}
      tabIndex={0}
    >
      {isBroken ? <p class="note">The chart does not load.</p> : null}
    </div>
  );
}

/** Our server's own bytes: no text of a player is in a chart. */
function pictureOf(text: string): SVGSVGElement {
  const { documentElement } = new DOMParser().parseFromString(text, 'image/svg+xml');
  return document.importNode(documentElement, true) as unknown as SVGSVGElement;
}

/** Keeps classes on the picture's parts as the board wants them. @returns what ends that */
function emphasise(element: HTMLElement, picture: SVGSVGElement, board: ReadonlySignal<Board>): () => void {
  const states = byName(picture, 'g[data-state]', 'data-state');
  const edges = byName(picture, '[data-edge]', 'data-edge');
  const lanes = byName(picture, 'g.lane', 'data-lane');
  const parts = new Map(
    [...edges].map(([edge, rows]) => [edge, rows.flatMap((row) => withLine(row, lanes))]),
  );
  const partsOf = (edge: string): readonly Element[] => parts.get(edge) ?? [];
  let marked = new Map<Element, string>();
  let phase: string | null = null;
  return effect(() => {
    const { phase: active, lastEdges, taken } = board.value;
    const wanted = new Map<Element, string>();
    for (const part of [...taken].flatMap(partsOf)) wanted.set(part, 'taken');
    for (const part of lastEdges.flatMap(partsOf)) wanted.set(part, 'last');
    for (const part of states.get(active) ?? []) wanted.set(part, 'active');
    remark(marked, wanted);
    marked = wanted;
    const [shown] = states.get(active) ?? [];
    if (active !== phase && shown !== undefined) reveal(element, shown, phase === null);
    phase = active;
  });
}

/** A line has no names of its own where it bears a card: the card's rows have them. */
function withLine(row: Element, lanes: ReadonlyMap<string, readonly Element[]>): readonly Element[] {
  const [card, from] = [row.closest('g.card'), row.closest('g.anywhere')];
  const lane = card?.getAttribute('data-lane') ?? null;
  return [
    row,
    ...(card === null ? [] : [card]),
    ...(lane === null ? [] : (lanes.get(lane) ?? [])),
    ...(from === null ? [] : [from]),
  ];
}

/** Touches only what changes: each class that is set makes the browser look at the picture anew. */
function remark(marked: ReadonlyMap<Element, string>, wanted: ReadonlyMap<Element, string>): void {
  for (const [part, mark] of marked) if (wanted.get(part) !== mark) part.classList.remove(mark);
  for (const [part, mark] of wanted) if (marked.get(part) !== mark) part.classList.add(mark);
}

function byName(picture: SVGSVGElement, selector: string, name: string): Map<string, Element[]> {
  const parts = new Map<string, Element[]>();
  for (const part of picture.querySelectorAll(selector)) {
    const key = part.getAttribute(name) ?? '';
    parts.set(key, [...(parts.get(key) ?? []), part]);
  }
  return parts;
}

/** Brings the active state to the middle where it is not well in sight. */
function reveal(element: HTMLElement, shown: Element, isFirst: boolean): void {
  const [outer, inner] = [element.getBoundingClientRect(), shown.getBoundingClientRect()];
  const isInSight =
    inner.left >= outer.left + 24 &&
    inner.right <= outer.right - 24 &&
    inner.top >= outer.top &&
    inner.bottom <= outer.bottom;
  if (isInSight) return;
  element.scrollTo({
    left: element.scrollLeft + inner.left - outer.left - (outer.width - inner.width) / 2,
    top: element.scrollTop + inner.top - outer.top - (outer.height - inner.height) / 2,
    behavior: isFirst || prefersStill.value ? 'instant' : 'smooth',
  });
}
