export function clamp01(value: number): number {
  return Math.max(0, Math.min(1, value));
}

/** Left to right and without compensation: the graded numbers' last digit comes from this order (section 1). */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
