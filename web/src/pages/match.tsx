import { useSignalEffect } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { Viewer } from '../../../src/game/command.ts';
import { Playback } from '../live/playback.ts';
import { matchPath, name, place } from '../route.ts';
import { phaseName, plain, taskName } from '../timeline/words.ts';
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

/** The page of one match, running or finished. */
export function MatchPage({ id, at, viewer }: MatchPageProps) {
  const playback = useMemo(() => new Playback(id, viewer, at), [id, viewer]);
  useEffect(() => () => playback.close(), [playback]);
  useEffect(() => {
    document.title = `Match ${id} · FraudArena`;
  }, [id]);
  const failure = playback.failure.value;
  const isLocked = playback.isLocked.value;
  // A role may open a match that refuses spectators.
  if (failure !== null && !isLocked && failure.code !== 'spectators_refused')
    return <Failure code={failure.code} message={failure.message} />;
  return (
    <div class="match-page">
      <Head playback={playback} isShown={!isLocked && failure === null} />
      {isLocked ? (
        <p class="panel closed">What the {viewer} knows is shown to whoever holds the token of its seat.</p>
      ) : failure !== null ? (
        <p class="panel closed" role="alert">
          {failures[failure.code]}
        </p>
      ) : (
        // The panels keep their first playback, so a new viewer needs new panels.
        <MatchPanels key={viewer} playback={playback} />
      )}
    </div>
  );
}

function MatchPanels({ playback }: { readonly playback: Playback }) {
  useSignalEffect(() => {
    const moment = playback.moment.value;
    if (moment === null) return;
    const isEnd = playback.cursor.value === playback.last.value;
    const path = matchPath(playback.id, playback.viewer, isEnd ? null : moment.seq);
    // Browsers limit how often a page may change its address.
    // By then another viewer, or another page, may have the address.
    const timer = window.setTimeout(() => {
      if (hasAddress(playback)) name(path);
    }, addressMs);
    return () => window.clearTimeout(timer);
  });
  const opened = playback.opened.value;
  return (
    <>
      <div class="panel chart-panel">
        <ChartTools />
        <ChartView machine={opened?.machine ?? 'match'} board={playback.board} />
        <Timeline playback={playback} />
        <Transport playback={playback} />
      </div>
      <RoleCards playback={playback} />
      <div class="match-grid">
        <Queue playback={playback} />
        <div class="column">
          <AdPanel playback={playback} />
          <Rewards playback={playback} />
        </div>
        <Log playback={playback} />
      </div>
      <Parts board={playback.board.value} />
    </>
  );
}

const hasAddress = ({ id, viewer }: Playback): boolean =>
  place.value.page === 'match' && place.value.id === id && place.value.viewer === viewer;

interface HeadProps {
  readonly playback: Playback;
  readonly isShown: boolean;
}

function Head({ playback, isShown }: HeadProps) {
  const opened = playback.opened.value;
  const { phase, round, result, endReason } = playback.board.value;
  return (
    <header class="match-head">
      <h1>
        {opened === null ? 'Match' : taskName(opened.task_id)}
        <span class="match-id">{playback.id}</span>
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
      <ViewAs playback={playback} />
      {isShown ? <SourceStatus playback={playback} /> : null}
    </header>
  );
}

/** Shows whether the match is live and connected, or a verified record. */
function SourceStatus({ playback }: { readonly playback: Playback }) {
  const verification = playback.opened.value?.verification ?? null;
  if (playback.source.value === 'record' && verification !== null)
    return verification.verified ? (
      <p class="standing good" title={`${verification.digests_compared} digests compared`}>
        <Check /> replay verified <code>{verification.digest?.slice(0, 12)}</code>
      </p>
    ) : (
      <p class="standing bad">Replay differs: {verification.message}</p>
    );
  if (playback.source.value === 'told')
    return (
      <p class="standing">
        {playback.isRevealed.value
          ? `over; as the ${playback.viewer ?? ''} was told it`
          : 'over; its record stays closed'}
      </p>
    );
  const connection = playback.connection.value;
  if (connection !== 'open')
    return (
      <p class="standing lost">{connection === 'lost' ? 'connection lost, trying again' : 'connecting'}</p>
    );
  return playback.isPinned.value ? (
    <p class="standing live">
      <i /> live
    </p>
  ) : (
    <button type="button" class="standing" onClick={() => playback.seek(playback.last.value)}>
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
