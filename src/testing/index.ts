// --- contracts ---
export { eventLogContract, type OpenedLog, type TestFunctions } from './event-log.contract.ts';
export { socketPortContract, type AdapterTraits, type AdapterUnderTest } from './socket-port.contract.ts';

// --- given, when, then ---
export { labelOf, opened, play, rewardOf, when } from './decider.ts';
export { exampleAd, exampleOpening, exampleProposals } from './examples.ts';

// --- time ---
export { TestClock } from './test-clock.ts';
