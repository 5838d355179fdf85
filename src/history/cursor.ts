import type * as z from 'zod';

/** A position in a list as a cursor: base64url text, opaque to clients. */
export const cursorAt = (place: readonly unknown[]): string =>
  Buffer.from(JSON.stringify(place)).toString('base64url');

/** The position that a cursor encodes; null when the text is not a cursor of this shape. */
export function placeAt<Place>(shape: z.ZodType<Place>, cursor: string): Place | null {
  try {
    const parsed = shape.safeParse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
