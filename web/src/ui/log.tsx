import { useComputed, useSignal } from '@preact/signals';
import { roles } from '../../../src/game/command.ts';
import type { Role } from '../../../src/game/command.ts';
import type { Playback } from '../live/playback.ts';
import { textOf } from '../timeline/moment.ts';
import type { TimelineMoment } from '../timeline/moment.ts';
import { labelOf } from '../timeline/words.ts';
import { Reward } from './role-cards.tsx';
import { Rows } from './rows.tsx';

type Filter = 'all' | Role;
const filters: readonly Filter[] = ['all', ...roles];
const rowHeight = 46;

/** Lists the moments of all roles or of one. A click on a row moves the cursor to its moment. */
export function Log({ playback }: { readonly playback: Playback }) {
  const filter = useSignal<Filter>('all');
  const shown = useComputed(() =>
    playback.replay.value.moments
      .map((moment, index) => ({ moment, index }))
      .filter(({ moment }) => filter.value === 'all' || moment.role === filter.value),
  );
  const rows = shown.value;
  const current = rows.findLastIndex(({ index }) => index <= playback.cursor.value);
  return (
    <section class="panel log-panel" aria-labelledby="log-title">
      <header>
        <h2 id="log-title">Record</h2>
        <div class="segments small" role="group" aria-label="Whose">
          {filters.map((each) => (
            <button
              key={each}
              type="button"
              class={each}
              aria-pressed={filter.value === each}
              onClick={() => (filter.value = each)}
            >
              {each}
            </button>
          ))}
        </div>
      </header>
      <Rows
        count={rows.length}
        height={rowHeight}
        label="What happened"
        follow={current === -1 ? null : current}
        row={(at) => {
          const row = rows[at];
          return row === undefined ? null : (
            <LogRow
              moment={row.moment}
              state={
                row.index === playback.cursor.value ? 'now' : row.index > playback.cursor.value ? 'later' : ''
              }
              act={() => {
                playback.isPlaying.value = false;
                playback.seek(row.index);
              }}
            />
          );
        }}
      />
    </section>
  );
}

interface LogRowProps {
  readonly moment: TimelineMoment;
  readonly state: string;
  readonly act: () => void;
}

function LogRow({ moment, state, act }: LogRowProps) {
  const { role, seq, kind, reward, isMistake, data, action } = moment;
  const detail =
    textOf(action ?? {}, 'rationale') ||
    textOf(data, 'note') ||
    textOf(data, 'message') ||
    textOf(data, 'reason');
  return (
    <button
      type="button"
      class={`log-row ${role} is-${kind} ${state} ${isMistake ? 'mistake' : ''}`}
      aria-current={state === 'now' ? 'step' : undefined}
      onClick={act}
    >
      <span class="seq">{seq}</span>
      <span class="what">
        {role === 'host' ? null : <b>{role} </b>}
        {labelOf(moment)}
      </span>
      {reward === null ? null : <Reward value={reward} />}
      {detail === '' ? null : <span class="detail">{detail}</span>}
    </button>
  );
}
