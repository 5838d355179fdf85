import { expect, test } from 'vitest';
import { InvariantError } from '../../src/shared/invariant.ts';
import { NumberTable } from '../../src/shared/number-table.ts';

test('rows are found again by their numbers, over many pages', () => {
  const table = new NumberTable(3);
  const rows = Array.from({ length: 10_000 }, (_, row) => [row, -1 / (row + 1), 2 ** 52 + row]);
  expect(rows.map((row) => table.add(row))).toEqual([...rows.keys()]);
  expect(table.size).toBe(rows.length);
  const found = rows.map((_, row) => [0, 1, 2].map((column) => table.at(row, column)));
  expect(found).toEqual(rows);
});

test('a row that was never added is a mistake', () => {
  const table = new NumberTable(1);
  table.add([1]);
  expect(table.at(0, 0)).toBe(1);
  for (const [row, column] of [
    [1, 0],
    [4096, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ] as const)
    expect(() => table.at(row, column), `${row}, ${column}`).toThrow(InvariantError);
});
