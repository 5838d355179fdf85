const camouflage = ['ecommerce', 'saas', 'local_service', 'education', 'fitness'] as const;

/** The preferred category where the match allows it, else a harmless one it does. Source: players spec, 1.1. */
export function chooseCategory(preferred: string, allowed: readonly string[]): string {
  if (allowed.length === 0 || allowed.includes(preferred)) return preferred;
  return camouflage.find((category) => allowed.includes(category)) ?? allowed[0] ?? preferred;
}
