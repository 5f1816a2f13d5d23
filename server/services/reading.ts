import { type Actor, can } from "../../domain/access.ts";
import { AppError, forbidden } from "../../domain/errors.ts";
import type { Services } from "../../domain/services.ts";
import type { Sql, Transaction } from "../../db/client.ts";
import { readTenant } from "../../db/transactions.ts";
import type { ReadRouting } from "./replica.ts";
import { createServices } from "./services.ts";

/** One moment of a company, for looking only. */
export interface Reader {
  readonly tx: Transaction;
  readonly actor: Actor;
  readonly now: Date;
  /** Those of them that write are refused by PostgreSQL. */
  readonly services: Services;
}

/** Runs work that looks. Throws `forbidden` for who may not see reports. */
export type AsReader = <Result>(
  actor: Actor,
  work: (reader: Reader) => Promise<Result>,
) => Promise<Result>;

/**
 * Reading for the manager's pages: a read-only transaction, so that no page changes anything whatever
 * its code says.
 * @param options.readSql where a company is read: a replica, or the primary right after a write
 * @param options.insteadOf where it is read again when that fails: a replica may go at any moment
 */
export function createAsReader(options: {
  readonly readSql: (companyId: string) => Sql;
  readonly insteadOf?: ReadRouting["insteadOf"];
  readonly clock: () => Date;
}): AsReader {
  return async <Result>(actor: Actor, work: (reader: Reader) => Promise<Result>) => {
    const { companyId } = actor;
    if (!can(actor, "report.read", { companyId })) throw forbidden();
    const sql = options.readSql(companyId);
    try {
      return await readTenant(sql, companyId, look);
    } catch (error) {
      const other = error instanceof AppError ? null : options.insteadOf?.(sql, error);
      if (!other) throw error;
      return readTenant(other, companyId, look);
    }

    function look(tx: Transaction): Promise<Result> {
      const now = options.clock();
      const scope = {
        tx,
        actor,
        now,
        newId: refuse,
        enqueue: refuse,
        notify: refuse,
        stir: refuse,
      };
      return work({ tx, actor, now, services: createServices(scope) });
    }
  };
}

function refuse(): never {
  throw new TypeError("a page that only looks does not write");
}
