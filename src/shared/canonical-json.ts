/** A value that survives JSON unchanged. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * JSON with the keys of every object in code-unit order and no white space: equal values give equal bytes,
 * whatever order their keys were written in. Keys whose value is `undefined` are left out, as JSON does. `inner`
 * writes what stands inside an array or object; a caller that knows better than to write it again may pass its own.
 * @throws TypeError when a value has no JSON form: NaN, an infinity, a function, a bigint.
 */
export function canonicalJson(value: unknown, inner: (item: unknown) => string = plainly): string {
  if (Array.isArray(value)) return `[${value.map(inner).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const record = value as Readonly<Record<string, unknown>>;
    let text = '';
    for (const key of Object.keys(record).sort()) {
      const item = record[key];
      if (item !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${inner(item)}`;
    }
    return `{${text}}`;
  }
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`${value} has no JSON form.`);
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw new TypeError(`A ${typeof value} has no JSON form.`);
  return text;
}

const loneSurrogate = /\p{Surrogate}/u;

const plainly = (item: unknown): string => canonicalJson(item);

/**
 * Why a value would not survive JSON unchanged, naming the path of the first fault; null when it would. Faults are
 * NaN, infinities, negative zero, `undefined`, half a surrogate pair, and anything but plain objects and arrays.
 */
export function whyNotJson(value: unknown, path: string): string | null {
  if (value === null || typeof value === 'boolean') return null;
  if (typeof value === 'string')
    return loneSurrogate.test(value) ? `${path} holds half of a surrogate pair` : null;
  if (typeof value === 'number')
    return Number.isFinite(value) && !Object.is(value, -0)
      ? null
      : `${path} is ${Object.is(value, -0) ? '-0' : value}`;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const fault = whyNotJson(item, `${path}/${index}`);
      if (fault !== null) return fault;
    }
    return null;
  }
  if (typeof value !== 'object') return `${path} is of type ${typeof value}`;
  if (Object.getPrototypeOf(value) !== Object.prototype) return `${path} is not a plain object`;
  for (const [key, item] of Object.entries(value)) {
    const fault = whyNotJson(key, `a key of ${path}`) ?? whyNotJson(item, `${path}/${key}`);
    if (fault !== null) return fault;
  }
  return null;
}
