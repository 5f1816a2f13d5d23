import type { Sql } from "../../db/client.ts";
import { blockKey, type Bucket, type NamedBucket, takeToken } from "../../db/rate_limits.ts";
import { CRM_KINDS, type CrmKind } from "../../domain/crm.ts";
import type { Pace } from "./transport.ts";

/**
 * Bitrix24: 2 a second and 50 at once, of a portal and our address; two less, for its counter falls
 * by steps. amoCRM: 7 a second, then blocked for good; 5 and 2 at once stay below in every second.
 */
const BUCKETS: Readonly<Record<CrmKind, Bucket>> = {
  bitrix24: { capacity: 48, perSecond: 2 },
  amocrm: { capacity: 2, perSecond: 5 },
  webhook: { capacity: 20, perSecond: 10 },
};

/** As the keys of `accountKey` begin. */
export const CRM_BUCKETS: readonly NamedBucket[] = CRM_KINDS.map((name) => ({
  name,
  ...BUCKETS[name],
}));

export function accountKey(kind: CrmKind, account: string): string {
  return `${kind} ${account}`;
}

/** The pace of one account, shared by all processes and companies through the database. */
export function createPace(sql: Sql, kind: CrmKind, account: string): Pace {
  const key = accountKey(kind, account);
  return {
    take: (operation) => takeToken(sql, key, `${key} ${operation}`, BUCKETS[kind]),
    block: (operation, until) =>
      blockKey(sql, operation === null ? key : `${key} ${operation}`, until),
  };
}
