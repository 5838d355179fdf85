import { effect } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { prefersStill, showsCounts } from '../preferences.ts';
import type { Board } from '../timeline/board.ts';

/** Keeps the picture's marks and counts in step with the board. @returns a function that stops it */
export function emphasise(
  element: HTMLElement,
  picture: SVGSVGElement,
  board: ReadonlySignal<Board>,
): () => void {
  const edges = byName(picture, '[data-edge]', 'data-edge');
  const endMarks = mark(element, picture, edges, board);
  const endCounts = count(edges, board);
  return () => {
    endMarks();
    endCounts();
  };
}

type Parts = ReadonlyMap<string, readonly Element[]>;

function mark(
  element: HTMLElement,
  picture: SVGSVGElement,
  edges: Parts,
  board: ReadonlySignal<Board>,
): () => void {
  const states = byName(picture, 'g[data-state]', 'data-state');
  const lanes = byName(picture, 'g.lane', 'data-lane');
  const parts = new Map(
    [...edges].map(([edge, rows]) => [edge, rows.flatMap((row) => withLine(row, lanes))]),
  );
  const partsOf = (edge: string): readonly Element[] => parts.get(edge) ?? [];
  let marked = new Map<Element, string>();
  let phase: string | null = null;
  const end = effect(() => {
    const { phase: active, lastEdges, counts } = board.value;
    const wanted = new Map<Element, string>();
    for (const part of [...counts.keys()].flatMap(partsOf)) wanted.set(part, 'taken');
    for (const part of lastEdges.flatMap(partsOf)) wanted.set(part, 'last');
    for (const part of states.get(active) ?? []) wanted.set(part, 'active');
    remark(marked, wanted);
    marked = wanted;
    const [shown] = states.get(active) ?? [];
    if (active !== phase && shown !== undefined) reveal(element, shown, phase === null);
    phase = active;
  });
  return () => {
    end();
    remark(marked, new Map());
  };
}

/** Writes how many times the match took each transition into the picture's text slots. */
function count(edges: Parts, board: ReadonlySignal<Board>): () => void {
  const slots = [...edges].flatMap(([edge, rows]) =>
    rows.flatMap((row) => [...row.querySelectorAll('text.count')].map((slot) => ({ edge, slot, shown: '' }))),
  );
  return effect(() => {
    if (!showsCounts.value) return;
    const { counts } = board.value;
    for (const each of slots) {
      const taken = counts.get(each.edge);
      const wanted = taken === undefined ? '' : `×${taken}`;
      if (each.shown === wanted) continue;
      each.slot.textContent = wanted;
      each.shown = wanted;
    }
  });
}

/** A row on a card also marks the card and its line, because only the rows name transitions. */
function withLine(row: Element, lanes: Parts): readonly Element[] {
  const [card, from] = [row.closest('g.card'), row.closest('g.anywhere')];
  const lane = card?.getAttribute('data-lane') ?? null;
  return [
    row,
    ...(card === null ? [] : [card]),
    ...(lane === null ? [] : (lanes.get(lane) ?? [])),
    ...(from === null ? [] : [from]),
  ];
}

/** Changes only the classes that differ, because every change makes the browser restyle the picture. */
function remark(marked: ReadonlyMap<Element, string>, wanted: ReadonlyMap<Element, string>): void {
  for (const [part, name] of marked) if (wanted.get(part) !== name) part.classList.remove(name);
  for (const [part, name] of wanted) if (marked.get(part) !== name) part.classList.add(name);
}

function byName(picture: SVGSVGElement, selector: string, name: string): Parts {
  const parts = new Map<string, Element[]>();
  for (const part of picture.querySelectorAll(selector)) {
    const key = part.getAttribute(name) ?? '';
    parts.set(key, [...(parts.get(key) ?? []), part]);
  }
  return parts;
}

/** Scrolls the active state to the middle unless it is fully visible. */
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
