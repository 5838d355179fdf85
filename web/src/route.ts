import { signal } from '@preact/signals';

export type Place =
  | { readonly page: 'matches' }
  | { readonly page: 'rules' }
  | { readonly page: 'match'; readonly id: string; readonly at: number | null };

export const place = signal(placeOf(location));

/** @returns what the address means; an unknown one is the list. */
export function placeOf({ pathname, search }: Pick<Location, 'pathname' | 'search'>): Place {
  const id = /^\/match\/([^/]+)\/?$/.exec(pathname)?.[1];
  if (id !== undefined) {
    const at = Number(new URLSearchParams(search).get('at') ?? Number.NaN);
    return { page: 'match', id: decoded(id), at: Number.isInteger(at) ? at : null };
  }
  return { page: pathname.replace(/\/$/, '') === '/rules' ? 'rules' : 'matches' };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function go(path: string): void {
  history.pushState(null, '', path);
  place.value = placeOf(location);
  window.scrollTo(0, 0);
}

/** The address of what is shown, without a step back to what was. */
export function name(path: string): void {
  if (`${location.pathname}${location.search}` !== path) history.replaceState(null, '', path);
}

/** Links within the pages change the page without loading it anew. */
export function watchAddress(): void {
  window.addEventListener('popstate', () => (place.value = placeOf(location)));
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link === null || link.origin !== location.origin || link.target !== '') return;
    if (!/^\/($|match\/|rules\/?$)/.test(link.pathname) || link.hash !== '') return;
    event.preventDefault();
    go(`${link.pathname}${link.search}`);
  });
}
