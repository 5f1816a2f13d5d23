import { z } from "zod";
import type { Id } from "../domain/ids.ts";
import type { Sql, Transaction } from "./client.ts";

export interface NewIntegrationLog {
  readonly id: Id;
  readonly connectionId: Id;
  readonly system: string;
  readonly operation: string;
  readonly status: number | null;
  readonly error: string | null;
  readonly durationMs: number;
  /** Redacted already. */
  readonly request: unknown;
  readonly response: unknown;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly correlationId: Id;
}

export async function insertIntegrationLog(
  tx: Transaction,
  companyId: Id,
  entry: NewIntegrationLog,
): Promise<void> {
  await tx`
    insert into integration_logs (
      company_id, id, connection_id, system, operation, status, error, duration_ms, request,
      response, request_bytes, response_bytes, correlation_id
    )
    values (
      ${companyId}, ${entry.id}, ${entry.connectionId}, ${entry.system}, ${entry.operation},
      ${entry.status}, ${entry.error}, ${entry.durationMs}, ${tx.json((entry.request ?? null) as never)},
      ${tx.json((entry.response ?? null) as never)}, ${entry.requestBytes}, ${entry.responseBytes},
      ${entry.correlationId}
    )
  `;
}

const logRow = z
  .object({
    id: z.string(),
    connection_id: z.string(),
    operation: z.string(),
    status: z.number().nullable(),
    error: z.string().nullable(),
    duration_ms: z.number(),
    correlation_id: z.string(),
    created_at: z.date(),
  })
  .transform((row) => ({
    id: row.id,
    connectionId: row.connection_id,
    operation: row.operation,
    status: row.status,
    error: row.error,
    durationMs: row.duration_ms,
    correlationId: row.correlation_id,
    at: row.created_at,
  }));
const logRows = z.array(logRow);

/** Newest first. */
export async function listIntegrationErrors(tx: Transaction, companyId: Id, limit: number) {
  const rows = await tx`
    select id, connection_id, operation, status, error, duration_ms, correlation_id, created_at
    from integration_logs
    where company_id = ${companyId} and error is not null
    order by created_at desc
    limit ${limit}
  `;
  return logRows.parse(rows);
}

/** As the owner of the tables: makes the months to come, drops those older than `days`. */
export async function keepIntegrationLogs(sql: Sql, now: Date, days: number): Promise<number> {
  const [row] = await sql`
    select keep_integration_log_months(${now}, make_interval(days => ${days}::int)) as dropped
  `;
  return z.object({ dropped: z.number() }).parse(row).dropped;
}
