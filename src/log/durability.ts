/**
 * When a commit is acknowledged.
 * - `group`: once the disk has it. Nothing acknowledged is lost by a crash of the process, the system or the power.
 * - `interval`: once the system has it; the disk has it at most `ms` later.
 * - `os`: once the system has it; the disk has it when the system pleases. For tests and throw-away matches.
 */
export type Durability =
  { readonly mode: 'group' } | { readonly mode: 'interval'; readonly ms: number } | { readonly mode: 'os' };

/** What a power cut may take of what was acknowledged, as one sentence for start-up output and health. */
export function lossWindow(durability: Durability): string {
  switch (durability.mode) {
    case 'group':
      return 'nothing acknowledged is lost, not even by a power cut';
    case 'interval':
      return `a power cut may lose the last ${durability.ms} ms; a killed process loses nothing`;
    case 'os':
      return 'a power cut may lose the last half minute or more; a killed process loses nothing';
  }
}
