import type { Json } from './canonical-json.ts';

/**
 * Every error code of the arena with its meaning. Programs rely on the code; messages may change. The codes
 * that players get keep the names of the original protocol. docs/errors.md has a row for each.
 */
export const errorCatalogue = {
  // Rejections of a command: returned, recorded as annotations, without cost.
  validation_error: 'The action, frame or request does not fit its schema.',
  phase_violation: 'The role is not on turn.',
  execution_error: 'The action could not be carried out as sent.',
  flag_type_unknown: 'The track has no such flag type.',
  flag_target_missing: 'The flag type needs an ad.',
  flag_target_unknown: 'The flag names an ad that is not in the match.',
  flags_spent: 'The audit holds no more flags.',
  deadline_stale: 'The deadline belonged to a turn that is over.',

  // External input: files and arguments.
  unknown_task: 'No such task.',
  unknown_ruleset: 'No such ruleset.',
  unknown_player: 'No such player.',
  unknown_role: 'No such role.',
  knob_invalid: 'A knob is out of its bounds.',
  episode_invalid: 'The episode document breaks a rule of its schema.',
  confirmation_missing: 'The held-out set needs an explicit confirmation.',
  file_unreadable: 'A file cannot be read.',
  argument_invalid: 'A command-line argument is not usable.',
  config_invalid: 'A setting of the server is unknown or not usable.',

  // Matches.
  unknown_match: 'No match of this id is stored.',
  match_exists: 'A match of this id is stored already.',
  match_quarantined: 'The match was stopped because its state broke.',
  match_over: 'The match has ended.',
  player_stuck: 'A player made no legal move.',

  // The server. The first five keep the names of the original protocol.
  invalid_json: 'The frame is not JSON.',
  unknown_type: 'The frame has no known type.',
  no_match: 'The socket has joined no match.',
  missing_match_id: 'A join needs a match_id.',
  reset_error: 'The match cannot be made as asked for.',
  frame_too_large: 'The frame is longer than a frame may be.',
  rate_limited: 'Too many frames in a second, or waiting for their answer.',
  capacity_reached: 'The server holds as many sockets or matches as it may; retry later.',
  not_found: 'There is nothing at this address.',
  method_not_allowed: 'The address takes other methods.',
  body_too_large: 'The body of the request is longer than it may be.',
  unsupported_media_type: 'The body must be JSON.',
  operator_only: 'Only programs on the server’s own machine may read this; --metrics all lets everybody.',
  owner_token_required: 'Only the owner may do this, with the owner_token of the creation.',
  owner_token_wrong: 'The token is not that of the match’s owner.',
  spectators_refused: 'The match is not to be watched while it runs.',
  origin_refused: 'Pages of this origin may not use the server.',
  draining: 'The server is stopping and takes no new matches; retry after the restart.',
  not_ready: 'The server is not ready yet; retry later.',
  upgrade_required: 'A role socket speaks WebSocket.',
  internal: 'The server failed; the match and other sockets go on.',
  address_in_use: 'The address to listen on is taken or unusable.',
  adapter_unavailable: 'The chosen socket library cannot be loaded here.',
  server_unreachable: 'The server cannot be reached.',
  connection_closed: 'The connection to the server is over; met by those who use the client.',

  // Seats.
  seat_taken: 'Another player holds the seat.',
  seat_token_required: 'The seat needs the token that was given to it.',
  seat_token_wrong: 'The token is not the one of the seat.',

  // The log.
  log_version_conflict: 'The stream holds another number of events than the writer believed.',
  log_overloaded: 'Too many commits wait; retry.',
  log_closed: 'The log was closed.',
  log_locked: 'Another process writes this log.',
  log_write_failed: 'The log could not be written; the outcome is unknown.',
  log_disk_full: 'The disk has too little room; retry later.',
  log_disk_unsuitable: 'The disk cannot hold a log safely.',
  log_pruned: 'The events were pruned after their match was archived.',
  log_newer: 'The log was written by a newer version.',
  log_format_old: 'The folder holds a log of an old format, to be imported.',
  log_damaged: 'The log holds bytes that were not written this way.',
  import_invalid: 'The file is not a whole export.',
  import_conflict: 'The log holds another history of a match than the file.',
  backup_invalid: 'The folder does not hold what was backed up.',
  folder_not_empty: 'The folder holds something already.',
  event_too_large: 'A commit is too long for one line of the log.',
  event_invalid: 'An event has no faithful JSON form.',
  replay_diverged: 'The replay does not give what the log recorded.',
} as const;

export type ErrorCode = keyof typeof errorCatalogue;

/** A failure with a stable code. `details` is plain JSON and contains no secret of a seat. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, Json>>;

  constructor(
    code: ErrorCode,
    message: string,
    details: Readonly<Record<string, Json>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.details = details;
  }
}

export function isAppError(error: unknown, code?: ErrorCode): error is AppError {
  return error instanceof AppError && (code === undefined || error.code === code);
}

/** The message of an error, for diagnostics. */
export function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
