import { useRef } from 'preact/hooks';
import { roles } from '../../../src/game/command.ts';
import type { Playback } from '../live/playback.ts';
import { viewerOf } from '../timeline/moment.ts';
import { go, matchPath } from '../route.ts';

/** Selects the point of view. A role's view requires the token of its seat. */
export function ViewAs({ playback }: { readonly playback: Playback }) {
  const token = useRef<HTMLInputElement>(null);
  const isLocked = playback.isLocked.value;
  const shown = playback.viewer ?? (playback.source.value === 'record' ? 'everything' : 'spectator');
  const choices = [...(playback.isRevealed.value ? ['everything'] : []), 'spectator', ...roles];
  return (
    <form
      class="view-as"
      onSubmit={(event) => {
        event.preventDefault();
        void playback.unlock(token.current?.value.trim() ?? '');
      }}
    >
      <label>
        <span>View as</span>
        <select
          value={shown}
          onChange={({ currentTarget }) => go(matchPath(playback.id, viewerOf(currentTarget.value), null))}
        >
          {choices.map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </select>
      </label>
      {isLocked ? (
        <>
          <label>
            <span>Seat token</span>
            <input ref={token} key={shown} type="password" autocomplete="off" required />
          </label>
          <button type="submit">Look</button>
          <p class="bad" role="alert">
            {playback.failure.value?.message}
          </p>
        </>
      ) : null}
    </form>
  );
}
