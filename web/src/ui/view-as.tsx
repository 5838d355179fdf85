import { useRef } from 'preact/hooks';
import type { Player } from '../player.ts';
import { roles, viewerOf } from '../replay/moment.ts';
import { go, matchPath } from '../route.ts';

/** As whom the match is looked at. A role is asked for the token of its seat. */
export function ViewAs({ player }: { readonly player: Player }) {
  const token = useRef<HTMLInputElement>(null);
  const isLocked = player.isLocked.value;
  const shown = player.viewer ?? (player.source.value === 'record' ? 'everything' : 'spectator');
  const choices = [...(player.isRevealed.value ? ['everything'] : []), 'spectator', ...roles];
  return (
    <form
      class="view-as"
      onSubmit={(event) => {
        event.preventDefault();
        void player.unlock(token.current?.value.trim() ?? '');
      }}
    >
      <label>
        <span>View as</span>
        <select
          value={shown}
          onChange={({ currentTarget }) => go(matchPath(player.id, viewerOf(currentTarget.value), null))}
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
            {player.failure.value?.message}
          </p>
        </>
      ) : null}
    </form>
  );
}
