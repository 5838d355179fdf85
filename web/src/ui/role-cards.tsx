import { roles } from '../../../src/game/command.ts';
import type { Role } from '../../../src/game/command.ts';
import type { Playback } from '../live/playback.ts';
import type { Board } from '../timeline/board.ts';
import { textOf } from '../timeline/moment.ts';
import type { TimelineMoment } from '../timeline/moment.ts';
import { labelOf, plain, signed } from '../timeline/words.ts';

const turnOf: Readonly<Record<Role, readonly string[]>> = {
  fraudster: ['fraudster_turn'],
  investigator: ['investigator_turn', 'reviewing'],
  auditor: ['audit_phase'],
};

/** One card for each role: its player, its last action and reason, and its rewards. */
export function RoleCards({ playback }: { readonly playback: Playback }) {
  const shown = playback.opened.value?.machine === 'review' ? roles.slice(1, 2) : roles;
  return (
    <section class="role-cards" aria-label="Players">
      {shown.map((role) => (
        <RoleCard key={role} role={role} playback={playback} />
      ))}
    </section>
  );
}

function RoleCard({ role, playback }: { readonly role: Role; readonly playback: Playback }) {
  const board = playback.board.value;
  const last = lastOf(playback.replay.value.moments, playback.cursor.value, role);
  const isOnTurn = turnOf[role].includes(board.phase);
  const rationale = last === null ? '' : textOf(last.action ?? {}, 'rationale') || textOf(last.data, 'note');
  return (
    <article class={`panel role-card ${role} ${isOnTurn ? 'on-turn' : ''}`}>
      <header>
        <h2>{role}</h2>
        <span class="player">{playback.opened.value?.players[role] ?? ''}</span>
        {isOnTurn ? <span class="turn-mark">on turn</span> : null}
        <Earned role={role} board={board} isTold={playback.rewarded.value.includes(role)} />
      </header>
      <p class="did">
        {last === null ? <span class="none">Nothing yet</span> : labelOf(last)}
        {last?.reward === null || last?.reward === undefined ? null : <Reward value={last.reward} />}
      </p>
      <p class="why">{rationale}</p>
      {presenceNote(board, role)}
    </article>
  );
}

function presenceNote({ presence }: Board, role: Role) {
  const state = presence[role];
  return state === 'dropped' ? <p class="presence">cut off; the seat is kept</p> : null;
}

interface EarnedProps {
  readonly role: Role;
  readonly board: Board;
  readonly isTold: boolean;
}

function Earned({ role, board, isTold }: EarnedProps) {
  const final = board.result?.rewards[role];
  if (final !== undefined)
    return (
      <span class="earned" title="Reward of the whole match">
        <small>final</small> {signed(final, 3)}
      </span>
    );
  if (!isTold) return null;
  return (
    <span class="earned" title="Sum of the step rewards until here">
      <small>steps</small> {signed(board.earned[role])}
    </span>
  );
}

export const Reward = ({ value }: { readonly value: number }) => (
  <span class={`reward ${value > 0.001 ? 'good' : value < -0.001 ? 'bad' : ''}`}>{signed(value)}</span>
);

/** The role's last action. Taking or leaving a seat does not count. */
function lastOf(moments: readonly TimelineMoment[], cursor: number, role: Role): TimelineMoment | null {
  for (let index = cursor; index >= 0; index -= 1) {
    const moment = moments[index];
    if (moment?.role === role && moment.kind !== 'seat') return moment;
  }
  return null;
}

/** The parts of the final rewards and the grade, under the names that the grading uses. */
export function Parts({ board }: { readonly board: Board }) {
  const parts = Object.entries(board.result?.parts ?? {});
  if (parts.length === 0) return null;
  return (
    <section class="panel parts" aria-labelledby="parts-title">
      <h2 id="parts-title">What the result is made of</h2>
      <dl>
        {parts.map(([name, value]) => (
          <div key={name}>
            <dt>{plain(name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase())}</dt>
            <dd>{Number.isInteger(value) ? value : value.toFixed(3)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
