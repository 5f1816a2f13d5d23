import { registerHooks } from "node:module";

/**
 * Preloaded into a worker: `node --import …/greedy_job.ts`. The job of `catalogue.learn` for the estimate
 * GREEDY_ESTIMATE takes memory until the process dies of it; all other jobs are as they are.
 */
const OWN = "/server/jobs/catalogue_learn.ts";
const ORIGINAL = "original";

registerHooks({
  load: (url, context, next) => {
    if (!url.endsWith(OWN)) return next(url, context);
    const source = `
      import { createCatalogueLearning as create } from ${JSON.stringify(`${url}?${ORIGINAL}`)};
      export function createCatalogueLearning(dependencies) {
        const learn = create(dependencies);
        return async (payload, context) => {
          const taken = [];
          while (payload.estimateId === process.env.GREEDY_ESTIMATE) {
            taken.push(Array.from({ length: 100_000 }, (_, index) => ({ index })));
            await new Promise((resolve) => setImmediate(resolve));
          }
          return learn(payload, context);
        };
      }
    `;
    return { format: "module", source, shortCircuit: true };
  },
});
