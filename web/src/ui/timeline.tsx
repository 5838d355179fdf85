import { useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Playback } from '../live/playback.ts';
import { theme } from '../preferences.ts';
import { labelOf, phaseName } from '../timeline/words.ts';
import { coloursOf, drawTimeline, indexAt, pitchOf } from './timeline-canvas.ts';

/** Draws the whole match as ticks in the roles' colours. It is also the slider that moves the cursor. */
export function Timeline({ playback }: { readonly playback: Playback }) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const hand = useRef<HTMLDivElement>(null);
  const draw = () => {
    const { current } = canvas;
    if (current !== null) drawTimeline(current, playback.replay.peek().moments, coloursOf(current));
  };
  const place = (cursor: number, count: number) => {
    if (hand.current === null || box.current === null) return;
    const x = (cursor + 0.5) * pitchOf(box.current.clientWidth, count);
    hand.current.style.transform = `translateX(${x}px)`;
  };
  useSignalEffect(() => {
    const [element, count] = [canvas.current, playback.replay.value.moments.length];
    if (element === null || count === 0) return;
    element.dataset['theme'] = theme.value;
    // The canvas can read the colours only after the page applies its theme.
    requestAnimationFrame(draw);
  });
  useSignalEffect(() => place(playback.cursor.value, playback.last.value + 1));
  useEffect(() => {
    if (canvas.current === null) return;
    const observer = new ResizeObserver(() => {
      draw();
      place(playback.cursor.peek(), playback.last.peek() + 1);
    });
    observer.observe(canvas.current);
    return () => observer.disconnect();
  }, []);
  const seek = (event: PointerEvent) => {
    const bounds = box.current?.getBoundingClientRect();
    if (bounds === undefined) return;
    playback.isPlaying.value = false;
    playback.seek(indexAt(event.clientX - bounds.left, bounds.width, playback.last.value + 1));
  };
  return (
    <div
      ref={box}
      class="timeline"
      {...sliderOf(playback)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        seek(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) seek(event);
      }}
    >
      <canvas ref={canvas} aria-hidden="true" />
      <div ref={hand} class="hand" />
    </div>
  );
}

function sliderOf(playback: Playback) {
  const moment = playback.moment.value;
  const said =
    moment === null
      ? 'Nothing yet'
      : `${moment.seq}: ${moment.role === 'host' ? '' : `${moment.role} `}${labelOf(moment)}, ${phaseName(moment.phase)}, round ${moment.round}`;
  return {
    role: 'slider' as const,
    tabIndex: 0,
    'aria-label': 'Moment of the match',
    'aria-valuemin': 0,
    'aria-valuemax': Math.max(0, playback.last.value),
    'aria-valuenow': Math.max(0, playback.cursor.value),
    'aria-valuetext': said,
  };
}
