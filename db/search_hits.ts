import { z } from "zod";
import { phoneSchema } from "../domain/clients.ts";
import { formatEstimateNumber } from "../domain/estimate/number.ts";
import type { Id } from "../domain/ids.ts";
import type { Transaction } from "./client.ts";
import { moneyColumn } from "./columns.ts";
import { statusColumn } from "./estimate_rows.ts";

/*
 * What stands behind documents of the search. Each query looks itself who may see it: a document may be
 * a moment behind its thing.
 */

/** Lines of one estimate that are looked at for the word. */
const MOST_LINES = 20;
const MOST_RECORDS = 5;

const foundClientRow = z
  .object({
    id: z.string(),
    name: z.string(),
    phones: z.array(phoneSchema),
    emails: z.array(z.string()),
    inn: z.string(),
    address: z.string(),
    note: z.string(),
    crm_texts: z.array(z.string()),
  })
  .transform(({ crm_texts, ...row }) => ({ ...row, crmTexts: crm_texts }));
const foundClientRows = z.array(foundClientRow);

export async function listFoundClients(tx: Transaction, companyId: Id, ids: readonly Id[]) {
  if (ids.length === 0) return [];
  const rows = await tx`
    select
      id, name, phones, emails, inn, address, note,
      array(
        select search_payload(sync_data)
        from crm_clients
        where crm_clients.company_id = clients.company_id and client_id = clients.id
          and deleted_at is null and search_payload(sync_data) is not null
        limit ${MOST_RECORDS}
      ) as crm_texts
    from clients
    where company_id = ${companyId} and id = any(${[...ids]}::uuid[]) and removed_at is null
  `;
  return foundClientRows.parse(rows);
}

const foundProjectRow = z
  .object({
    id: z.string(),
    title: z.string(),
    address: z.string(),
    note: z.string(),
    client_name: z.string().nullable(),
    client_phones: z.array(phoneSchema).nullable(),
    client_emails: z.array(z.string()).nullable(),
  })
  .transform((row) => ({
    id: row.id,
    title: row.title,
    address: row.address,
    note: row.note,
    clientName: row.client_name,
    phones: row.client_phones ?? [],
    emails: row.client_emails ?? [],
  }));
const foundProjectRows = z.array(foundProjectRow);

export async function listFoundProjects(tx: Transaction, companyId: Id, ids: readonly Id[]) {
  if (ids.length === 0) return [];
  const rows = await tx`
    select
      projects.id, projects.title, projects.address, projects.note, clients.name as client_name,
      clients.phones as client_phones, clients.emails as client_emails
    from projects
    left join clients
      on clients.company_id = projects.company_id and clients.id = projects.client_id
    where projects.company_id = ${companyId} and projects.id = any(${[...ids]}::uuid[])
      and projects.removed_at is null
  `;
  return foundProjectRows.parse(rows);
}

const foundEstimateRow = z
  .object({
    id: z.string(),
    number_year: z.number(),
    number_sequence: z.number(),
    extra_sequence: z.number().nullable(),
    title: z.string(),
    status: statusColumn,
    total_amount: moneyColumn,
    notes: z.string(),
    project_title: z.string().nullable(),
    project_address: z.string().nullable(),
    client_name: z.string().nullable(),
    client_phones: z.array(phoneSchema).nullable(),
    client_emails: z.array(z.string()).nullable(),
    lines: z.array(z.string()),
    crm_texts: z.array(z.string()),
  })
  .transform((row) => ({
    id: row.id,
    number: formatEstimateNumber(row.number_year, row.number_sequence, row.extra_sequence),
    title: row.title,
    status: row.status,
    total: row.total_amount,
    notes: row.notes,
    projectTitle: row.project_title,
    projectAddress: row.project_address,
    clientName: row.client_name,
    phones: row.client_phones ?? [],
    emails: row.client_emails ?? [],
    lines: row.lines,
    crmTexts: row.crm_texts,
  }));
const foundEstimateRows = z.array(foundEstimateRow);

/**
 * @param beginnings of folded words, letters and digits only; lines with one of them come along
 * @param readerId only estimates that this person made or is the foreman of; null: all
 */
export async function listFoundEstimates(
  tx: Transaction,
  companyId: Id,
  ids: readonly Id[],
  { beginnings, readerId }: { beginnings: readonly string[]; readerId: Id | null },
) {
  if (ids.length === 0) return [];
  const pattern = beginnings.length === 0 ? null : `\\m(${beginnings.join("|")})`;
  const rows = await tx`
    select
      estimates.id, estimates.number_year, estimates.number_sequence, estimates.extra_sequence,
      estimates.title,
      estimates.status, estimates.total_amount,
      concat_ws(' ', estimates.note, estimates.internal_note, estimates.reason) as notes,
      projects.title as project_title, projects.address as project_address,
      clients.name as client_name, clients.phones as client_phones,
      clients.emails as client_emails,
      array(
        select concat_ws(' · ', nullif(name, ''), nullif(note, ''), nullif(internal_note, ''))
        from estimate_lines
        where estimate_lines.company_id = estimates.company_id
          and estimate_lines.estimate_id = estimates.id
          and search_fold(concat_ws(' ', name, note, internal_note)) ~ ${pattern}
        limit ${MOST_LINES}
      ) || array(
        select estimate_sections.title
        from estimate_sections
        where estimate_sections.company_id = estimates.company_id
          and estimate_sections.estimate_id = estimates.id
          and search_fold(estimate_sections.title) ~ ${pattern}
        limit ${MOST_LINES}
      ) as lines,
      array(
        select search_payload(sync_data)
        from crm_deals
        where crm_deals.company_id = estimates.company_id and estimate_id = estimates.id
          and deleted_at is null and search_payload(sync_data) is not null
        limit ${MOST_RECORDS}
      ) as crm_texts
    from estimates
    left join projects
      on projects.company_id = estimates.company_id and projects.id = estimates.project_id
    left join clients
      on clients.company_id = estimates.company_id and clients.id = estimates.client_id
    where estimates.company_id = ${companyId} and estimates.id = any(${[...ids]}::uuid[])
      and estimates.removed_at is null
      ${readerId ? tx`and ${readerId} in (estimates.foreman_id, estimates.created_by)` : tx``}
  `;
  return foundEstimateRows.parse(rows);
}

const foundDealRow = z
  .object({
    id: z.string(),
    title: z.string(),
    account: z.string(),
    crm_text: z.string(),
    phones: z.array(z.string()),
    client_name: z.string().nullable(),
    estimate_id: z.string().nullable(),
    number_year: z.number().nullable(),
    number_sequence: z.number().nullable(),
    extra_sequence: z.number().nullable(),
    status: statusColumn.nullable(),
  })
  .transform((row) => ({
    id: row.id,
    title: row.title,
    account: row.account,
    crmText: row.crm_text,
    phones: row.phones,
    clientName: row.client_name,
    estimateId: row.estimate_id,
    status: row.status,
    number:
      row.number_year === null || row.number_sequence === null
        ? null
        : formatEstimateNumber(row.number_year, row.number_sequence, row.extra_sequence),
  }));
const foundDealRows = z.array(foundDealRow);

/** By the ids of their documents. `readerId`: only deals of this person's estimates; null: all. */
export async function listFoundDeals(
  tx: Transaction,
  companyId: Id,
  ids: readonly Id[],
  readerId: Id | null,
) {
  if (ids.length === 0) return [];
  const rows = await tx`
    select
      search_deal_id(crm_deals.connection_id, crm_deals.remote_id) as id,
      coalesce(sync_data ->> 'title', '') as title, crm_connections.account,
      coalesce(search_payload(sync_data), '') as crm_text,
      array(
        select value #>> '{}' from jsonb_path_query(sync_data, 'lax $.phones[*]') as value limit 5
      ) as phones,
      clients.name as client_name, estimates.id as estimate_id, estimates.number_year,
      estimates.number_sequence, estimates.extra_sequence, estimates.status
    from crm_deals
    join crm_connections
      on crm_connections.company_id = crm_deals.company_id
      and crm_connections.id = crm_deals.connection_id and crm_connections.state <> 'removed'
    left join estimates
      on estimates.company_id = crm_deals.company_id and estimates.id = crm_deals.estimate_id
      and estimates.removed_at is null
    left join clients
      on clients.company_id = estimates.company_id and clients.id = estimates.client_id
    where crm_deals.company_id = ${companyId}
      and search_deal_id(crm_deals.connection_id, crm_deals.remote_id) = any(${[...ids]}::uuid[])
      and crm_deals.deleted_at is null
      ${readerId ? tx`and ${readerId} in (estimates.foreman_id, estimates.created_by)` : tx``}
  `;
  return foundDealRows.parse(rows);
}
