import { readFile } from 'node:fs/promises';
import type { Episode } from '../game/episode/episode.ts';
import { loadHoldout } from '../game/episode/holdout/holdout.ts';
import { parseEpisode } from '../protocol/episode-document.ts';
import { AppError, describeError } from '../shared/errors.ts';

/** An episode given by the user instead of a generated one. */
interface Brought {
  readonly episode: Episode;
  /** Added to the names of its matches: empty, or the held-out set's name and a hyphen. */
  readonly namePart: string;
}

/**
 * Resolves `--episode`: the word `holdout`, a case study of it as `holdout:NAME`, or a file.
 * @throws AppError `confirmation_missing`, `file_unreadable`, `episode_invalid`.
 */
export async function broughtEpisode(
  wanted: string,
  { confirmHoldout }: { readonly confirmHoldout: boolean },
): Promise<Brought> {
  const [word, ...rest] = wanted.split(':');
  if (word !== 'holdout') return { episode: await readEpisode(wanted), namePart: '' };
  requireConfirmation(confirmHoldout);
  if (rest.length === 0) return { episode: loadHoldout(confirmHoldout), namePart: 'holdout-' };
  const caseStudy = rest.join(':');
  return { episode: loadHoldout(confirmHoldout, caseStudy), namePart: `holdout-${caseStudy}-` };
}

/** Refuses with a message that names the missing flag. */
function requireConfirmation(confirmed: boolean): void {
  if (!confirmed)
    throw new AppError(
      'confirmation_missing',
      'The held-out set needs an explicit confirmation: --confirm-holdout.',
    );
}

/**
 * Reads an episode document from a file.
 * @throws AppError `file_unreadable`, or `episode_invalid` with the JSON path and the violated rule.
 */
export async function readEpisode(file: string): Promise<Episode> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new AppError(
      'file_unreadable',
      `${file} cannot be read: ${describeError(error)}`,
      { file },
      { cause: error },
    );
  }
  try {
    return parseEpisode(JSON.parse(text) as unknown, file);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new AppError('episode_invalid', `${file} is no JSON: ${error.message}`, { file }, { cause: error });
  }
}
