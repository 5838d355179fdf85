import { useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { Role } from '../../../src/game/command.ts';
import type { Playback } from '../live/playback.ts';
import { theme } from '../preferences.ts';
import { signed } from '../timeline/words.ts';
import { coloursOf } from './timeline-canvas.ts';

const height = 150;

/** Plots the running sums of the known step rewards and the position of the cursor. */
export function Rewards({ playback }: { readonly playback: Playback }) {
  const rewarded = playback.rewarded.value;
  const isTold = rewarded.length > 0;
  return (
    <section class="panel rewards" aria-labelledby="rewards-title">
      <header>
        <h2 id="rewards-title">Step rewards</h2>
        {isTold ? <Sums playback={playback} /> : null}
      </header>
      {isTold ? <Plot playback={playback} whose={rewarded} /> : <p class="none">{untold(playback)}</p>}
    </section>
  );
}

const untold = ({ viewer }: Playback): string =>
  viewer === null ? 'Told after the end of the match.' : `Not told to the ${viewer} step by step.`;

function Sums({ playback }: { readonly playback: Playback }) {
  const { earned } = playback.board.value;
  return (
    <span class="note">
      {playback.rewarded.value.map((role) => (
        <span key={role} class={`key ${role}`}>
          {role} {signed(earned[role])}
        </span>
      ))}
    </span>
  );
}

interface PlotProps {
  readonly playback: Playback;
  readonly whose: readonly Role[];
}

function Plot({ playback, whose }: PlotProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  useSignalEffect(() => {
    const { moments } = playback.replay.value;
    const [element, colours] = [box.current, theme.value];
    if (element === null) return;
    element.dataset['theme'] = colours;
    const boards = moments.map((_, index) => playback.replay.value.boardAt(index).earned);
    const data: uPlot.AlignedData = [
      moments.map((_, index) => index),
      ...whose.map((role) => boards.map((earned) => earned[role])),
    ];
    const frame = requestAnimationFrame(() => {
      plot.current?.destroy();
      plot.current = new uPlot(optionsFor(element, whose), data, element);
      place(playback.cursor.peek());
    });
    return () => cancelAnimationFrame(frame);
  });
  const hand = useRef<HTMLDivElement>(null);
  const place = (cursor: number) => {
    if (hand.current === null || plot.current === null) return;
    // A separate element marks the cursor, so scrubbing does not redraw the plot.
    const x = plot.current.valToPos(cursor, 'x') + plot.current.bbox.left / devicePixelRatio;
    hand.current.style.transform = `translateX(${x}px)`;
  };
  useSignalEffect(() => place(playback.cursor.value));
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      plot.current?.setSize({ width: element.clientWidth, height });
      place(playback.cursor.peek());
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.current?.destroy();
    };
  }, []);
  return (
    <div
      ref={box}
      class="plot"
      role="img"
      aria-label={`Running sums of the step rewards of ${whose.join(' and ')}`}
    >
      <div ref={hand} class="plot-hand" />
    </div>
  );
}

function optionsFor(element: HTMLElement, whose: readonly Role[]): uPlot.Options {
  const colours = coloursOf(element);
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  const line = (label: string, stroke: string): uPlot.Series => ({
    label,
    stroke,
    width: 2,
    points: { show: false },
    ...(stepped === undefined ? {} : { paths: stepped }),
  });
  const grid = { stroke: colours.line, width: 1 };
  const font = `11px ${getComputedStyle(document.body).fontFamily}`;
  return {
    width: element.clientWidth,
    height,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false } },
    axes: [
      { show: false },
      {
        stroke: colours.muted,
        grid,
        font,
        size: 38,
        space: 28,
        ticks: { show: false },
        values: (_, ticks) => ticks.map((tick) => signed(tick, 1)),
      },
    ],
    series: [{}, ...whose.map((role) => line(role, colours[role]))],
  };
}
