import { useSignalEffect } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { Player } from '../player.ts';
import { matchPath, name } from '../route.ts';
import type { Viewer } from '../replay/moment.ts';
import { phaseName, plain, taskName } from '../replay/words.ts';
import { AdPanel } from '../ui/ad-panel.tsx';
import { ChartTools } from '../ui/chart-tools.tsx';
import { ChartView } from '../ui/chart-view.tsx';
import { Log } from '../ui/log.tsx';
import { Queue } from '../ui/queue.tsx';
import { Rewards } from '../ui/rewards.tsx';
import { Parts, RoleCards } from '../ui/role-cards.tsx';
import { Timeline } from '../ui/timeline.tsx';
import { Transport } from '../ui/transport.tsx';
import { ViewAs } from '../ui/view-as.tsx';

const addressMs = 150;

interface MatchPageProps {
  readonly id: string;
  readonly at: number | null;
  readonly viewer: Viewer | null;
}

/** One match, running or over: the same page, with the cursor at the end or anywhere. */
export function MatchPage({ id, at, viewer }: MatchPageProps) {
  const player = useMemo(() => new Player(id, viewer, at), [id, viewer]);
  useEffect(() => () => player.close(), [player]);
  useEffect(() => {
    document.title = `Match ${id} · FraudArena`;
  }, [id]);
  const failure = player.failure.value;
  const isLocked = player.isLocked.value;
  // Where it is not to be watched, a role may still look at it.
  if (failure !== null && !isLocked && failure.code !== 'spectators_refused')
    return <Failure code={failure.code} message={failure.message} />;
  return (
    <div class="match-page">
      <Head player={player} isShown={!isLocked && failure === null} />
      {isLocked ? (
        <p class="panel closed">What the {viewer} knows is shown to whoever holds the token of its seat.</p>
      ) : failure !== null ? (
        <p class="panel closed" role="alert">
          {failures[failure.code]}
        </p>
      ) : (
        // Its parts hold on to the player that they began with.
        <Moments key={viewer} player={player} />
      )}
    </div>
  );
}

function Moments({ player }: { readonly player: Player }) {
  useSignalEffect(() => {
    const moment = player.moment.value;
    if (moment === null) return;
    const isEnd = player.cursor.value === player.last.value;
    const path = matchPath(player.id, player.viewer, isEnd ? null : moment.seq);
    // Browsers refuse an address that changes at every frame.
    const timer = window.setTimeout(() => name(path), addressMs);
    return () => window.clearTimeout(timer);
  });
  const opened = player.opened.value;
  return (
    <>
      <div class="panel chart-panel">
        <ChartTools />
        <ChartView machine={opened?.machine ?? 'match'} board={player.board} />
        <Timeline player={player} />
        <Transport player={player} />
      </div>
      <RoleCards player={player} />
      <div class="match-grid">
        <Queue player={player} />
        <div class="column">
          <AdPanel player={player} />
          <Rewards player={player} />
        </div>
        <Log player={player} />
      </div>
      <Parts board={player.board.value} />
    </>
  );
}

interface HeadProps {
  readonly player: Player;
  readonly isShown: boolean;
}

function Head({ player, isShown }: HeadProps) {
  const opened = player.opened.value;
  const { phase, round, result, endReason } = player.board.value;
  return (
    <header class="match-head">
      <h1>
        {opened === null ? 'Match' : taskName(opened.task_id)}
        <span class="match-id">{player.id}</span>
      </h1>
      <div class="facts" aria-live="polite" hidden={!isShown}>
        <span class={`phase-chip ${phase}`}>{phase === '' ? '…' : phaseName(phase)}</span>
        <span class="fact">
          round <b>{round}</b> of {opened?.max_rounds ?? '…'}
        </span>
        {opened === null ? null : <span class="fact">{opened.ruleset}</span>}
        {endReason === '' ? null : <span class="fact">{plain(endReason)}</span>}
        {result?.grade === null || result?.grade === undefined ? null : (
          <span class="fact">
            grade <b>{result.grade.toFixed(3)}</b>
          </span>
        )}
      </div>
      <ViewAs player={player} />
      {isShown ? <Standing player={player} /> : null}
    </header>
  );
}

/** Whether it is live and connected, or a record and verified. */
function Standing({ player }: { readonly player: Player }) {
  const verification = player.opened.value?.verification ?? null;
  if (player.source.value === 'record' && verification !== null)
    return verification.verified ? (
      <p class="standing good" title={`${verification.digests_compared} digests compared`}>
        <Check /> replay verified <code>{verification.digest?.slice(0, 12)}</code>
      </p>
    ) : (
      <p class="standing bad">Replay differs: {verification.message}</p>
    );
  if (player.source.value === 'told')
    return (
      <p class="standing">
        {player.isRevealed.value
          ? `over; as the ${player.viewer ?? ''} was told it`
          : 'over; its record stays closed'}
      </p>
    );
  const connection = player.connection.value;
  if (connection !== 'open')
    return (
      <p class="standing lost">{connection === 'lost' ? 'connection lost, trying again' : 'connecting'}</p>
    );
  return player.isPinned.value ? (
    <p class="standing live">
      <i /> live
    </p>
  ) : (
    <button type="button" class="standing" onClick={() => player.seek(player.last.value)}>
      Follow live
    </button>
  );
}

const Check = () => (
  <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
    <path d="M2 6.5 5 9.5 10 3" />
  </svg>
);

const failures: Readonly<Record<string, string>> = {
  unknown_match: 'There is no such match.',
  spectators_refused: 'This match is not to be watched while it runs. It may open after its end.',
};

function Failure({ code, message }: { readonly code: string; readonly message: string }) {
  return (
    <div class="panel failure" role="alert">
      <h1>{failures[code] ?? message}</h1>
      <p>
        <a href="/">To the matches</a>
      </p>
    </div>
  );
}
