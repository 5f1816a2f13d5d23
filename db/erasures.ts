import { z } from "zod";
import type { Day } from "../domain/calendar.ts";
import type { Id } from "../domain/ids.ts";
import type { Sql, Transaction } from "./client.ts";
import { dayColumn } from "./columns.ts";

/**
 * Takes a client's personal data out of everything but the agreed versions of the last `keptYears`; see
 * `erase_client` in the migrations. Null when there is no such client, or it is erased already.
 */
export async function eraseClient(
  tx: Transaction,
  companyId: Id,
  clientId: Id,
  erasure: {
    readonly id: Id;
    readonly by: Id;
    readonly at: Date;
    readonly keptYears: number;
  },
): Promise<{ keptRevisions: number; keptUntil: Day | null } | null> {
  await eraseAnswers(tx, companyId, clientId);
  const [row] = await tx`
    select kept_revisions, kept_until
    from clients
    cross join lateral erase_client(
      clients.company_id, clients.id, ${erasure.at}, make_interval(years => ${erasure.keptYears}::int)
    )
    where clients.company_id = ${companyId} and clients.id = ${clientId}
  `;
  const erased = row ? erasedRow.parse(row) : null;
  if (erased === null || erased.kept_revisions === null) return null;
  await tx`
    insert into erasures (
      company_id, id, client_id, erased_by, erased_at, kept_revisions, kept_until
    )
    values (
      ${companyId}, ${erasure.id}, ${clientId}, ${erasure.by}, ${erasure.at},
      ${erased.kept_revisions}, ${erased.kept_until}
    )
  `;
  return { keptRevisions: erased.kept_revisions, keptUntil: erased.kept_until };
}

/**
 * Answers that repeated requests would get again: whatever names the client, something of the client's, or
 * the client's name, phones or e-mails. The keys stay, so that nothing happens twice.
 */
async function eraseAnswers(tx: Transaction, companyId: Id, clientId: Id): Promise<void> {
  await tx`
    with own_estimates as (
      select id
      from estimates
      where company_id = ${companyId} and (client_id = ${clientId} or parent_id in (
        select id from estimates where company_id = ${companyId} and client_id = ${clientId}
      ))
    ), own_revisions as (
      select id
      from estimate_revisions
      where company_id = ${companyId} and estimate_id in (select id from own_estimates)
    ), own as (
      select ${clientId}::uuid as id
      union all
      select id from projects where company_id = ${companyId} and client_id = ${clientId}
      union all select id from own_estimates
      union all select id from own_revisions
      union all
      select id
      from acts
      where company_id = ${companyId} and estimate_id in (select id from own_estimates)
      union all
      select id
      from payments
      where company_id = ${companyId} and estimate_id in (select id from own_estimates)
      union all
      select id
      from payment_stages
      where company_id = ${companyId} and estimate_id in (select id from own_estimates)
    ), words as (
      select to_json(word)::text as quoted
      from clients
      cross join lateral (
        select name where position(' ' in name) > 0
        union all select unnest(phone_numbers)
        union all select phone ->> 'raw' from jsonb_array_elements(phones) as phone
        union all select unnest(emails)
      ) as known (word)
      where clients.company_id = ${companyId} and clients.id = ${clientId} and length(word) >= 6
    )
    update repeatable_requests
    set status = 404, body = ${GONE}
    where company_id = ${companyId} and status is not null and (
      exists (
        select
        from regexp_matches(body, ${UUID}, 'g') as found (id)
        join own on own.id = found.id[1]::uuid
      ) or exists (
        select
        from words
        -- Without the quotes: it may stand inside a longer text.
        where position(substr(quoted, 2, length(quoted) - 2) in body) > 0
      )
    )
  `;
}

const UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

const GONE = JSON.stringify({
  error: { code: "not_found", message: "Данные заказчика стёрты.", requestId: "" },
});

const erasedRow = z.object({
  kept_revisions: z.number().nullable(),
  kept_until: dayColumn.nullable(),
});

/** Whether something of the client's waits for a decision. */
export async function hasSubmittedEstimate(
  tx: Transaction,
  companyId: Id,
  clientId: Id,
): Promise<boolean> {
  const rows = await tx`
    select
    from estimates
    where company_id = ${companyId} and client_id = ${clientId} and status = 'submitted'
    limit 1
  `;
  return rows.length > 0;
}

/** Everything that the company knows of a client, in the words of the tables. */
export async function readPersonalData(
  tx: Transaction,
  companyId: Id,
  clientId: Id,
  limit: number,
): Promise<unknown> {
  const [row] = await tx`
    select jsonb_build_object(
      'card', to_jsonb(clients) - 'company_id',
      'projects', (
        select jsonb_agg(to_jsonb(found) - 'company_id')
        from (
          select id, title, address, note, created_at from projects
          where company_id = ${companyId} and client_id = ${clientId}
          order by id limit ${limit}
        ) as found
      ),
      'estimates', (
        select jsonb_agg(to_jsonb(found))
        from (
          select id, number_year, number_sequence, status, title, date, total_amount, created_at
          from estimates
          where company_id = ${companyId} and client_id = ${clientId}
          order by id limit ${limit}
        ) as found
      ),
      'approvals', (
        select jsonb_agg(to_jsonb(found))
        from (
          select
            approvals.name, approvals.phone, approvals.consent, approvals.decision,
            approvals.address, approvals.user_agent, approvals.decided_at, approvals.sha256
          from approvals
          join estimate_revisions as revisions
            on revisions.company_id = approvals.company_id and revisions.id = approvals.revision_id
          join estimates
            on estimates.company_id = revisions.company_id and estimates.id = revisions.estimate_id
          where approvals.company_id = ${companyId} and approvals.side = 'client'
            and estimates.client_id = ${clientId}
          order by approvals.id limit ${limit}
        ) as found
      ),
      'questions', (
        select jsonb_agg(to_jsonb(found))
        from (
          select questions.author_name, questions.text, questions.answer, questions.asked_at
          from questions
          join estimate_revisions as revisions
            on revisions.company_id = questions.company_id and revisions.id = questions.revision_id
          join estimates
            on estimates.company_id = revisions.company_id and estimates.id = revisions.estimate_id
          where questions.company_id = ${companyId} and estimates.client_id = ${clientId}
          order by questions.id limit ${limit}
        ) as found
      ),
      'acts', (
        select jsonb_agg(to_jsonb(found))
        from (
          select
            acts.number, acts.date, acts.status, acts.accepted_by, acts.total_amount, acts.signed_at
          from acts
          join estimates
            on estimates.company_id = acts.company_id and estimates.id = acts.estimate_id
          where acts.company_id = ${companyId} and estimates.client_id = ${clientId}
          order by acts.id limit ${limit}
        ) as found
      ),
      'payments', (
        select jsonb_agg(to_jsonb(found))
        from (
          select payments.kind, payments.title, payments.amount, payments.received_on
          from payments
          join estimates
            on estimates.company_id = payments.company_id and estimates.id = payments.estimate_id
          where payments.company_id = ${companyId} and estimates.client_id = ${clientId}
            and payments.removed_at is null
          order by payments.id limit ${limit}
        ) as found
      ),
      'crm', (
        select jsonb_agg(to_jsonb(found))
        from (
          select entity, remote_id, sync_data, seen_at
          from crm_clients
          where company_id = ${companyId} and client_id = ${clientId}
          order by remote_id limit ${limit}
        ) as found
      )
    ) as data
    from clients
    where clients.company_id = ${companyId} and clients.id = ${clientId}
  `;
  return row ? z.object({ data: z.unknown() }).parse(row).data : null;
}

/** As the owner of the tables: what was kept of erased clients and whose time is over. Returns how many. */
export async function eraseKept(sql: Sql, now: Date): Promise<number> {
  const [row] = await sql`select erase_kept(${now}) as erased`;
  return z.object({ erased: z.number() }).parse(row).erased;
}
