import * as z from 'zod';

/** What a seat is held by. Long enough that nobody guesses it, short enough to be hashed at once. */
export const seatToken = z
  .string()
  .regex(/^[A-Za-z0-9_-]{22,128}$/, '22 to 128 letters, digits, underscores or hyphens');
