import { chartSize, showsCounts } from '../preferences.ts';
import type { ChartSize } from './chart-fit.ts';

const sizes: readonly { readonly value: ChartSize; readonly label: string }[] = [
  { value: 'readable', label: 'Readable' },
  { value: 'whole', label: 'Whole' },
];

/** The settings of a match's chart. The browser stores them for the next visit. */
export function ChartTools() {
  return (
    <div class="chart-tools">
      <label class="keys" title="How often each transition was taken until now">
        <input
          type="checkbox"
          checked={showsCounts.value}
          onChange={({ currentTarget }) => (showsCounts.value = currentTarget.checked)}
        />
        Counts
      </label>
      <div class="segments" role="group" aria-label="Size of the chart">
        {sizes.map(({ value, label }) => (
          <button
            key={value}
            type="button"
            aria-pressed={chartSize.value === value}
            onClick={() => (chartSize.value = value)}
          >
            {label}
          </button>
        ))}
      </div>
    </div>
  );
}
