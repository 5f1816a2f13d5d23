import { z } from "zod";
import { CRM_KINDS } from "../domain/crm.ts";
import type { Id } from "../domain/ids.ts";
import type { Transaction } from "./client.ts";
import { moneyColumn } from "./columns.ts";

const MOST_CLIENTS = 3;

const dealReportRow = z
  .object({
    id: z.string(),
    kind: z.enum(CRM_KINDS),
    account: z.string(),
    remote_id: z.string(),
    stage: z.string().nullable(),
    outcome: z.enum(["open", "won", "lost"]).nullable(),
    amount: moneyColumn.nullable(),
    currency: z.string().nullable(),
    clients: z.array(z.object({ id: z.string().nullable(), name: z.string() })),
  })
  .transform(({ remote_id, ...row }) => ({ ...row, remoteId: remote_id }));
const dealReportRows = z.array(dealReportRow);
/** What a CRM told of a deal. `clients`: its own, with the id of ours where they are the same. */
export type DealReport = z.output<typeof dealReportRow>;

/** By the ids of their search documents; for who may see all deals. */
export async function listDealReports(
  tx: Transaction,
  companyId: Id,
  ids: readonly Id[],
): Promise<DealReport[]> {
  if (ids.length === 0) return [];
  const rows = await tx`
    select
      search_deal_id(deal.connection_id, deal.remote_id) as id, connection.kind,
      connection.account, deal.remote_id,
      jsonb_path_query_first(
        connection.settings,
        'lax $.pipelines[*] ? (@.id == $pipeline).stages[*] ? (@.id == $stage).name',
        jsonb_build_object(
          'pipeline', deal.sync_data -> 'pipelineId', 'stage', deal.sync_data -> 'stageId'
        )
      ) #>> '{}' as stage,
      case
        when deal.sync_data ->> 'outcome' in ('open', 'won', 'lost')
        then deal.sync_data ->> 'outcome'
      end as outcome,
      case
        when pg_input_is_valid(deal.sync_data ->> 'amount', 'numeric(14,2)')
        then (deal.sync_data ->> 'amount')::numeric(14,2)
      end as amount,
      deal.sync_data ->> 'currency' as currency,
      coalesce(
        (
          select jsonb_agg(jsonb_build_object('id', known.client_id, 'name', known.name))
          from (
            select record.client_id, record.sync_data ->> 'name' as name
            from jsonb_path_query(deal.sync_data, 'lax $.clients[*]') as reference
            join crm_clients as record
              on record.company_id = deal.company_id
              and record.connection_id = deal.connection_id
              and record.entity = split_part(reference #>> '{}', ' ', 1)
              and record.remote_id = split_part(reference #>> '{}', ' ', 2)
            where record.deleted_at is null and record.sync_data ->> 'name' is not null
            limit ${MOST_CLIENTS}
          ) as known
        ),
        '[]'
      ) as clients
    from crm_deals as deal
    join crm_connections as connection
      on connection.company_id = deal.company_id and connection.id = deal.connection_id
      and connection.state <> 'removed'
    where deal.company_id = ${companyId}
      and search_deal_id(deal.connection_id, deal.remote_id) = any(${[...ids]}::uuid[])
      and deal.deleted_at is null
    limit ${ids.length}
  `;
  return dealReportRows.parse(rows);
}
