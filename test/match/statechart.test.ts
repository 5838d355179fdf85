import { describe, expect, it } from 'vitest';
import type { MatchEvent } from '../../src/game/event.ts';
import { initialState } from '../../src/game/state.ts';
import { Statechart } from '../../src/match/fold/chart.ts';
import { exampleOpening } from '../../src/testing/examples.ts';

const chartOf = () => new Statechart(initialState(exampleOpening()), 'm');
const endOf = (by: 'fraudster' | 'investigator'): MatchEvent => ({
  type: 'turn.ended',
  data: { by, cause: 'player', action: null },
});

describe('a rehearsal', () => {
  it('says where events would lead, and changes nothing', () => {
    const chart = chartOf();
    const before = chart.moment;
    const rehearsal = chart.rehearse([endOf('fraudster'), endOf('investigator')]);
    expect(rehearsal).toMatchObject({
      ok: true,
      moment: { phase: 'fraudster_turn', match: { roundsPlayed: 1 } },
    });
    expect(chart.moment).toEqual(before);
  });

  it('names the first event that the chart does not take', () => {
    const late: MatchEvent = { type: 'flag.raised', data: {} as never };
    expect(chartOf().rehearse([endOf('fraudster'), late])).toEqual({ ok: false, refused: late });
  });

  it('is taken over where its events come, and forgotten where others do', () => {
    const chart = chartOf();
    const [rehearsed, other] = [endOf('fraudster'), endOf('fraudster')];
    const rehearsal = chart.rehearse([rehearsed]);
    if (!rehearsal.ok) throw new Error('It is taken.');
    expect(chart.apply(rehearsed)).toBe(true);
    expect(chart.moment.match).toBe(rehearsal.moment.match);

    const again = chartOf();
    const unused = again.rehearse([rehearsed]);
    if (!unused.ok) throw new Error('It is taken.');
    expect(again.apply(other)).toBe(true);
    expect(again.moment).toEqual(unused.moment);
    expect(again.moment.match).not.toBe(unused.moment.match);
  });
});

describe('an event of the stream', () => {
  it('that the phase does not take leaves the chart as it is', () => {
    const chart = chartOf();
    const { moment } = chart;
    expect(chart.apply({ type: 'flag.raised', data: {} as never })).toBe(false);
    expect(chart.failure).toBeNull();
    expect(chart.moment.match).toBe(moment.match);
    expect(chart.apply(endOf('fraudster'))).toBe(true);
    expect(chart.moment.phase).toBe('investigator_turn');
  });
});
