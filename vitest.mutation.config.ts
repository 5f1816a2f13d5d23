import { defineConfig } from "vitest/config";

/** What Stryker runs against each mutant of `domain`: the pure tests alone. */
export default defineConfig({
  test: {
    include: ["domain/**/*.test.ts"],
    setupFiles: ["domain/testing_mutation.ts"],
    environment: "node",
    testTimeout: 60_000,
  },
});
