import type { Sql } from "../../db/client.ts";
import type { Id } from "../../domain/ids.ts";

/** A replica that streams is behind by milliseconds; one that is not is not looked at in this time. */
const PIN = 10_000; // ms
/** Beyond this many companies the oldest pins are forgotten: they are over anyway. */
const MOST_PINS = 10_000;

export interface ReadRouting {
  /** Where to read a company. */
  readonly readSql: (companyId: Id) => Sql;
  /** This process wrote for the company: its people see the primary until the replica has caught up. */
  readonly noteWrite: (companyId: Id) => void;
}

/**
 * Sends readers to the replica, but for ten seconds after this process committed something of a company
 * to the primary: who has just logged in, ordered a file or pressed «Утвердить» sees it.
 * @param options.replica null: there is none
 */
export function createReadRouting(options: {
  readonly primary: Sql;
  readonly replica: Sql | null;
  readonly clock: () => Date;
}): ReadRouting {
  const { primary, replica, clock } = options;
  if (replica === null) return { readSql: () => primary, noteWrite: () => undefined };
  const pinned = new Map<Id, number>();
  return {
    readSql: (companyId) => {
      const until = pinned.get(companyId);
      return until !== undefined && clock().getTime() < until ? primary : replica;
    },
    noteWrite: (companyId) => {
      pinned.delete(companyId);
      pinned.set(companyId, clock().getTime() + PIN);
      if (pinned.size <= MOST_PINS) return;
      const oldest = pinned.keys().next();
      if (!oldest.done) pinned.delete(oldest.value);
    },
  };
}
