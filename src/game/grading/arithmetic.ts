export function clamp01(value: number): number {
  return Math.max(0, Math.min(1, value));
}

/**
 * The sum from left to right, without compensation: the order decides the last digit of the graded numbers
 * (grading spec, section 1).
 */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
