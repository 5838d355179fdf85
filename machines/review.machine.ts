import { assign, setup } from 'xstate';
import type { MatchEvent } from '../src/game/event.ts';
import { evolve } from '../src/game/evolve.ts';
import { pending } from '../src/game/state.ts';
import type { MatchContext } from './match.guards.ts';

/** The statechart of a solo review: one investigator decides a queue; no opponent, no rounds, no audit. */
export const reviewMachine = setup({
  types: { context: {} as MatchContext, events: {} as MatchEvent, input: {} as MatchContext },
  actions: {
    evolve: assign({ state: ({ context, event }) => evolve(context.state, event) }),
  },
  guards: {
    isByInvestigator: ({ event }) => event.type === 'action.penalised' && event.data.by === 'investigator',
    isReviewOver: ({ context: { state } }) =>
      pending(state).length === 0 || state.steps >= state.knobs.actionBudget,
    isReviewClosed: ({ context: { state } }) => state.endReason !== null,
    isDeadlineMissed: ({ event }) => event.type === 'review.closed' && event.data.reason === 'timeout',
  },
}).createMachine({
  id: 'review',
  version: '1',
  description: 'One investigator decides a queue of ads.',
  context: ({ input }) => input,
  // A cycle of eventless transitions must throw, which stops this match, instead of hanging the server.
  options: { maxIterations: 10 },
  initial: 'reviewing',
  on: {
    'match.aborted': { target: '.aborted', actions: 'evolve', description: 'The owner ended the review.' },
  },
  states: {
    reviewing: {
      description: 'The investigator pulls evidence, decides ads and links accounts.',
      meta: { onTurn: 'investigator', deadline: 'turn' },
      on: {
        'finding.revealed': { actions: 'evolve', description: 'One target of an ad is investigated.' },
        'verdict.given': { actions: 'evolve', description: 'An ad is decided for good.' },
        'accounts.linked': { actions: 'evolve', description: 'Two ads are said to share an actor.' },
        'action.penalised': {
          guard: 'isByInvestigator',
          actions: 'evolve',
          description: 'A faulty action costs reward and a step.',
        },
        'review.closed': [
          {
            guard: 'isReviewOver',
            actions: 'evolve',
            description: 'Every ad is decided or the steps are spent.',
          },
          {
            guard: 'isDeadlineMissed',
            actions: 'evolve',
            description: 'The time for the review is over.',
          },
        ],
        'match.graded': {
          guard: 'isReviewClosed',
          target: 'done',
          actions: 'evolve',
          description: 'The grade is settled.',
        },
      },
    },
    done: { type: 'final', description: 'Graded. Nobody may act.' },
    aborted: { type: 'final', description: 'Ended without a grade. Nobody may act.' },
  },
});
