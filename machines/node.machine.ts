import { setup } from 'xstate';

/** The events of a server process. */
export type NodeEvent =
  | { readonly type: 'log.opened' }
  | { readonly type: 'matches.recovered' }
  | { readonly type: 'stop.requested' }
  | { readonly type: 'log.sealed' };

/** The lifecycle of one server process. Its state decides how the routes answer. */
export const nodeMachine = setup({
  types: { events: {} as NodeEvent },
}).createMachine({
  id: 'node',
  version: '1',
  description: 'One server process, from its start to its stop.',
  initial: 'starting',
  states: {
    starting: {
      description: 'The log is being opened; nobody is answered yet.',
      on: {
        'log.opened': { target: 'recovering', description: 'It listens.' },
        'stop.requested': { target: 'draining', description: 'A signal, or the owner.' },
      },
    },
    recovering: {
      description:
        'It serves; the matches of the run before are brought back one by one, or when somebody asks.',
      on: {
        'matches.recovered': {
          target: 'serving',
          description: 'Every deadline of the run before runs again.',
        },
        'stop.requested': { target: 'draining', description: 'A signal, or the owner.' },
      },
    },
    serving: {
      description: 'It serves.',
      on: { 'stop.requested': { target: 'draining', description: 'A signal, or the owner.' } },
    },
    draining: {
      description:
        'No new matches or connections; what is under way is stored, and clients are told to come back.',
      on: { 'log.sealed': { target: 'stopped', description: 'The log is closed and its lock given back.' } },
    },
    stopped: { type: 'final', description: 'Nothing is left to lose.' },
  },
});
