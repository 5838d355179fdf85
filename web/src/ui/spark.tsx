const [width, height, edge] = [112, 26, 2] as const;

interface SparkProps {
  readonly fraudster: readonly number[];
  readonly investigator: readonly number[];
}

/** Draws the rewards of both sides as two lines on one scale, with a zero line. */
export function Spark({ fraudster, investigator }: SparkProps) {
  const all = [0, ...fraudster, ...investigator];
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const y = (value: number) =>
    height - edge - ((value - least) / Math.max(0.001, most - least)) * (height - 2 * edge);
  const line = (values: readonly number[]) =>
    values
      .map((value, index) => {
        const x = (index / Math.max(1, values.length - 1)) * (width - 2 * edge) + edge;
        return `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y(value).toFixed(1)}`;
      })
      .join('');
  return (
    <svg class="spark" viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true">
      <path class="zero" d={`M0 ${y(0).toFixed(1)}H${width}`} />
      <path class="fraudster" d={line(fraudster)} />
      <path class="investigator" d={line(investigator)} />
    </svg>
  );
}
