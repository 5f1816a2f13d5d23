import fc from "fast-check";

/** For `npm run mutation`: thousands of mutants times a hundred cases each would take a night. */
fc.configureGlobal({ numRuns: 20 });
