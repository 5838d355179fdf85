import { JsonText, rowText } from '../../game/view/kept.ts';

/** How values were written that a view gives again as they were. */
const texts = new WeakMap<object, string>();
/** What a view does not promise to give again is worth keeping from this length on. */
const largeFrom = 4096;

/**
 * A view as JSON, and what is said beside it, as one object: no two parts have a key in common. What comes again with the
 * next view is not written again.
 */
export function viewText(...parts: readonly object[]): string {
  return record(parts, (value) => (isObject(value) ? field(value) : JSON.stringify(value)));
}

function field(value: object): string {
  if (value instanceof JsonText) return value.json;
  const known = texts.get(value);
  if (known !== undefined) return known;
  const text = isOfRows(value) ? rows(value) : JSON.stringify(value);
  if (text.length >= largeFrom) texts.set(value, text);
  return text;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isOfRows = (value: object): boolean => isObject(Object.values(value)[0]);

function rows(value: object): string {
  return Array.isArray(value)
    ? `[${value.map((item: unknown) => row(item) ?? 'null').join(',')}]`
    : record([value], row);
}

function row(value: unknown): string | undefined {
  return isObject(value) ? rowText(value) : JSON.stringify(value);
}

/** Objects as one, by what `write` makes of their values; as JSON does, without those that have no text. */
function record(parts: readonly object[], write: (value: unknown) => string | undefined): string {
  let text = '';
  for (const part of parts)
    for (const key of Object.keys(part)) {
      const written = write((part as Readonly<Record<string, unknown>>)[key]);
      if (written !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${written}`;
    }
  return `{${text}}`;
}
