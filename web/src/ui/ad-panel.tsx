import type { Viewer } from '../../../src/game/command.ts';
import type { Playback } from '../live/playback.ts';
import type { BoardAd, AdVersion } from '../timeline/ad.ts';
import type { Board } from '../timeline/board.ts';
import { diffOf } from '../timeline/diff.ts';
import { percent, plain } from '../timeline/words.ts';
import { Status, Truth, severityOf, shownAd } from './queue.tsx';

/**
 * One ad in full: its texts and their changes, the findings, the verdict and its reason, the truth and the
 * flags.
 */
export function AdPanel({ playback }: { readonly playback: Playback }) {
  const id = shownAd(playback);
  const board = playback.board.value;
  const ad = board.ads.find((each) => each.id === id);
  return (
    <section class="panel ad-panel" aria-labelledby="ad-title" tabIndex={0}>
      <header key={id}>
        <h2 id="ad-title">{ad === undefined ? 'Ad' : ad.id}</h2>
        {ad === undefined ? null : <span class="note">{plain(ad.category)}</span>}
        {ad === undefined ? null : <Status ad={ad} />}
        {ad === undefined ? null : <Truth ad={ad} />}
      </header>
      {ad === undefined ? (
        <p class="none">{id === null ? 'No ad has been named yet.' : 'This ad has not joined yet.'}</p>
      ) : (
        <AdBody ad={ad} board={board} viewer={playback.viewer} />
      )}
    </section>
  );
}

interface AdBodyProps {
  readonly ad: BoardAd;
  readonly board: Board;
  readonly viewer: Viewer | null;
}

function AdBody({ ad, board, viewer }: AdBodyProps) {
  const links = board.links.filter(({ ads }) => ads.includes(ad.id));
  const flags = board.flags.filter(({ adId }) => adId === ad.id);
  return (
    <>
      {ad.truth === '' ? null : <Origin ad={ad} />}
      <Versions versions={ad.versions} />
      <h3>Findings pulled</h3>
      {ad.pulls.length === 0 ? <p class="none">None yet.</p> : null}
      {ad.pulls.map(({ target, text }) => (
        <details key={target} class="finding" open={text !== '' && ad.pulls.length < 3}>
          <summary>{plain(target)}</summary>
          <p>{text === '' ? untold(viewer) : text}</p>
        </details>
      ))}
      {ad.rationale === '' ? null : (
        <>
          <h3>Why this verdict</h3>
          <blockquote>{ad.rationale}</blockquote>
        </>
      )}
      {links.map((link) => (
        <p key={link.seq} class="link">
          Linked with <b>{link.ads.find((other) => other !== ad.id) ?? ad.id}</b>
          {link.isCorrect === null ? null : (
            <span class={link.isCorrect ? 'good' : 'bad'}>{link.isCorrect ? ' rightly' : ' wrongly'}</span>
          )}
          {link.reason === '' ? null : <span class="why"> {link.reason}</span>}
        </p>
      ))}
      {flags.length === 0 ? null : <h3>Audit flags</h3>}
      {flags.map((flag) => (
        <div key={flag.seq} class="flag">
          <b>{plain(flag.type)}</b>
          <span class="note">
            {flag.track === 'A' ? 'investigator' : 'fraudster'}
            {flag.severity === null ? '' : `, severity ${percent(flag.severity)}`}
          </span>
          <p>{flag.note}</p>
        </div>
      ))}
    </>
  );
}

/** Explains why a finding has no text. */
const untold = (viewer: Viewer | null): string =>
  viewer === 'fraudster'
    ? 'The fraudster does not learn its text.'
    : 'Spectators learn its text after the end.';

function Origin({ ad }: { readonly ad: BoardAd }) {
  const severity = severityOf(ad);
  return (
    <dl class="origin">
      <div>
        <dt>Brought by</dt>
        <dd>
          {ad.isProposal === true
            ? 'the fraudster'
            : ad.joinedRound === 0
              ? 'the starting queue'
              : 'the arena'}
        </dd>
      </div>
      <div>
        <dt>Truth</dt>
        <dd>
          {ad.truth}
          {ad.fraudType === '' || ad.fraudType === 'none' ? '' : `, ${plain(ad.fraudType)}`}
        </dd>
      </div>
      {severity === '' ? null : (
        <div>
          <dt>Severity</dt>
          <dd>{severity}</dd>
        </div>
      )}
    </dl>
  );
}

function Versions({ versions }: { readonly versions: readonly AdVersion[] }) {
  const current = versions.at(-1);
  const before = versions.at(-2);
  if (current === undefined) return null;
  return (
    <>
      <h3>
        Words
        {versions.length > 1 ? <span class="note">version {versions.length}, changes marked</span> : null}
      </h3>
      <p class="copy">
        <Changed before={before?.copy ?? current.copy} after={current.copy} />
      </p>
      {current.landingPage === '' ? null : (
        <p class="copy landing">
          <Changed before={before?.landingPage ?? current.landingPage} after={current.landingPage} />
        </p>
      )}
    </>
  );
}

function Changed({ before, after }: { readonly before: string; readonly after: string }) {
  if (before === after) return <>{after === '' ? 'Not told.' : after}</>;
  return (
    <>
      {diffOf(before, after).map(({ kind, text }, index) =>
        kind === 'same' ? (
          text
        ) : kind === 'gone' ? (
          <del key={index}>{text}</del>
        ) : (
          <ins key={index}>{text}</ins>
        ),
      )}
    </>
  );
}
