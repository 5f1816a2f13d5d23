import type { Logger } from "pino";

const checkInterval = 1000; // ms

/** Looks after the server once a second until `stop`. */
export interface Keeper {
  /** Resolves when no restart is under way any more. */
  stop(): Promise<void>;
}

/**
 * Starts the server again when it died under us (the kernel kills the largest process when memory
 * runs out). The program's pools connect again by themselves.
 */
export function keepRunning(server: {
  isRunning: () => Promise<boolean>;
  restart: () => Promise<void>;
  log: Logger;
}): Keeper {
  let check: Promise<void> | undefined;
  const timer = setInterval(() => {
    check ??= look(server).finally(() => {
      check = undefined;
    });
  }, checkInterval);
  timer.unref();
  return {
    stop: async () => {
      clearInterval(timer);
      await check;
    },
  };
}

async function look({ isRunning, restart, log }: Parameters<typeof keepRunning>[0]): Promise<void> {
  try {
    if (await isRunning()) return;
    log.error("PostgreSQL is gone: starting it again");
    await restart();
    log.info("PostgreSQL is back");
  } catch (error) {
    log.error({ error }, "PostgreSQL can't be started again");
  }
}
