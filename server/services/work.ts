import type { Actor } from "../../domain/access.ts";
import type { Id } from "../../domain/ids.ts";
import type { Services } from "../../domain/services.ts";
import type { Sql, Transaction } from "../../db/client.ts";
import { tenantTransaction } from "../../db/transactions.ts";
import { hasWritten } from "../../db/replication.ts";
import type { CrmReach } from "../crm/reach.ts";
import type { JobBoard } from "../jobs/job_board.ts";
import type { QueueName } from "../jobs/queues.ts";
import { createNotify } from "./notify.ts";
import type { Scope } from "./scope.ts";
import { createServices } from "./services.ts";

/** A queue that got jobs, or the readers of live events. */
export type Woken = QueueName | "live";

export interface WorkDependencies {
  readonly sql: Sql;
  readonly board: Pick<JobBoard, "enqueueIn">;
  /** Hears after the commit who has something to do now. */
  readonly onCommitted: (woken: ReadonlySet<Woken>) => void;
  /** Hears after the commit that something of a company was changed; only where a replica is read. */
  readonly noteWrite?: (companyId: Id) => void;
  readonly clock: () => Date;
  readonly newId: () => Id;
  readonly crm?: CrmReach;
}

/** Runs one piece of work for a person in one transaction; nothing of it remains when it throws. */
export type AsActor = <Result>(
  actor: Actor,
  work: (services: Services) => Promise<Result>,
) => Promise<Result>;

export function createAsActor(dependencies: WorkDependencies): AsActor {
  return async (actor, work) => {
    const woken = new Set<Woken>();
    const { sql, noteWrite } = dependencies;
    let isChanged = false;
    const result = await tenantTransaction(sql, actor.companyId, async (tx) => {
      const result = await work(createServices(scopeFor(dependencies, tx, actor, woken)));
      if (noteWrite) isChanged = await hasWritten(tx);
      return result;
    });
    if (isChanged) noteWrite?.(actor.companyId);
    dependencies.onCommitted(woken);
    return result;
  };
}

export function scopeFor(
  dependencies: WorkDependencies,
  tx: Transaction,
  actor: Actor,
  woken: Set<Woken>,
): Scope {
  const { crm } = dependencies;
  return { ...companyScope(dependencies, tx, actor, woken), actor, ...(crm ? { crm } : {}) };
}

/** A scope in which nobody of the company acts: the client's door. */
export function companyScope(
  { board, clock, newId }: WorkDependencies,
  tx: Transaction,
  { companyId }: { readonly companyId: Id },
  woken: Set<Woken>,
) {
  const now = clock();
  const enqueue = board.enqueueIn(tx, (queue) => woken.add(queue));
  return {
    tx,
    actor: { companyId },
    now,
    newId,
    enqueue,
    notify: createNotify({ tx, companyId, now, newId, enqueue }),
    stir: () => void woken.add("live"),
  };
}
