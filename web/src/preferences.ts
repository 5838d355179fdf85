import { computed, effect, signal } from '@preact/signals';
import type { Theme } from './live/api.ts';
import type { ChartSize } from './ui/chart-fit.ts';

export type ThemeChoice = 'auto' | Theme;

const media = (query: string) => {
  const list = window.matchMedia(query);
  const value = signal(list.matches);
  list.addEventListener('change', ({ matches }) => (value.value = matches));
  return value;
};

const prefersDark = media('(prefers-color-scheme: dark)');
export const prefersStill = media('(prefers-reduced-motion: reduce)');
export const isNarrow = media('(max-width: 720px)');

export const themeChoice = signal<ThemeChoice>(stored('theme', ['auto', 'light', 'dark'], 'auto'));
export const theme = computed<Theme>(() =>
  themeChoice.value === 'auto' ? (prefersDark.value ? 'dark' : 'light') : themeChoice.value,
);

/** People who use voice control may need to turn letter shortcuts off. */
export const hasShortcuts = signal(stored('shortcuts', ['on', 'off'], 'on') === 'on');

effect(() => {
  document.documentElement.dataset['theme'] = theme.value;
  keep('theme', themeChoice.value);
});
effect(() => keep('shortcuts', hasShortcuts.value ? 'on' : 'off'));

/** Whether the chart shows how many times the match took each transition. */
export const showsCounts = signal(stored('counts', ['on', 'off'], 'off') === 'on');
effect(() => keep('counts', showsCounts.value ? 'on' : 'off'));

export const chartSize = signal<ChartSize>(stored('chart', ['readable', 'whole'], 'readable'));
effect(() => keep('chart', chartSize.value));

function stored<T extends string>(name: string, allowed: readonly T[], otherwise: T): T {
  try {
    const value = localStorage.getItem(`fraudarena.${name}`);
    return allowed.find((each) => each === value) ?? otherwise;
  } catch {
    // A browser may refuse access to storage.
    return otherwise;
  }
}

function keep(name: string, value: string): void {
  try {
    localStorage.setItem(`fraudarena.${name}`, value);
  } catch {
    // The setting then lasts for this visit only.
  }
}
