import type * as z from 'zod';

/** A place in a list as a text that is opaque to clients. */
export const cursorAt = (place: readonly unknown[]): string =>
  Buffer.from(JSON.stringify(place)).toString('base64url');

/** The place that a cursor stands for; null where the text is no such cursor. */
export function placeAt<Place>(shape: z.ZodType<Place>, cursor: string): Place | null {
  try {
    const parsed = shape.safeParse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
