import { useSignal, useSignalEffect } from '@preact/signals';
import { useCallback, useEffect, useMemo } from 'preact/hooks';
import { roles } from '../../../src/game/command.ts';
import { Lobby, isFinished, noFilters } from '../live/lobby.ts';
import type { Filters, Finished, Listed } from '../live/lobby.ts';
import { name } from '../route.ts';
import { ago, phaseName, plain, signed, taskName } from '../timeline/words.ts';
import { Rows } from '../ui/rows.tsx';
import { Spark } from '../ui/spark.tsx';

const tasks = ['task_1', 'task_2', 'task_3', 'task_3_unseen'];
const phases = ['fraudster_turn', 'investigator_turn', 'audit_phase', 'done', 'aborted'];
const endings = [
  'all_decided',
  'steps_spent',
  'max_rounds',
  'timeout',
  'commit_final',
  'investigator_done',
  'aborted',
];
const rowHeight = 46;

/** Lists every match of this server, the running ones first. */
export function MatchesPage() {
  const lobby = useMemo(() => new Lobby(filtersOf(location.search)), []);
  useEffect(() => () => lobby.close(), [lobby]);
  useEffect(() => {
    document.title = 'Matches · FraudArena';
  }, []);
  const now = useSignal(Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => (now.value = Date.now()), 1_000);
    return () => window.clearInterval(timer);
  }, [now]);
  useSignalEffect(() => {
    const set = Object.entries(lobby.filters.value).filter(([, value]) => value !== '');
    name(set.length === 0 ? '/' : `/?${new URLSearchParams(set).toString()}`);
  });
  const more = useCallback(() => void lobby.more(), [lobby]);
  const rows = lobby.rows.value;
  return (
    <div class="matches-page">
      <header class="matches-head">
        <h1>Matches</h1>
        <p class="totals" aria-live="polite">
          <b>{lobby.total.value.active}</b> running <b>{lobby.total.value.finished}</b> finished
        </p>
        <FilterBar lobby={lobby} />
      </header>
      <section class="panel match-list" aria-label="List of matches">
        <div class="list-row list-head" aria-hidden="true">
          <span>Phase</span>
          <span>Match</span>
          <span>Players</span>
          <span>Round</span>
          <span>Ending</span>
          <span class="number">Grade</span>
          <span>Rewards</span>
          <span class="number">Age</span>
        </div>
        {rows.length === 0 ? <Empty lobby={lobby} /> : null}
        <Rows
          count={rows.length}
          height={rowHeight}
          label="Matches"
          nearEnd={more}
          row={(index) => {
            const row = rows[index];
            return row === undefined ? null : <Row row={row} now={now.value} />;
          }}
        />
      </section>
    </div>
  );
}

function Empty({ lobby }: { readonly lobby: Lobby }) {
  const failure = lobby.failure.value;
  if (failure !== null)
    return (
      <p class="none empty" role="alert">
        {failure.message}
      </p>
    );
  if (!lobby.isLoaded.value) return <p class="none empty">Loading</p>;
  return (
    <p class="none empty">
      No match fits. Play one: <code>arena play --server {location.origin}</code>
    </p>
  );
}

function Row({ row, now }: { readonly row: Listed; readonly now: number }) {
  const { match_id: id, phase, task_id: task, ruleset, players } = row;
  const finished = isFinished(row) ? row : null;
  const from = isFinished(row) ? row.archived_at : row.started_at;
  return (
    <a class="list-row" href={`/match/${encodeURIComponent(id)}`}>
      <span>
        <span class={`phase-chip ${phase}`}>{phaseName(phase)}</span>
      </span>
      <span class="name">
        <b>{taskName(task)}</b> <span class="note">{ruleset}</span>
        <code>{id}</code>
      </span>
      <span class="players">
        {roles.map((role) => (
          <span key={role} class={role}>
            <span class="sr">{role}: </span>
            {players[role] ?? 'anybody'}
          </span>
        ))}
      </span>
      <span class="round">
        {row.round_number}
        <small> / {row.max_rounds}</small>
      </span>
      <span class="ending">{finished?.end_reason == null ? '' : plain(finished.end_reason)}</span>
      <span class="number">{finished?.grader_score == null ? '' : finished.grader_score.toFixed(3)}</span>
      <span class="curve">
        {finished === null ? <span class="note">after the end</span> : <Curve row={finished} />}
      </span>
      <span class="number age">{ago(now - from * 1000)}</span>
    </a>
  );
}

function Curve({ row: { reward_curve: curve, rewards } }: { readonly row: Finished }) {
  if (rewards === null) return <span class="note">not told</span>;
  const said = `fraudster ${signed(rewards.fraudster)}, investigator ${signed(rewards.investigator)}`;
  return (
    <span class="rewards-cell" title={`Final: ${said}`}>
      {curve === undefined ? null : <Spark fraudster={curve.fraudster} investigator={curve.investigator} />}
      <span class="finals">
        <span class="fraudster">{signed(rewards.fraudster)}</span>
        <span class="investigator">{signed(rewards.investigator)}</span>
      </span>
    </span>
  );
}

function FilterBar({ lobby }: { readonly lobby: Lobby }) {
  const filters = lobby.filters.value;
  const set = (change: Partial<Filters>) => (lobby.filters.value = { ...lobby.filters.value, ...change });
  const choice = (
    key: keyof Filters,
    label: string,
    options: readonly string[],
    text: (option: string) => string,
  ) => (
    <label>
      <span>{label}</span>
      <select value={filters[key]} onChange={({ currentTarget }) => set({ [key]: currentTarget.value })}>
        <option value="">any</option>
        {options.map((option) => (
          <option key={option} value={option}>
            {text(option)}
          </option>
        ))}
      </select>
    </label>
  );
  const isSet = Object.values(filters).some((value) => value !== '');
  return (
    <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
      {choice('phase', 'Phase', phases, phaseName)}
      {choice('task', 'Task', tasks, taskName)}
      <label>
        <span>Player</span>
        <input
          type="search"
          value={filters.player}
          placeholder="exact name"
          onChange={({ currentTarget }) => set({ player: currentTarget.value.trim() })}
        />
      </label>
      {choice('ending', 'Ending', endings, plain)}
      <button type="button" class="clear" disabled={!isSet} onClick={() => (lobby.filters.value = noFilters)}>
        Clear
      </button>
    </form>
  );
}

function filtersOf(search: string): Filters {
  const query = new URLSearchParams(search);
  const read = (key: keyof Filters) => query.get(key) ?? '';
  return { phase: read('phase'), task: read('task'), player: read('player'), ending: read('ending') };
}
