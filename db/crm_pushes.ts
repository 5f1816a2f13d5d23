import { z } from "zod";
import { formatEstimateNumber } from "../domain/estimate/number.ts";
import type { Id } from "../domain/ids.ts";
import type { Transaction } from "./client.ts";

export type PushState = "waiting" | "sending" | "unknown" | "done" | "failed";

/** An estimate must go to a CRM: once, however often it is asked for. */
export async function requestCrmPush(
  tx: Transaction,
  companyId: Id,
  connectionId: Id,
  push: { readonly estimateId: Id; readonly revision: number },
): Promise<void> {
  await tx`
    insert into crm_pushes as push (company_id, connection_id, estimate_id, revision)
    values (${companyId}, ${connectionId}, ${push.estimateId}, ${push.revision})
    on conflict (company_id, connection_id, estimate_id) do update
    set
      revision = greatest(push.revision, excluded.revision),
      state = case when push.state in ('sending', 'unknown') then push.state else 'waiting' end,
      error = null
  `;
}

/** Null while another worker has it. The state is that before the claim. */
export async function claimCrmPush(
  tx: Transaction,
  companyId: Id,
  connectionId: Id,
  claim: { readonly estimateId: Id; readonly holder: Id; readonly seconds: number },
): Promise<{ state: PushState; revision: number } | null> {
  const [row] = await tx`
    update crm_pushes
    set
      lease_holder = ${claim.holder},
      lease_until = now() + make_interval(secs => ${claim.seconds}),
      attempts = attempts + 1
    where company_id = ${companyId} and connection_id = ${connectionId}
      and estimate_id = ${claim.estimateId}
      and (lease_until is null or lease_until < now())
    returning state, revision
  `;
  return row
    ? z
        .object({
          state: z.enum(["waiting", "sending", "unknown", "done", "failed"]),
          revision: z.number(),
        })
        .parse(row)
    : null;
}

/** Notes where the push is and holds it longer. False: somebody else has it, stop writing. */
export async function saveCrmPushState(
  tx: Transaction,
  companyId: Id,
  connectionId: Id,
  change: {
    readonly estimateId: Id;
    readonly holder: Id;
    readonly state: PushState;
    readonly error: string | null;
    /** 0 lets it go. */
    readonly seconds: number;
  },
): Promise<boolean> {
  const { count } = await tx`
    update crm_pushes
    set
      state = ${change.state},
      error = ${change.error},
      lease_until = now() + make_interval(secs => ${change.seconds}),
      lease_holder = case when ${change.seconds} = 0 then null else lease_holder end
    where company_id = ${companyId} and connection_id = ${connectionId}
      and estimate_id = ${change.estimateId} and lease_holder = ${change.holder}
  `;
  return count > 0;
}

/** Holds a push longer. False: somebody else has it. */
export async function renewCrmPush(
  tx: Transaction,
  companyId: Id,
  connectionId: Id,
  lease: { readonly estimateId: Id; readonly holder: Id; readonly seconds: number },
): Promise<boolean> {
  const { count } = await tx`
    update crm_pushes
    set lease_until = now() + make_interval(secs => ${lease.seconds})
    where company_id = ${companyId} and connection_id = ${connectionId}
      and estimate_id = ${lease.estimateId} and lease_holder = ${lease.holder}
  `;
  return count > 0;
}

/** Lets a push go, whatever its state is; no effect when somebody else has it. */
export async function releaseCrmPush(
  tx: Transaction,
  companyId: Id,
  connectionId: Id,
  { estimateId, holder }: { readonly estimateId: Id; readonly holder: Id },
): Promise<void> {
  await tx`
    update crm_pushes
    set lease_holder = null, lease_until = null
    where company_id = ${companyId} and connection_id = ${connectionId}
      and estimate_id = ${estimateId} and lease_holder = ${holder}
  `;
}

const failedRow = z
  .object({
    estimate_id: z.string(),
    number_year: z.number(),
    number_sequence: z.number(),
    extra_sequence: z.number().nullable(),
    error: z.string().nullable(),
    updated_at: z.date(),
  })
  .transform((row) => ({
    estimateId: row.estimate_id,
    number: formatEstimateNumber(row.number_year, row.number_sequence, row.extra_sequence),
    error: row.error,
    at: row.updated_at,
  }));
const failedRows = z.array(failedRow);

/** What went to no CRM, newest first. */
export async function listFailedPushes(tx: Transaction, companyId: Id, limit: number) {
  const rows = await tx`
    select
      push.estimate_id, estimates.number_year, estimates.number_sequence,
      estimates.extra_sequence, push.error,
      push.updated_at
    from crm_pushes as push
    join crm_connections as connection
      on connection.company_id = push.company_id and connection.id = push.connection_id
    join estimates
      on estimates.company_id = push.company_id and estimates.id = push.estimate_id
    where push.company_id = ${companyId} and push.state = 'failed'
      and connection.state <> 'removed'
    order by push.updated_at desc, push.estimate_id
    limit ${limit}
  `;
  return failedRows.parse([...rows]);
}

/** Those that ended in failure wait again. */
export async function reviveFailedPushes(
  tx: Transaction,
  companyId: Id,
  limit: number,
): Promise<{ connectionId: Id; estimateId: Id }[]> {
  const rows = await tx`
    update crm_pushes
    set state = 'waiting', error = null
    where (company_id, connection_id, estimate_id) in (
      select company_id, connection_id, estimate_id
      from crm_pushes
      where company_id = ${companyId} and state = 'failed'
      limit ${limit}
    )
    returning connection_id as "connectionId", estimate_id as "estimateId"
  `;
  return z.array(z.object({ connectionId: z.string(), estimateId: z.string() })).parse([...rows]);
}
