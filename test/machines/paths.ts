import { createActor, fromTransition } from 'xstate';
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { getShortestPaths } from 'xstate/graph';
import { matchMachine } from '../../machines/match.machine.ts';
import { reviewMachine } from '../../machines/review.machine.ts';
import type { Command } from '../../src/game/command.ts';
import type { MatchEvent } from '../../src/game/event.ts';
import { initialState, pending, proposalsUsed } from '../../src/game/state.ts';
import { isAnnotation } from '../../src/match/fold/chart.ts';
import type { Phase } from '../../src/game/phase.ts';
import { opened, when } from '../../src/testing/decider.ts';
import type { Scene } from '../../src/testing/decider.ts';
import {
  abort,
  commit,
  endTurn,
  exampleAd,
  exampleOpening,
  flag,
  judge,
  link,
  miss,
  modify,
  propose,
  pull,
  report,
} from '../../src/testing/examples.ts';
import type { Example } from '../../src/testing/examples.ts';

export const machines = { match: matchMachine, review: reviewMachine } as const;
export type MachineName = keyof typeof machines;

/** A way through a machine: commands that were decided, and the scene they led to. */
export interface Path {
  readonly commands: readonly Command[];
  readonly scene: Scene;
}

/** One transition of a machine, named by source, event and index among the event's transitions. */
export interface Edge {
  readonly id: string;
  readonly definition: AnyTransitionDefinition;
}

/** Every state of the machine, the root included. */
export function statesOf(machine: AnyStateMachine): readonly AnyStateNode[] {
  const below = (node: AnyStateNode): readonly AnyStateNode[] => [
    node,
    ...Object.values(node.states).flatMap(below),
  ];
  return below(machine.root);
}

/** Every transition of the machine, the eventless ones included. */
export function edgesOf(machine: AnyStateMachine): readonly Edge[] {
  return statesOf(machine).flatMap((node) => {
    const byEvent = [...node.transitions, ['always', node.always ?? []] as const];
    return byEvent.flatMap(([event, definitions]) =>
      definitions.map((definition, index) => ({ id: `${node.key}|${event}|${index}`, definition })),
    );
  });
}

/**
 * The shortest way to every state that tiny caps can reach, by every command in every one of them. What a path does
 * beyond its phase and counters makes no other state.
 */
export function pathsThrough(machine: MachineName, ruleset: string): readonly Path[] {
  const start = opened(exampleOpening({ machine, ruleset, ...tiny[machine] }));
  const logic = fromTransition((scene: Scene, { command }: Step) => when(scene, command).scene, start);
  const shortest = getShortestPaths(logic, {
    events: ({ context }) => commandsIn(context).map((command): Step => ({ type: 'step', command })),
    serializeState: ({ context }) => keyOf(context),
    serializeEvent: ({ command }) => JSON.stringify(command),
    limit: 20_000,
  });
  return shortest.map(({ state, steps }) => ({
    scene: state.context,
    commands: steps.flatMap(({ event }) => ('command' in event ? [event.command] : [])),
  }));
}

/** Caps that keep the walk finite and still leave room for every transition. */
const tiny: Readonly<Record<MachineName, Example>> = {
  match: {
    ads: [exampleAd('ad_001', 'fraud')],
    arrivals: [1, 2].map((round) => ({ round, ad: exampleAd(`ad_90${round}`, 'legit') })),
    knobs: {
      maxRounds: 2,
      maxProposals: 1,
      maxFraudsterActionsPerTurn: 2,
      maxInvestigatorActionsPerTurn: 2,
      actionBudget: 3,
    },
  },
  review: {
    ads: [exampleAd('ad_001', 'fraud'), exampleAd('ad_901', 'legit')],
    knobs: { actionBudget: 3 },
  },
};

interface Step {
  readonly type: 'step';
  readonly command: Command;
}

/** Every path with one more command: what happens from each state, not only on the shortest ways. */
export function withOneMore({ commands, scene }: Path): readonly Path[] {
  return commandsIn(scene).map((command) => ({
    commands: [...commands, command],
    scene: when(scene, command).scene,
  }));
}

function commandsIn({ phase, onTurn, state }: Scene): readonly Command[] {
  const open = pending(state)[0]?.ad.adId ?? 'ad_001';
  const byRole = {
    fraudster: [
      propose(),
      propose(' '),
      modify(0, { newAdCopy: 'Other words.' }),
      endTurn('fraudster'),
      commit(),
    ],
    investigator: [
      pull(open, 'landing_page'),
      judge(open, 'reject'),
      link('ad_001', open),
      link('ad_001', 'ad_901'),
      endTurn('investigator'),
    ],
    auditor: [flag('A', 'bias'), flag('B', 'gibberish', { targetAdId: 'ad_001' }), report()],
  };
  if (onTurn === null) return [];
  const clock = phase === 'reviewing' ? [miss('turn')] : [miss('turn'), miss('match')];
  return [...byRole[onTurn], ...clock, abort()];
}

function keyOf({ phase, state }: Scene): string {
  const {
    roundsPlayed,
    turnActions,
    committed,
    steps,
    flags,
    repeatedFlags,
    report: filed,
    endReason,
  } = state;
  const open = pending(state).map((entry) => entry.ad.adId);
  // A classic audit takes flags without end.
  const audit = [Math.min(flags.length, 2), repeatedFlags.A + repeatedFlags.B > 0, filed?.missed];
  const queue = [state.queue.length, proposalsUsed(state), open, state.links.length];
  return JSON.stringify([phase, roundsPlayed, turnActions, committed, steps, endReason, queue, audit]);
}

/** What a live actor of the machine comes to by stored events, and the transitions it took. */
export function replayed(machine: MachineName, { created, events }: Scene) {
  const edges = new Map(edgesOf(machines[machine]).map(({ id, definition }) => [definition, id]));
  const taken: string[] = [];
  const actor = createActor(machines[machine] as typeof matchMachine, {
    id: 'path',
    input: { state: initialState(created) },
    inspect: (inspected) => {
      if (inspected.type !== '@xstate.microstep') return;
      for (const definition of inspected._transitions) {
        const id = edges.get(definition);
        if (id !== undefined) taken.push(id);
      }
    },
  });
  actor.start();
  const stored = JSON.parse(JSON.stringify(events)) as readonly MatchEvent[];
  for (const event of stored) if (!isAnnotation(event)) actor.send(event);
  const { value, context } = actor.getSnapshot();
  actor.stop();
  return { phase: value as Phase, state: context.state, taken };
}
