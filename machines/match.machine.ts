import { assign, setup } from 'xstate';
import type { MatchEvent } from '../src/game/event.ts';
import { evolve } from '../src/game/evolve.ts';
import { guards } from './match.guards.ts';
import type { MatchContext } from './match.guards.ts';

/**
 * The statechart of a match with three seats: whose turn it is. Its events are the stored ones that `decide`
 * made; an event that the current phase does not take is refused. The action `evolve` applies an event to the
 * game state; the guards are in match.guards.ts.
 * No delays, invocations or child actors: deadlines are events too.
 */
export const matchMachine = setup({
  types: { context: {} as MatchContext, events: {} as MatchEvent, input: {} as MatchContext },
  actions: { evolve: assign({ state: ({ context, event }) => evolve(context.state, event) }) },
  guards,
}).createMachine({
  id: 'match',
  version: '1',
  description: 'Fraudster and investigator take turns until the review closes; then the auditor reports.',
  context: ({ input }) => input,
  // A cycle of eventless transitions must throw, which stops this match, instead of hanging the server.
  options: { maxIterations: 10 },
  initial: 'fraudster_turn',
  on: {
    'match.aborted': {
      target: '.aborted',
      actions: 'evolve',
      description: 'The owner ended the match, or nobody was left to play it.',
    },
  },
  states: {
    fraudster_turn: {
      description: 'The fraudster proposes ads and changes pending ones.',
      meta: { onTurn: 'fraudster', deadline: 'turn' },
      on: {
        'ad.proposed': {
          guard: 'areProposalsLeft',
          actions: 'evolve',
          description: 'An ad joins the queue.',
        },
        'ad.modified': { actions: 'evolve', description: 'The texts of a pending proposal change.' },
        'action.penalised': {
          guard: 'isByFraudster',
          actions: 'evolve',
          description: 'A faulty action costs reward and one action of the turn.',
        },
        'proposals.committed': { actions: 'evolve', description: 'The fraudster will propose no more.' },
        'ad.arrived': { actions: 'evolve', description: 'A genuine ad joins the queue.' },
        'turn.ended': [
          {
            guard: 'isFraudsterCapReached',
            target: 'investigator_turn',
            actions: 'evolve',
            description: 'The actions of the turn are used up.',
          },
          {
            guard: 'areProposalsSpent',
            target: 'investigator_turn',
            actions: 'evolve',
            description: 'The last proposal is used up (classic).',
          },
          {
            guard: 'areProposalsCommitted',
            target: 'investigator_turn',
            actions: 'evolve',
            description: 'A commit passes the turn (standard).',
          },
          {
            guard: 'isTurnPassed',
            target: 'investigator_turn',
            actions: 'evolve',
            description: 'The fraudster ends its turn.',
          },
          {
            guard: 'isTurnDeadlineMissed',
            target: 'investigator_turn',
            actions: 'evolve',
            description: 'The clock ends the turn.',
          },
        ],
        'review.closed': [
          {
            guard: 'isReviewSkippedByCommit',
            target: 'audit_phase',
            actions: 'evolve',
            description: 'A commit ends the review at once (classic).',
          },
          {
            guard: 'isMatchDeadlineMissed',
            target: 'audit_phase',
            actions: 'evolve',
            description: 'The time for the whole match is over.',
          },
        ],
      },
    },
    investigator_turn: {
      description: 'The investigator pulls evidence, decides ads and links accounts.',
      meta: { onTurn: 'investigator', deadline: 'turn' },
      on: {
        'finding.revealed': { actions: 'evolve', description: 'One target of an ad is investigated.' },
        'verdict.given': { actions: 'evolve', description: 'An ad is decided for good.' },
        'accounts.linked': { actions: 'evolve', description: 'Two ads are said to share an actor.' },
        'action.penalised': {
          guard: 'isByInvestigator',
          actions: 'evolve',
          description: 'A faulty action costs reward, a step and one action of the turn.',
        },
        'turn.ended': [
          {
            guard: 'isInvestigatorCapReached',
            target: 'round_end',
            actions: 'evolve',
            description: 'The actions of the turn are used up.',
          },
          {
            guard: 'isTurnPassed',
            target: 'round_end',
            actions: 'evolve',
            description: 'The investigator ends its turn (standard).',
          },
          {
            guard: 'isTurnDeadlineMissed',
            target: 'round_end',
            actions: 'evolve',
            description: 'The clock ends the turn.',
          },
        ],
        'ad.arrived': { actions: 'evolve', description: 'A genuine ad joins after a commit.' },
        'review.closed': [
          {
            guard: 'areAllAdsDecided',
            target: 'audit_phase',
            actions: 'evolve',
            description: 'No ad is left to decide.',
          },
          {
            guard: 'areStepsSpent',
            target: 'audit_phase',
            actions: 'evolve',
            description: 'The investigator has no actions left in the match.',
          },
          {
            guard: 'isMatchDeadlineMissed',
            target: 'audit_phase',
            actions: 'evolve',
            description: 'The time for the whole match is over.',
          },
        ],
      },
    },
    round_end: {
      description: 'A round is over. Passed within one commit.',
      always: [
        { guard: 'areRoundsLeft', target: 'fraudster_turn', description: 'The next round begins.' },
        {
          guard: 'areRoundsLeftAfterCommit',
          target: 'investigator_turn',
          description: 'After a commit the investigator plays on alone.',
        },
      ],
      on: {
        'review.closed': {
          guard: 'areRoundsSpent',
          target: 'audit_phase',
          actions: 'evolve',
          description: 'The last round is over.',
        },
      },
    },
    audit_phase: {
      description: 'The auditor flags faults of both sides and reports.',
      meta: { onTurn: 'auditor', deadline: 'audit' },
      on: {
        'flag.raised': { guard: 'isReportMissing', actions: 'evolve', description: 'A fault is flagged.' },
        'action.penalised': {
          guard: 'isByAuditor',
          actions: 'evolve',
          description: 'A flag sent again counts against the auditor.',
        },
        'audit.submitted': {
          guard: 'isReportMissing',
          actions: 'evolve',
          description: 'The report is filed, or its deadline passed.',
        },
        'match.graded': {
          guard: 'isReportFiled',
          target: 'done',
          actions: 'evolve',
          description: 'Grade and rewards are settled.',
        },
      },
    },
    done: { type: 'final', description: 'Graded. Nobody may act.' },
    aborted: { type: 'final', description: 'Ended without a grade. Nobody may act.' },
  },
});
