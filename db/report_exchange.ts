import { z } from "zod";
import { CRM_KINDS } from "../domain/crm.ts";
import { formatEstimateNumber } from "../domain/estimate/number.ts";
import type { Id } from "../domain/ids.ts";
import type { Transaction } from "./client.ts";

/** The health of one connection to a CRM. */
const connectionRow = z.object({
  id: z.string(),
  kind: z.enum(CRM_KINDS),
  account: z.string(),
  state: z.enum(["active", "stopped"]),
  problem: z.string().nullable(),
  lastEventAt: z.date().nullable(),
  syncState: z.enum(["running", "done", "failed"]).nullable(),
  syncError: z.string().nullable(),
  clients: z.number(),
  deals: z.number(),
  completeAt: z.date().nullable(),
  /** Webhooks that are not read yet, and since when. */
  inbox: z.number(),
  inboxSince: z.date().nullable(),
  pushesWaiting: z.number(),
  pushesSince: z.date().nullable(),
  pushesFailed: z.number(),
  calls: z.number(),
  errors: z.number(),
  /** ms; null: no calls */
  medianDuration: z.number().nullable(),
});
const connectionRows = z.array(connectionRow);
export type ConnectionReport = z.output<typeof connectionRow>;

/** `since`: from when calls and errors are counted. */
export async function listConnectionReports(
  tx: Transaction,
  companyId: Id,
  since: Date,
  limit: number,
): Promise<ConnectionReport[]> {
  const rows = await tx`
    select
      connections.id, connections.kind, connections.account, connections.state,
      connections.problem, connections.last_event_at as "lastEventAt",
      syncs.state as "syncState", syncs.error as "syncError",
      coalesce(syncs.clients, 0) as clients, coalesce(syncs.deals, 0) as deals,
      syncs.complete_at as "completeAt",
      inbox.count as inbox, inbox.since as "inboxSince",
      pushes.waiting as "pushesWaiting", pushes.since as "pushesSince",
      pushes.failed as "pushesFailed",
      calls.count as calls, calls.errors, calls.median as "medianDuration"
    from crm_connections as connections
    left join crm_syncs as syncs
      on syncs.company_id = connections.company_id and syncs.connection_id = connections.id
    cross join lateral (
      select count(*)::int as count, min(received_at) as since
      from crm_inbox
      where company_id = ${companyId} and connection_id = connections.id and handled_at is null
    ) as inbox
    cross join lateral (
      select
        count(*) filter (where state in ('waiting', 'sending', 'unknown'))::int as waiting,
        min(updated_at) filter (where state in ('waiting', 'sending', 'unknown')) as since,
        count(*) filter (where state = 'failed')::int as failed
      from crm_pushes
      where company_id = ${companyId} and connection_id = connections.id
    ) as pushes
    cross join lateral (
      select
        count(*)::int as count, count(error)::int as errors,
        percentile_cont(0.5) within group (order by duration_ms) as median
      from integration_logs
      where company_id = ${companyId} and connection_id = connections.id
        and created_at >= ${since}
    ) as calls
    where connections.company_id = ${companyId} and connections.state <> 'removed'
    order by connections.id
    limit ${limit}
  `;
  return connectionRows.parse([...rows]);
}

const failedPushRow = z
  .object({
    estimate_id: z.string(),
    number_year: z.number(),
    number_sequence: z.number(),
    extra_sequence: z.number().nullable(),
    account: z.string(),
    attempts: z.number(),
    error: z.string().nullable(),
    updated_at: z.date(),
  })
  .transform((row) => ({
    estimateId: row.estimate_id,
    number: formatEstimateNumber(row.number_year, row.number_sequence, row.extra_sequence),
    account: row.account,
    attempts: row.attempts,
    error: row.error,
    at: row.updated_at,
  }));
const failedPushRows = z.array(failedPushRow);
export type FailedPush = z.output<typeof failedPushRow>;

/** Estimates that could not be brought to a CRM, last first. */
export async function listFailedPushes(
  tx: Transaction,
  companyId: Id,
  limit: number,
): Promise<FailedPush[]> {
  const rows = await tx`
    select
      pushes.estimate_id, estimates.number_year, estimates.number_sequence,
      estimates.extra_sequence, connections.account,
      pushes.attempts, pushes.error, pushes.updated_at
    from crm_pushes as pushes
    join estimates
      on estimates.company_id = pushes.company_id and estimates.id = pushes.estimate_id
    join crm_connections as connections
      on connections.company_id = pushes.company_id and connections.id = pushes.connection_id
    where pushes.company_id = ${companyId} and pushes.state = 'failed'
    order by pushes.updated_at desc
    limit ${limit}
  `;
  return failedPushRows.parse([...rows]);
}

const notificationRow = z.object({
  id: z.string(),
  kind: z.string(),
  /** Null: nobody of this name is known any more. */
  personName: z.string().nullable(),
  estimateId: z.string().nullable(),
  status: z.enum(["waiting", "sent", "failed", "muted"]),
  attempts: z.number(),
  count: z.number(),
  error: z.string().nullable(),
  createdAt: z.date(),
  deliveredAt: z.date().nullable(),
});
const notificationRows = z.array(notificationRow);
export type NotificationReport = z.output<typeof notificationRow>;

/** Newest first, `limit` + 1 rows at most. What they say stays out: it went to one person. */
export async function listNotificationReports(
  tx: Transaction,
  companyId: Id,
  page: {
    readonly status: NotificationReport["status"] | null;
    readonly before: Id | null;
    readonly limit: number;
  },
): Promise<NotificationReport[]> {
  const rows = await tx`
    select
      notifications.id, notifications.kind, users.name as "personName",
      notifications.estimate_id as "estimateId", notifications.status, notifications.attempts,
      notifications.count, notifications.error, notifications.created_at as "createdAt",
      notifications.delivered_at as "deliveredAt"
    from telegram_notifications as notifications
    left join telegram_users on telegram_users.telegram_id = notifications.telegram_id
    left join users on users.user_id = telegram_users.user_id
    where notifications.company_id = ${companyId}
      ${page.status ? tx`and notifications.status = ${page.status}` : tx``}
      ${page.before ? tx`and notifications.id < ${page.before}` : tx``}
    order by notifications.id desc
    limit ${page.limit + 1}
  `;
  return notificationRows.parse([...rows]);
}

const callRow = z.object({
  id: z.string(),
  account: z.string().nullable(),
  system: z.string(),
  operation: z.string(),
  status: z.number().nullable(),
  error: z.string().nullable(),
  durationMs: z.number(),
  requestBytes: z.number(),
  responseBytes: z.number(),
  correlationId: z.string(),
  at: z.date(),
  /** The moment as PostgreSQL has it, for the next page. */
  place: z.string(),
});
const callRows = z.array(callRow);
export type CallReport = z.output<typeof callRow>;

/** Calls to outside systems, newest first, `limit` + 1 rows at most. */
export async function listCallReports(
  tx: Transaction,
  companyId: Id,
  page: {
    readonly onlyErrors: boolean;
    readonly after: { readonly place: string; readonly id: Id } | null;
    readonly limit: number;
  },
): Promise<CallReport[]> {
  const { onlyErrors, after, limit } = page;
  const rows = await tx`
    select
      logs.id, connections.account, logs.system, logs.operation, logs.status, logs.error,
      logs.duration_ms as "durationMs", logs.request_bytes as "requestBytes",
      logs.response_bytes as "responseBytes", logs.correlation_id as "correlationId",
      logs.created_at as at, logs.created_at::text as place
    from integration_logs as logs
    left join crm_connections as connections
      on connections.company_id = logs.company_id and connections.id = logs.connection_id
    where logs.company_id = ${companyId}
      ${onlyErrors ? tx`and logs.error is not null` : tx``}
      ${after ? tx`and (logs.created_at, logs.id) < (${after.place}::text::timestamptz, ${after.id})` : tx``}
    order by logs.created_at desc, logs.id desc
    limit ${limit + 1}
  `;
  return callRows.parse([...rows]);
}
