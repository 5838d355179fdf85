import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';

interface RowsProps {
  readonly count: number;
  /** The height of every row, in pixels. */
  readonly height: number;
  readonly label: string;
  /** The index of a row to keep visible; null for none. */
  readonly follow?: number | null;
  readonly row: (index: number) => ComponentChildren;
  /** Called when the reader scrolls close to the last row. */
  readonly nearEnd?: () => void;
}

const spare = 8;

/** A virtual list: the page contains only the visible rows and a few spare ones. */
export function Rows({ count, height, label, follow = null, row, nearEnd }: RowsProps) {
  const box = useRef<HTMLDivElement>(null);
  const [sight, setSight] = useState({ top: 0, height: 600 });
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const look = () => setSight({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, []);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null || follow === null) return;
    const [top, bottom] = [follow * height, (follow + 1) * height];
    if (top < element.scrollTop) element.scrollTop = top;
    else if (bottom > element.scrollTop + element.clientHeight)
      element.scrollTop = bottom - element.clientHeight;
  }, [follow, height, count]);
  const first = Math.max(0, Math.floor(sight.top / height) - spare);
  const end = Math.min(count, Math.ceil((sight.top + sight.height) / height) + spare);
  useLayoutEffect(() => {
    if (end >= count - spare) nearEnd?.();
  }, [end, count, nearEnd]);
  const indexes = Array.from({ length: Math.max(0, end - first) }, (_, offset) => first + offset);
  return (
    <div ref={box} class="rows" role="list" aria-label={label} tabIndex={0}>
      <div class="rows-room" style={{ height: `${count * height}px` }}>
        {indexes.map((index) => (
          <div
            key={index}
            class="rows-row"
            role="listitem"
            aria-setsize={count}
            aria-posinset={index + 1}
            style={{ transform: `translateY(${index * height}px)`, height: `${height}px` }}
          >
            {row(index)}
          </div>
        ))}
      </div>
    </div>
  );
}
