import type { ReadonlySignal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { getPicture } from '../live/api.ts';
import type { Direction, Theme } from '../live/api.ts';
import { chartSize, isNarrow, showsCounts, theme } from '../preferences.ts';
import type { Board } from '../timeline/board.ts';
import { fitOf } from './chart-fit.ts';
import type { ChartSize, Extent } from './chart-fit.ts';
import { emphasise } from './chart-marks.ts';

interface ChartViewProps {
  readonly machine: string;
  /** Absent if the chart shows no match. */
  readonly board?: ReadonlySignal<Board>;
}

/** The server's picture of a statechart, inlined so that the page can mark states and transitions. */
export function ChartView({ machine, board }: ChartViewProps) {
  const box = useRef<HTMLDivElement>(null);
  const [pictures, setPictures] = useState<readonly Picture[] | null>([]);
  const colours = theme.value;
  const directions = isNarrow.value ? 'down' : 'right down';
  // Without a match the chart can be as high as it needs, so there is no size to choose.
  const size = board === undefined ? 'readable' : chartSize.value;
  useEffect(() => {
    let isWanted = true;
    picturesOf(machine, directions.split(' ') as Direction[], colours).then(
      (loaded) => isWanted && setPictures(loaded),
      () => isWanted && setPictures(null),
    );
    return () => void (isWanted = false);
  }, [machine, directions, colours]);
  useEffect(() => {
    const element = box.current;
    if (element === null || pictures === null || pictures.length === 0) return;
    return keepFitting(element, pictures, size, board);
  }, [pictures, size, board]);
  return (
    <div
      ref={box}
      class={`chart-view chart-${machine} ${board !== undefined && showsCounts.value ? 'counted' : ''}`}
      role="region"
      aria-label={`Statechart of ${machine}`}
      tabIndex={0}
    >
      {pictures === null ? <p class="note">The chart does not load.</p> : null}
    </div>
  );
}

interface Picture extends Extent {
  readonly direction: Direction;
  readonly svg: SVGSVGElement;
}

const picturesOf = (
  machine: string,
  directions: readonly Direction[],
  colours: Theme,
): Promise<readonly Picture[]> =>
  Promise.all(
    directions.map(async (direction) => {
      const svg = parsed(await getPicture(machine, direction, colours));
      return { direction, svg, width: svg.viewBox.baseVal.width, height: svg.viewBox.baseVal.height };
    }),
  );

/** Inserting the picture is safe: the server draws it, and it contains no text of a player. */
function parsed(text: string): SVGSVGElement {
  const { documentElement } = new DOMParser().parseFromString(text, 'image/svg+xml');
  return document.importNode(documentElement, true) as unknown as SVGSVGElement;
}

/**
 * Shows the picture that fits best, and fits again when the box is resized.
 * @returns a function that stops it
 */
function keepFitting(
  element: HTMLElement,
  pictures: readonly Picture[],
  size: ChartSize,
  board: ReadonlySignal<Board> | undefined,
): () => void {
  let known = '';
  let stop: (() => void) | undefined;
  const observer = new ResizeObserver(() => {
    const height = board === undefined ? Infinity : element.offsetHeight;
    const { direction, scale } = fitOf(pictures, { width: element.clientWidth, height }, size);
    const picture = pictures.find((each) => each.direction === direction);
    if (picture === undefined || known === `${direction} ${scale}`) return;
    known = `${direction} ${scale}`;
    stop?.();
    const { svg } = picture;
    svg.setAttribute('width', String(Math.floor(picture.width * scale)));
    svg.setAttribute('height', String(Math.floor(picture.height * scale)));
    element.replaceChildren(svg);
    if (board !== undefined) stop = emphasise(element, svg, board);
  });
  observer.observe(element);
  return () => {
    observer.disconnect();
    stop?.();
  };
}
