import { heldOut } from './skeletons-held-out.ts';
import { train } from './skeletons-train.ts';
import type { Skeletons, TextSplit } from './vocabulary.ts';

/**
 * The sentences of both splits.
 *
 * - One skeleton makes one sentence: it ends with `.`, `?` or `!` and has none of these inside. Targeting is no
 *   sentence and has no full stop.
 * - It begins with fixed words, and its words before the first slot never begin (or are begun by) those of a
 *   skeleton of the other split. So the splits cannot share a finished sentence, whatever fills the slots.
 * - `{offer}` is never a subject and follows no `a`, since offers are plural or uncountable.
 * - Openings, leads and page openings name `{brand}`; only leads and claims use `{claim}`.
 * - Sentences of pressure use a phrase the policy classifier knows for their kind; the others use none.
 */
export const skeletons: Readonly<Record<TextSplit, Skeletons>> = { train, held_out: heldOut };
