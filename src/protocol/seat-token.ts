import * as z from 'zod';

/** The secret that holds a seat: long enough not to be guessed, short enough to be hashed quickly. */
export const seatToken = z
  .string()
  .regex(/^[A-Za-z0-9_-]{22,128}$/, '22 to 128 letters, digits, underscores or hyphens');
