import type { ComponentChildren } from 'preact';
import { themeChoice } from '../preferences.ts';
import type { ThemeChoice } from '../preferences.ts';

const choices: readonly { readonly value: ThemeChoice; readonly label: string }[] = [
  { value: 'auto', label: 'Auto' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];

export function Shell({
  current,
  children,
}: {
  readonly current: string;
  readonly children: ComponentChildren;
}) {
  const link = (page: string, href: string, label: string) => (
    <a href={href} aria-current={current === page ? 'page' : undefined}>
      {label}
    </a>
  );
  return (
    <>
      <a class="skip" href="#main">
        To the content
      </a>
      <header class="top">
        <a class="brand" href="/">
          <Mark />
          FraudArena
        </a>
        <nav aria-label="Pages">
          {link('matches', '/', 'Matches')}
          {link('rules', '/rules', 'Rules')}
          <a href="/docs">API</a>
        </nav>
        <ThemeSwitch />
      </header>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}

function ThemeSwitch() {
  return (
    <div class="segments" role="group" aria-label="Colours">
      {choices.map(({ value, label }) => (
        <button
          key={value}
          type="button"
          aria-pressed={themeChoice.value === value}
          onClick={() => (themeChoice.value = value)}
        >
          {label}
        </button>
      ))}
    </div>
  );
}

const Mark = () => (
  <svg viewBox="0 0 28 16" width="28" height="16" aria-hidden="true" class="mark">
    <rect x="1" y="3" width="9" height="10" rx="3" />
    <path d="M10 8h5" />
    <rect x="17" y="3" width="10" height="10" rx="3" class="on" />
  </svg>
);
