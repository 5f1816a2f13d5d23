import type { Sql } from "../../db/client.ts";
import type { Id } from "../../domain/ids.ts";
import type { ReplicaWatch } from "./replica_watch.ts";

/** Longer than a replica that is read may be behind; see `replica_watch.ts`. */
const PIN = 10_000; // ms
/** Beyond this many companies the oldest pins are forgotten: they are over anyway. */
const MOST_PINS = 10_000;

export interface ReadRouting {
  /** Where to read a company. */
  readonly readSql: (companyId: Id) => Sql;
  /** This process wrote for the company: its people see the primary until the replica has caught up. */
  readonly noteWrite: (companyId: Id) => void;
  /** A reading failed. Where to read instead; null: nowhere else. */
  readonly insteadOf: (sql: Sql, error: unknown) => Sql | null;
}

/**
 * Sends readers to the replica, but for ten seconds after this process committed something of a company
 * to the primary: who has just logged in, ordered a file or pressed «Утвердить» sees it.
 * @param options.replica null: there is none
 * @param options.watch tells when the replica is behind or away
 */
export function createReadRouting(options: {
  readonly primary: Sql;
  readonly replica: Sql | null;
  readonly watch: Pick<ReplicaWatch, "isFresh" | "noteFailure"> | null;
  readonly clock: () => Date;
}): ReadRouting {
  const { primary, replica, watch, clock } = options;
  if (replica === null || watch === null) {
    return { readSql: () => primary, noteWrite: () => undefined, insteadOf: () => null };
  }
  const pinned = new Map<Id, number>();
  return {
    readSql: (companyId) => {
      const until = pinned.get(companyId);
      const isPinned = until !== undefined && clock().getTime() < until;
      return isPinned || !watch.isFresh() ? primary : replica;
    },
    insteadOf: (sql, error) => {
      if (sql !== replica) return null;
      watch.noteFailure(error);
      return primary;
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
