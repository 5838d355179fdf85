export type Theme = 'light' | 'dark';

/** The colours of a chart. Texts have a contrast of at least 4.5 to 1 to their background. */
export interface Palette {
  readonly page: string;
  /** Background of a state. */
  readonly state: string;
  /** Background of a lane's card. */
  readonly card: string;
  /** Background of a compound state. */
  readonly panel: string;
  readonly border: string;
  readonly line: string;
  readonly ink: string;
  readonly muted: string;
  readonly accent: string;
  /** Background of the active state. */
  readonly accentSoft: string;
  /** Bar behind a row that was taken. */
  readonly heat: string;
  /** Lines, from rarely to often taken. */
  readonly warm: readonly [string, string, string];
}

export const palettes: Readonly<Record<Theme, Palette>> = {
  light: {
    page: '#ffffff',
    state: '#ffffff',
    card: '#eef1f5',
    panel: '#f8f9fb',
    border: '#c4ccd5',
    line: '#808a95',
    ink: '#1f2328',
    muted: '#59636e',
    accent: '#b5390a',
    accentSoft: '#fff4ed',
    heat: '#fde0cf',
    warm: ['#b97a54', '#d06a30', '#d0450d'],
  },
  dark: {
    page: '#0d1117',
    state: '#161b22',
    card: '#1f252d',
    panel: '#10151b',
    border: '#3d444d',
    line: '#656c76',
    ink: '#f0f6fc',
    muted: '#9198a1',
    accent: '#ff8a4c',
    accentSoft: '#2b1a10',
    heat: '#43281a',
    warm: ['#8a5a3f', '#c36a37', '#ff8a4c'],
  },
};
