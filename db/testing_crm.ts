import type { Id } from "../domain/ids.ts";
import type { Sql } from "./client.ts";
import { testId } from "./testing_ids.ts";

/** A connection to a CRM with one of everything. */
export interface TestCrm {
  readonly connectionId: Id;
  readonly reviewId: Id;
  readonly eventId: Id;
  readonly draftId: Id;
  /** Of the record bound to the client, of the one that waits for a person, and of the deal. */
  readonly remoteId: string;
  readonly doubtfulId: string;
  readonly dealId: string;
  readonly holderId: Id;
}

/** Ids of things that nobody has yet. */
export function nobodysCrm(number: number): TestCrm {
  return {
    connectionId: testId(),
    reviewId: testId(),
    eventId: testId(),
    draftId: testId(),
    remoteId: `remote ${number}`,
    doubtfulId: `doubtful ${number}`,
    dealId: `deal ${number}`,
    holderId: testId(),
  };
}

/** Runs as the owner of the tables, after the company's client and estimate. */
export async function addCrm(
  sql: Sql,
  crm: TestCrm & { companyId: Id; name: string; clientId: Id; estimateId: Id; ownerId: Id },
): Promise<void> {
  const { companyId, name, clientId, estimateId } = crm;
  const { connectionId, remoteId, doubtfulId, dealId, holderId } = crm;
  const data = sql.json({ kind: "person", name, phones: [], emails: [], externalKey: null });
  await sql`
    insert into crm_connections (company_id, id, kind, account, secrets, problem)
    values (${companyId}, ${connectionId}, 'bitrix24', ${name}, '\\x00', ${name})
  `;
  await sql`
    insert into crm_syncs (
      company_id, connection_id, cursor, state, error, started_at, lease_holder, lease_until
    )
    values (
      ${companyId}, ${connectionId}, ${sql.json({ name })}, 'done', ${name}, '2026-01-01',
      ${holderId}, '2026-01-01'
    )
  `;
  for (const [id, bound] of [
    [remoteId, clientId],
    [doubtfulId, null],
  ] as const) {
    await sql`
      insert into crm_clients (
        company_id, connection_id, entity, remote_id, client_id, sync_data, remote_hash,
        remote_updated_at, seen_at
      )
      values (
        ${companyId}, ${connectionId}, 'contact', ${id}, ${bound}, ${data}, ${name}, '2026-01-01',
        '2026-01-01'
      )
    `;
  }
  await sql`
    insert into crm_deals (
      company_id, connection_id, remote_id, estimate_id, sync_data, remote_hash,
      remote_updated_at, seen_at
    )
    values (
      ${companyId}, ${connectionId}, ${dealId}, ${estimateId}, ${data}, ${name}, '2026-01-01',
      '2026-01-01'
    )
  `;
  await sql`
    insert into crm_reviews (company_id, id, connection_id, entity, remote_id, candidates)
    values (
      ${companyId}, ${crm.reviewId}, ${connectionId}, 'contact', ${doubtfulId},
      ${[clientId]}::uuid[]
    )
  `;
  await sql`
    insert into crm_drafts (company_id, id, access, created_by, chat_id, message_id)
    values (${companyId}, ${crm.draftId}, '\\x00', ${crm.ownerId}, 5, 6)
  `;
  await sql`
    insert into crm_watchers (company_id, connection_id, chat_id, message_id)
    values (${companyId}, ${connectionId}, 5, 6)
  `;
  await sql`
    insert into crm_inbox (company_id, id, connection_id, body_hash, refs)
    values (
      ${companyId}, ${crm.eventId}, ${connectionId}, ${name},
      ${sql.json([{ entity: "deal", id: dealId, isDeletion: false }])}
    )
  `;
  await sql`
    insert into crm_pushes (
      company_id, connection_id, estimate_id, state, revision, error, lease_holder, lease_until
    )
    values (
      ${companyId}, ${connectionId}, ${estimateId}, 'failed', 1, ${name}, ${holderId}, '2026-01-01'
    )
  `;
  await sql`
    insert into integration_logs (
      company_id, id, connection_id, system, operation, error, duration_ms, correlation_id
    )
    values (${companyId}, ${testId()}, ${connectionId}, 'bitrix24', ${name}, ${name}, 1, ${testId()})
  `;
}
