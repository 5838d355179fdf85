/**
 * When a commit is acknowledged.
 * - `group`: once it is on disk. Nothing acknowledged is lost by a crash of the process, the system or the power.
 * - `interval`: once the operating system has it; it is on disk at most `ms` later.
 * - `os`: once the operating system has it, which writes it to disk at any later time. For tests and throw-away
 * matches.
 */
export type Durability =
  { readonly mode: 'group' } | { readonly mode: 'interval'; readonly ms: number } | { readonly mode: 'os' };

/** Which acknowledged commits a power cut may lose, as one sentence for start-up output and health. */
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
