import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Playback } from '../live/playback.ts';
import type { BoardAd } from '../timeline/ad.ts';
import { numberOf, textOf } from '../timeline/moment.ts';
import { percent, plain } from '../timeline/words.ts';

/** Lists every ad with its status. */
export function Queue({ playback }: { readonly playback: Playback }) {
  const { ads, flags } = playback.board.value;
  const shown = shownAd(playback);
  const list = useRef<HTMLUListElement>(null);
  useLayoutEffect(() => keepInSight(list.current), [shown]);
  const flagged = new Map<string, number>();
  for (const { adId } of flags) flagged.set(adId, (flagged.get(adId) ?? 0) + 1);
  const decided = ads.filter(({ status }) => status !== 'pending').length;
  return (
    <section class="panel queue-panel" aria-labelledby="queue-title">
      <header>
        <h2 id="queue-title">Queue</h2>
        <span class="note">
          {decided} of {ads.length} decided
        </span>
      </header>
      <ul ref={list} class="queue" aria-label="Ads">
        {ads.map((ad) => (
          <li key={ad.id}>
            <button
              type="button"
              class={`ad-row ${ad.status} ${ad.id === shown ? 'shown' : ''}`}
              aria-pressed={ad.id === shown}
              onClick={() => (playback.selectedAd.value = playback.selectedAd.value === ad.id ? null : ad.id)}
            >
              <span class="ad-id">
                {ad.id}
                {ad.isProposal === true ? <Proposed /> : null}
              </span>
              <span class="ad-pulls" aria-label={`${ad.pulls.length} findings pulled`}>
                {ad.pulls.map(({ target }) => (
                  <i key={target} />
                ))}
              </span>
              <Status ad={ad} />
              <Truth ad={ad} />
              <span class="ad-flags">
                {flagged.has(ad.id) ? <FlagSign count={flagged.get(ad.id) ?? 0} /> : null}
              </span>
              <span class="ad-text">{ad.versions.at(-1)?.copy || plain(ad.category)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Scrolls the list to the selected row without scrolling the page. */
function keepInSight(list: HTMLElement | null): void {
  const row = list?.querySelector('.ad-row.shown');
  if (list === null || row === null || row === undefined) return;
  const [outer, inner] = [list.getBoundingClientRect(), row.getBoundingClientRect()];
  if (inner.top < outer.top) list.scrollTop += inner.top - outer.top;
  else if (inner.bottom > outer.bottom) list.scrollTop += inner.bottom - outer.bottom;
}

const Proposed = () => (
  <span class="proposed" title="Proposed by the fraudster">
    F
  </span>
);

export const FlagSign = ({ count }: { readonly count: number }) => (
  <span class="flag-sign" title={`${count} audit ${count === 1 ? 'flag' : 'flags'}`}>
    <svg viewBox="0 0 12 12" width="11" height="11" aria-hidden="true">
      <path d="M2.5 11V1.5h7L7.5 4l2 2.5h-7" />
    </svg>
    {count}
  </span>
);

const words: Readonly<Record<BoardAd['status'], string>> = {
  pending: 'pending',
  approve: 'approved',
  reject: 'rejected',
  escalate: 'escalated',
};

export function Status({ ad }: { readonly ad: BoardAd }) {
  return (
    <span class={`status ${ad.status}`}>
      {ad.isSettled ? 'auto-approved' : words[ad.status]}
      {ad.confidence === null ? null : <small> {percent(ad.confidence)}</small>}
    </span>
  );
}

/** The truth about an ad, known after the match, and whether the verdict was right. */
export function Truth({ ad }: { readonly ad: BoardAd }) {
  if (ad.truth === '') return <span class="truth" />;
  const mark = ad.isCorrect === null ? '' : ad.isCorrect ? 'right' : 'wrong';
  return (
    <span class={`truth ${mark}`}>
      {mark === '' ? null : <Mark isRight={mark === 'right'} />}
      {ad.truth}
    </span>
  );
}

const Mark = ({ isRight }: { readonly isRight: boolean }) => (
  <svg
    viewBox="0 0 12 12"
    width="11"
    height="11"
    role="img"
    aria-label={isRight ? 'decided rightly' : 'decided wrongly'}
  >
    <path d={isRight ? 'M2 6.5 5 9.5 10 3' : 'M2.5 2.5l7 7M9.5 2.5l-7 7'} />
  </svg>
);

/** The selected ad, or else the ad that the current moment is about. */
export function shownAd(playback: Playback): string | null {
  if (playback.selectedAd.value !== null) return playback.selectedAd.value;
  const { moments } = playback.replay.value;
  for (let index = playback.cursor.value; index >= 0; index -= 1) {
    const moment = moments[index];
    if (moment === undefined) continue;
    const id =
      textOf(moment.data, 'ad_id') || textOf(moment.data, 'target_ad_id') || textOf(moment.data, 'ad_id_1');
    if (id !== '') return id;
  }
  return playback.board.value.ads[0]?.id ?? null;
}

/** The ad's severity as a percentage; empty if unknown. */
export const severityOf = (ad: BoardAd): string => {
  const severity = numberOf({ severity: ad.severity }, 'severity');
  return severity === null ? '' : percent(severity);
};
