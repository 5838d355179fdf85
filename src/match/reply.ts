import type { Rejection } from '../game/decide/decision.ts';
import type { MatchEvent } from '../game/event.ts';
import type { StreamVersion } from '../shared/ids.ts';
import type { Standpoint } from './fold/standpoint.ts';

/** What became of a command. */
export type Outcome =
  | { readonly ok: true; readonly events: readonly MatchEvent[] }
  | { readonly ok: false; readonly rejection: Rejection };

/** The outcome, and the match right after it. The same command id gets the same answer again. */
export type Reply = Outcome & { readonly version: StreamVersion; readonly standpoint: Standpoint };
