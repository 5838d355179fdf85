import { signal } from '@preact/signals';
import type { Viewer } from '../../src/game/command.ts';
import { viewerOf } from './timeline/moment.ts';

export type Place =
  | { readonly page: 'matches' }
  | { readonly page: 'rules' }
  | {
      readonly page: 'match';
      readonly id: string;
      readonly at: number | null;
      readonly viewer: Viewer | null;
    };

export const place = signal(placeOf(location));

/** @returns the page of an address. An unknown address gives the list of matches. */
export function placeOf({ pathname, search }: Pick<Location, 'pathname' | 'search'>): Place {
  const id = /^\/match\/([^/]+)\/?$/.exec(pathname)?.[1];
  if (id !== undefined) {
    const query = new URLSearchParams(search);
    const at = Number(query.get('at') ?? Number.NaN);
    return {
      page: 'match',
      id: decoded(id),
      at: Number.isInteger(at) ? at : null,
      viewer: viewerOf(query.get('as')),
    };
  }
  return { page: pathname.replace(/\/$/, '') === '/rules' ? 'rules' : 'matches' };
}

/** The address of a match for a viewer, at a moment or, if `at` is null, at the end. */
export function matchPath(id: string, viewer: Viewer | null, at: number | null): string {
  const query = new URLSearchParams({
    ...(viewer === null ? {} : { as: viewer }),
    ...(at === null ? {} : { at: String(at) }),
  }).toString();
  return `/match/${encodeURIComponent(id)}${query === '' ? '' : `?${query}`}`;
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

/** Replaces the address without adding an entry to the browser's history. */
export function name(path: string): void {
  if (`${location.pathname}${location.search}` !== path) history.replaceState(null, '', path);
}

/** Handles the links between pages without reloading the document. */
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
