import fc from 'fast-check';

/** Properties try the same values each time, so that a failure comes again; other ones by `TEST_SEED`. */
fc.configureGlobal({ seed: Number(process.env['TEST_SEED'] ?? 1) });

export default fc;
