const camouflage = ['ecommerce', 'saas', 'local_service', 'education', 'fitness'] as const;

/** The preferred category if the match allows it, else an allowed harmless one. Source: players spec, 1.1. */
export function chooseCategory(preferred: string, allowed: readonly string[]): string {
  if (allowed.length === 0 || allowed.includes(preferred)) return preferred;
  return camouflage.find((category) => allowed.includes(category)) ?? allowed[0] ?? preferred;
}
