import { type Actor, can } from "../../domain/access.ts";
import { KEY_PREFIX } from "../../domain/api_keys.ts";
import type { Id } from "../../domain/ids.ts";
import type { LiveEvent } from "../../domain/live.ts";
import type { Sql } from "../../db/client.ts";
import { tenantTransaction } from "../../db/transactions.ts";
import { findEstimate } from "../../db/estimates.ts";
import {
  listMissedEvents,
  readBatches,
  type LiveRow,
  type Snapshot,
} from "../../db/live_events.ts";
import { findSession } from "../../db/sessions.ts";
import { findProgram } from "../auth/api_keys.ts";
import { MAX_BATCH } from "./feed.ts";
import { aboutDocument, aboutEstimate, aboutNotifications, aboutSync } from "./frames.ts";

/** Further behind than this a client reads the log by itself. */
const MAX_BEHIND = 20; // versions
const MAX_ANSWER = 256 * 1024; // bytes

export interface LiveSession {
  readonly actor: Actor;
  /** Null: a session. */
  readonly keyId: Id | null;
  /** Null: a key, which has no end of its own. */
  readonly expiresAt: Date | null;
}

/** What a socket needs from the database. */
export interface LiveSource {
  /** Null for no session or API key, one that ended, and one whose person left the team. */
  readonly findSession: (token: string) => Promise<LiveSession | null>;
  /** The same for the token of a cookie: only a session of the manager's page is one. */
  readonly findManagerSession: (token: string) => Promise<LiveSession | null>;
  /** What the lists of a person missed; null when there is too much to tell. */
  readonly listMissed: (
    person: { readonly actor: Actor; readonly hasLists: boolean },
    between: { since: Snapshot; until: Snapshot },
    limit: number,
  ) => Promise<LiveEvent[] | null>;
  /** Null when there is no such estimate for this person. The events are JSON. */
  readonly readEstimate: (
    actor: Actor,
    id: Id,
    since: number,
  ) => Promise<{ version: number; events: string[] } | null>;
}

export function createLiveSource(options: { sql: Sql; clock: () => Date }): LiveSource {
  const { sql, clock } = options;
  const find = async (token: string) => {
    const found = await findSession(sql, token, clock());
    if (!found) return null;
    const { companyId, userId, role, expiresAt, kind } = found;
    return { actor: { companyId, userId, role }, keyId: null, expiresAt, kind };
  };
  return {
    findSession: async (token) => {
      if (!token.startsWith(KEY_PREFIX)) return find(token);
      const found = await findProgram(sql, token, clock());
      return found && { actor: found.actor, keyId: found.keyId ?? null, expiresAt: null };
    },
    findManagerSession: async (token) => {
      const found = await find(token);
      return found?.kind === "manager" ? found : null;
    },
    listMissed: async ({ actor, hasLists }, between, limit) => {
      const rows = await tenantTransaction(sql, actor.companyId, (tx) =>
        listMissedEvents(tx, actor.companyId, between, limit),
      );
      if (rows.length > limit) return null;
      return tellMissed(rows, actor, hasLists);
    },
    readEstimate: (actor, id, since) =>
      tenantTransaction(sql, actor.companyId, async (tx) => {
        const found = await findEstimate(tx, actor.companyId, id);
        if (!found) return null;
        const ownerIds = [found.foremanId, found.createdBy];
        const thing = { companyId: actor.companyId, ownerIds };
        if (!can(actor, "estimate.read", thing)) return null;
        const { version, status, revision, isRemoved } = found;
        const behind = version - since;
        const versions = Array.from(
          { length: behind > 0 && behind <= MAX_BEHIND ? behind : 0 },
          (_, index) => since + 1 + index,
        );
        const batches = await readBatches(
          tx,
          versions.map((version) => ({ companyId: actor.companyId, estimateId: id, version })),
          MAX_BATCH,
        );
        const events = versions.map((version) => {
          const changes = batches.get(`${id}/${version}`) ?? "null";
          return `{"kind":"changes","estimateId":"${id}","version":${version},"changes":${changes}}`;
        });
        const state = JSON.stringify(
          aboutEstimate({ id, version, status, revision, isRemoved, ownerIds }),
        );
        const size = events.reduce((sum, event) => sum + Buffer.byteLength(event), 0);
        return { version, events: size > MAX_ANSWER ? [state] : [...events, state] };
      }),
  };
}

/** As the hub would have told them at the time. */
function tellMissed(rows: readonly LiveRow[], actor: Actor, hasLists: boolean): LiveEvent[] {
  const events: LiveEvent[] = [];
  const estimates = new Map<Id, LiveEvent>();
  const counted: unknown[] = [];
  const isLeader = hasLists && can(actor, "report.read", { companyId: actor.companyId });
  for (const { kind, estimate, userId, details } of rows) {
    const mayRead =
      estimate !== null &&
      can(actor, "estimate.read", { companyId: actor.companyId, ownerIds: estimate.ownerIds });
    if (kind === "document" && mayRead && userId === actor.userId) {
      events.push(aboutDocument(details, estimate.id));
    } else if ((kind === "changes" || kind === "estimate") && mayRead && hasLists) {
      estimates.set(estimate.id, aboutEstimate(estimate));
    } else if (kind === "crm_sync" && isLeader) events.push(aboutSync(details));
    else if (kind === "notifications" && isLeader) counted.push(details);
  }
  const notifications = counted.length > 0 ? [aboutNotifications(counted)] : [];
  return [...events, ...estimates.values(), ...notifications];
}
