import { useEffect } from 'preact/hooks';
import { speeds } from '../live/playback.ts';
import type { Playback } from '../live/playback.ts';
import { hasShortcuts } from '../preferences.ts';
import { ago, labelOf } from '../timeline/words.ts';

/** The controls that move the cursor, and a description of the current moment. */
export function Transport({ playback }: { readonly playback: Playback }) {
  useEffect(() => listenToKeys(playback), [playback]);
  const isPlaying = playback.isPlaying.value;
  return (
    <div class="transport">
      <div class="buttons" role="group" aria-label="Playback">
        <Button name="To the start (Home)" sign="M4 3v10M13 3 7 8l6 5z" act={() => playback.seek(0)} />
        <Button name="One step back (←)" sign="M11 3 5 8l6 5z" act={() => playback.step(-1)} />
        <button
          class="play"
          type="button"
          aria-label={isPlaying ? 'Pause (space)' : 'Play (space)'}
          onClick={() => playback.toggle()}
        >
          <Sign path={isPlaying ? 'M4 3h3v10H4zM9 3h3v10H9z' : 'M5 3l8 5-8 5z'} />
        </button>
        <Button name="One step on (→)" sign="M5 3l6 5-6 5z" act={() => playback.step(1)} />
        <Button
          name="To the end (End)"
          sign="M3 3l6 5-6 5zM12 3v10"
          act={() => playback.seek(playback.last.value)}
        />
      </div>
      <label class="speed">
        <span class="sr">Speed</span>
        <select
          value={String(playback.speed.value)}
          onChange={({ currentTarget }) => (playback.speed.value = Number(currentTarget.value))}
        >
          {speeds.map((speed) => (
            <option key={speed} value={String(speed)}>
              {speed}×
            </option>
          ))}
        </select>
      </label>
      <div class="buttons words" role="group" aria-label="Jump to the next">
        <button type="button" onClick={() => playback.jump('verdict')}>
          Verdict <kbd>V</kbd>
        </button>
        <button type="button" onClick={() => playback.jump('phase')}>
          Phase <kbd>P</kbd>
        </button>
        <button type="button" onClick={() => playback.jump('mistake')}>
          Mistake <kbd>M</kbd>
        </button>
      </div>
      <Here playback={playback} />
      <label class="keys" title="Letters as shortcuts: V, P, M jump on, with Shift back; L follows live">
        <input
          type="checkbox"
          checked={hasShortcuts.value}
          onChange={({ currentTarget }) => (hasShortcuts.value = currentTarget.checked)}
        />
        Keys
      </label>
    </div>
  );
}

function Here({ playback }: { readonly playback: Playback }) {
  const moment = playback.moment.value;
  const first = playback.replay.value.moments[0];
  if (moment === null) return <p class="here">Nothing has happened yet.</p>;
  return (
    <p class="here">
      <span class="count">
        {playback.cursor.value + 1} / {playback.last.value + 1}
      </span>
      <span class={`who ${moment.role}`}>{moment.role === 'host' ? 'arena' : moment.role}</span>
      <span class="what">{labelOf(moment)}</span>
      <span class="when">{ago(moment.at - (first?.at ?? moment.at))} in</span>
    </p>
  );
}

interface ButtonProps {
  readonly name: string;
  readonly sign: string;
  readonly act: () => void;
}

const Button = ({ name, sign, act }: ButtonProps) => (
  <button type="button" aria-label={name} title={name} onClick={act}>
    <Sign path={sign} />
  </button>
);

const Sign = ({ path }: { readonly path: string }) => (
  <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
    <path d={path} />
  </svg>
);

/** Handles the usual playback keys, and letter shortcuts that the viewer can turn off. */
function listenToKeys(playback: Playback): () => void {
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyped(event.target)) return;
    if (!isScrolled(event.target) && move(playback, event.key)) event.preventDefault();
    else if (hasShortcuts.value) command(playback, event.key, event.shiftKey ? -1 : 1);
  };
  window.addEventListener('keydown', press);
  return () => window.removeEventListener('keydown', press);
}

function isTyped(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, select, textarea') !== null;
}

/** Whether the arrow keys scroll the focused panel. */
function isScrolled(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('.rows, .queue, .chart-view, .ad-panel') !== null;
}

function move(playback: Playback, key: string): boolean {
  switch (key) {
    case 'ArrowRight':
      playback.step(1);
      return true;
    case 'ArrowLeft':
      playback.step(-1);
      return true;
    case 'Home':
      playback.seek(0);
      return true;
    case 'End':
      playback.seek(playback.last.value);
      return true;
    case ' ':
      // The space key presses a focused button.
      if (document.activeElement instanceof HTMLButtonElement) return false;
      playback.toggle();
      return true;
    default:
      return false;
  }
}

function command(playback: Playback, key: string, by: 1 | -1): void {
  switch (key.toLowerCase()) {
    case 'v':
      playback.jump('verdict', by);
      break;
    case 'p':
      playback.jump('phase', by);
      break;
    case 'm':
      playback.jump('mistake', by);
      break;
    case 'l':
      playback.seek(playback.last.value);
      break;
    case '+':
    case '=':
      playback.faster(1);
      break;
    case '-':
      playback.faster(-1);
      break;
    default:
  }
}
