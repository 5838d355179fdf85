import { describe, expect, it } from 'vitest';
import { fitOf } from '../../web/src/ui/chart-fit.ts';

const right = { direction: 'right', width: 2000, height: 400 } as const;
const down = { direction: 'down', width: 800, height: 1200 } as const;
const endless = (width: number) => ({ width, height: Infinity });

describe('how a chart is shown', () => {
  it('lies on its side where that fits with letters that are read well, smaller where it must', () => {
    expect(fitOf([right, down], endless(2100), 'readable')).toMatchObject({ direction: 'right', scale: 1 });
    expect(fitOf([right, down], endless(1700), 'readable')).toMatchObject({
      direction: 'right',
      scale: 0.85,
    });
    expect(fitOf([right, down], endless(1500), 'readable')).toMatchObject({ direction: 'down', scale: 1 });
  });

  it('never has smaller letters than are read well, whatever the room', () => {
    for (const width of [300, 1000, 1500])
      for (const height of [200, 400]) {
        const { scale } = fitOf([right, down], { width, height }, 'readable');
        expect(scale * 12.5).toBeGreaterThan(9.7);
      }
  });

  it('shows the most of it where all of it has no room', () => {
    const wide = { width: 1400, height: 380 };
    expect(fitOf([right, down], wide, 'readable').direction).toBe('right');
    expect(fitOf([right, down], { width: 500, height: 900 }, 'readable').direction).toBe('down');
  });

  it('shows all of it as large as that goes', () => {
    expect(fitOf([right, down], { width: 1000, height: 300 }, 'whole')).toMatchObject({
      direction: 'right',
      scale: 0.5,
    });
    expect(fitOf([right, down], { width: 400, height: 600 }, 'whole')).toMatchObject({
      direction: 'down',
      scale: 0.5,
    });
    expect(fitOf([right, down], { width: 4000, height: 4000 }, 'whole').scale).toBe(1);
  });
});
