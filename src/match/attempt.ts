const attemptMax = 4096;

/** What a player sent, as a refusal keeps it: cut and without half surrogate pairs, which no log could give back. */
export function storable(attempt: string): string {
  return attempt.slice(0, attemptMax).replace(/\p{Surrogate}/gu, '\uFFFD');
}
