import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { JobClaims } from "../../db/job_claims.ts";
import type { JobBoard } from "./job_board.ts";

/** Milliseconds between looks for jobs whose worker died. */
const BETWEEN_LOOKS = 200;

/** Until it is stopped: shows that this worker lives, and wakes the queues whose jobs were revived. */
export async function takeOver(
  options: {
    readonly claims: JobClaims;
    readonly board: Pick<JobBoard, "boss">;
    readonly log: Logger;
    readonly wake: (queue: string) => void;
    readonly onDeath?: () => void;
  },
  stopping: AbortSignal,
): Promise<void> {
  const { claims, log } = options;
  while (!stopping.aborted) {
    try {
      await look(options);
    } catch (error) {
      log.error({ err: error }, "could not look for abandoned jobs");
    }
    await sleep(BETWEEN_LOOKS, undefined, { signal: stopping }).catch(() => undefined);
  }
  await claims.close().catch((error: unknown) => {
    log.warn({ err: error }, "claims were not released");
  });
}

async function look({ claims, board, log, wake, onDeath }: Parameters<typeof takeOver>[0]) {
  for (const { queue, id, retryCount, isRevived } of await claims.look()) {
    log.warn({ queue, jobId: id, isRevived }, "a job that nobody works on was taken over");
    if (isRevived) {
      wake(queue);
      continue;
    }
    // Its last attempt: whatever killed the worker may be the job itself.
    await board.boss.fail(queue, { id, retryCount }, { message: "its worker died" });
    onDeath?.();
  }
}
