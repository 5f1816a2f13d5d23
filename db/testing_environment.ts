import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * What a program that a test or a bench starts finds in its environment: how to run, and what is given
 * to it; nothing else of the machine. All share what Node has read and compiled already, which is half
 * of the CPU that a start takes; Node keeps versions and users apart.
 */
export function programEnvironment<Given extends NodeJS.ProcessEnv>(
  given: Given,
): NodeJS.ProcessEnv & Given {
  const { PATH, HOME, NODE_DISABLE_COMPILE_CACHE } = process.env;
  return { PATH, HOME, NODE_DISABLE_COMPILE_CACHE, NODE_COMPILE_CACHE: COMPILED, ...given };
}

// Not named like the data of test runs, which are taken for leftovers.
const COMPILED = join(tmpdir(), "smetka-compiled");
