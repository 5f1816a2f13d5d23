import type { Change } from "../../../domain/estimate/changes.ts";
import type { Content } from "../../../domain/estimate/estimate.ts";
import { applyAll } from "./apply.ts";

/**
 * One estimate on this device: what the server had at `version`, and the own changes that it has not
 * confirmed. What people see is the one with the other applied on top.
 */
export interface Replica {
  readonly version: number;
  /** As the server had it before `confirmed`. */
  readonly base: Content;
  /** Own changes that the server has taken since: a copy of all lines for each would be felt. */
  readonly confirmed: readonly Change[];
  /** In the order of making. */
  readonly pending: readonly Change[];
  /** `base` with `pending` applied. */
  readonly content: Content;
}

export function createReplica(
  version: number,
  base: Content,
  pending: readonly Change[] = [],
): Replica {
  return { version, base, confirmed: [], pending, content: applyAll(base, pending) };
}

/** What the server had at `version`. */
export function contentOfServer({ base, confirmed }: Replica): Content {
  return applyAll(base, confirmed);
}

/** Own changes, seen at once. */
export function addOwn(replica: Replica, changes: readonly Change[]): Replica {
  return {
    ...replica,
    pending: [...replica.pending, ...changes],
    content: applyAll(replica.content, changes),
  };
}

/**
 * What the server's log holds after `replica.version`, in order, own changes among it. The own ones
 * that are in the log are pending no more; the rest is applied on top again.
 */
export function advance(replica: Replica, version: number, log: readonly Change[]): Replica {
  if (version <= replica.version) return replica;
  const known = new Set(log.map(({ id }) => id));
  const pending = replica.pending.filter(({ id }) => !known.has(id));
  if (isOwnHead(replica, log)) {
    return { ...replica, version, pending, confirmed: [...replica.confirmed, ...log] };
  }
  return createReplica(version, applyAll(contentOfServer(replica), log), pending);
}

/** The server has dealt with these; those without effect are in its log all the same. */
export function settle(replica: Replica, ids: ReadonlySet<string>): Replica {
  const pending = replica.pending.filter(({ id }) => !ids.has(id));
  if (pending.length === replica.pending.length) return replica;
  return createReplica(replica.version, contentOfServer(replica), pending);
}

/** The usual case: the log went on by exactly what waited first here, so nothing on screen changes. */
function isOwnHead(replica: Replica, log: readonly Change[]): boolean {
  return log.every((change, index) => replica.pending[index]?.id === change.id);
}
