import { z } from "zod";
import { CRM_KINDS, type CrmKind } from "../domain/crm.ts";
import { stageMapSchema } from "../domain/crm_stages.ts";
import type { Id } from "../domain/ids.ts";
import type { Sql, Transaction } from "./client.ts";

const pipelineSchema = z.object({
  id: z.string(),
  name: z.string(),
  stages: z.array(
    z.object({ id: z.string(), name: z.string(), outcome: z.enum(["open", "won", "lost"]) }),
  ),
});

/** What is no secret. */
const settingsSchema = z.object({
  stageMap: stageMapSchema.nullable().default(null),
  /** What the adapter wants to find next time. */
  remembered: z.record(z.string(), z.unknown()).default({}),
  /** As they were last read: a chat waits for no CRM. */
  pipelines: z.array(pipelineSchema).default([]),
  /** The last sentence about the CRM's outgoing webhook; null: all was well. */
  webhookProblem: z.string().nullable().default(null),
});
export type CrmSettings = z.output<typeof settingsSchema>;

export interface StoredConnection {
  readonly companyId: Id;
  readonly id: Id;
  readonly kind: CrmKind;
  readonly account: string;
  readonly settings: CrmSettings;
  /** Sealed. */
  readonly secrets: Uint8Array;
  readonly state: "active" | "stopped";
  readonly problem: string | null;
  readonly currency: string;
  readonly accountId: string | null;
  readonly lastEventAt: Date | null;
  readonly createdBy: Id | null;
}

const connectionRow = z
  .object({
    company_id: z.string(),
    id: z.string(),
    kind: z.enum(CRM_KINDS),
    account: z.string(),
    settings: settingsSchema,
    secrets: z.instanceof(Uint8Array),
    state: z.enum(["active", "stopped"]),
    problem: z.string().nullable(),
    currency: z.string(),
    account_id: z.string().nullable(),
    last_event_at: z.date().nullable(),
    created_by: z.string().nullable(),
  })
  .transform((row): StoredConnection => ({
    companyId: row.company_id,
    id: row.id,
    kind: row.kind,
    account: row.account,
    settings: row.settings,
    secrets: row.secrets,
    state: row.state,
    problem: row.problem,
    currency: row.currency,
    accountId: row.account_id,
    lastEventAt: row.last_event_at,
    createdBy: row.created_by,
  }));
const connectionRows = z.array(connectionRow);

function connectionColumns(sql: Sql | Transaction) {
  return sql`
    company_id, id, kind, account, settings, secrets, state, problem, currency, account_id,
    last_event_at, created_by
  `;
}

export async function insertCrmConnection(
  tx: Transaction,
  companyId: Id,
  connection: Omit<StoredConnection, "companyId" | "state" | "lastEventAt">,
): Promise<void> {
  await tx`
    insert into crm_connections (
      company_id, id, kind, account, settings, secrets, problem, currency, account_id, created_by
    )
    values (
      ${companyId}, ${connection.id}, ${connection.kind}, ${connection.account},
      ${tx.json(connection.settings as never)}, ${Buffer.from(connection.secrets)},
      ${connection.problem}, ${connection.currency}, ${connection.accountId},
      ${connection.createdBy}
    )
  `;
}

/** Null also for a removed one: its jobs end quietly. */
export async function findCrmConnection(
  tx: Transaction,
  companyId: Id,
  id: Id,
): Promise<StoredConnection | null> {
  const [row] = await tx`
    select ${connectionColumns(tx)}
    from crm_connections
    where company_id = ${companyId} and id = ${id} and state <> 'removed'
  `;
  return row ? connectionRow.parse(row) : null;
}

export async function listCrmConnections(
  tx: Transaction,
  companyId: Id,
): Promise<StoredConnection[]> {
  const rows = await tx`
    select ${connectionColumns(tx)}
    from crm_connections
    where company_id = ${companyId} and state <> 'removed'
    order by id
    limit 100
  `;
  return connectionRows.parse(rows);
}

/** Of every company, as the owner of the tables; after `id`, in its order. */
export async function listActiveCrmConnections(
  sql: Sql,
  after: Id,
  limit: number,
): Promise<StoredConnection[]> {
  const rows = await sql`
    select ${connectionColumns(sql)}
    from crm_connections
    where state = 'active' and id > ${after}
    order by id
    limit ${limit}
  `;
  return connectionRows.parse(rows);
}

/** What is absent stays. `problem` null takes it away. */
export async function updateCrmConnection(
  tx: Transaction,
  companyId: Id,
  id: Id,
  change: {
    readonly settings?: CrmSettings;
    readonly secrets?: Uint8Array;
    readonly state?: "active" | "stopped" | "removed";
    readonly problem?: string | null;
    readonly account?: string;
    readonly hasEvent?: boolean;
  },
): Promise<boolean> {
  const { settings, secrets, state, problem, account, hasEvent } = change;
  const { count } = await tx`
    update crm_connections
    set
      settings = coalesce(${settings ? tx.json(settings as never) : null}, settings),
      secrets = coalesce(${secrets ? Buffer.from(secrets) : null}::bytea, secrets),
      state = coalesce(${state ?? null}, state),
      problem = ${problem === undefined ? tx`problem` : problem},
      account = coalesce(${account ?? null}, account),
      last_event_at = ${hasEvent ? tx`now()` : tx`last_event_at`},
      removed_at = ${state === "removed" ? tx`now()` : tx`removed_at`}
    where company_id = ${companyId} and id = ${id} and state <> 'removed'
  `;
  return count > 0;
}

/** Until the end of the transaction nobody else changes the secrets or takes records in. */
export async function lockCrmConnection(
  tx: Transaction,
  companyId: Id,
  id: Id,
): Promise<StoredConnection | null> {
  const [row] = await tx`
    select ${connectionColumns(tx)}
    from crm_connections
    where company_id = ${companyId} and id = ${id} and state <> 'removed'
    for no key update
  `;
  return row ? connectionRow.parse(row) : null;
}

/** All companies or one, for the command line; as the owner of the tables. */
export async function listCrmCompanies(
  sql: Sql,
  limit: number,
  companyId: Id | null = null,
): Promise<{ companyId: Id; name: string }[]> {
  const rows = await sql`
    select company_id as "companyId", name
    from companies
    where ${companyId}::uuid is null or company_id = ${companyId}
    order by created_at
    limit ${limit}
  `;
  return z.array(z.object({ companyId: z.string(), name: z.string() })).parse([...rows]);
}

/** Whose connection it is; as the owner of the tables. */
export async function findCompanyOfConnection(sql: Sql, id: Id): Promise<Id | null> {
  const [row] = await sql`
    select company_id as "companyId"
    from crm_connections
    where id = ${id} and state <> 'removed'
  `;
  return row ? z.object({ companyId: z.string() }).parse(row).companyId : null;
}
