import { defineConfig } from "vitest/config";
import { LongestFirst } from "./.ci/longest_first.ts";

const report = process.env["TEST_REPORT"];

/** `pure` needs nothing; `real` gets one PostgreSQL for the whole run (see `db/testing_setup.ts`). */
export default defineConfig({
  test: {
    // `.ci/run` counts the tests from a file; people read the lines.
    reporters: report ? ["default", ["json", { outputFile: report }]] : ["default"],
    // `npm run coverage`; the goals are in `.ci/coverage.ts`.
    coverage: {
      provider: "v8",
      include: ["{domain,db,bot}/**/*.ts", "server/services/**/*.ts"],
      // What runs in a browser is seen by the browser tests only.
      exclude: ["**/*.test.ts", "**/testing*.ts", "bot/simulator/page/browser/**"],
      reporter: ["json-summary"],
      reportOnFailure: true,
    },
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: "pure",
          include: ["domain/**/*.test.ts", "miniapp/**/*.test.{ts,tsx}"],
          environment: "node",
          isolate: false,
          // As many as the other project has, so that both share them.
          maxWorkers: 2,
          // Thousands of random cases on a busy machine.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "real",
          include: ["{db,bot,server,bench,.ci}/**/*.test.ts"],
          environment: "node",
          // See docs/decisions/0034-tests-share-a-process.md.
          isolate: false,
          globalSetup: ["db/testing_setup.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          pool: "forks",
          maxWorkers: 2,
          // Real processes on a busy machine: two more attempts are allowed, and the report names them.
          retry: 2,
        },
      },
    ],
  },
});
