import { serveTasks } from "./task_server.ts";

/** For tests: a thread that does what it is told, also what no thread should. */
serveTasks(async (request) => {
  switch (request) {
    case "throw":
      throw new RangeError("out of range");
    case "hang":
      for (;;) if (Date.now() < 0) break;
      return null;
    case "exit":
      process.exit(3);
      return null;
    case "swell": {
      const kept: number[][] = [];
      for (;;) kept.push(Array.from({ length: 1_000_000 }, () => Math.random()));
    }
    default:
      return await Promise.resolve({ request });
  }
});
