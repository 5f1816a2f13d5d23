import { z } from "zod";
import type { RemoteRef } from "../domain/crm_adapter.ts";
import type { Id } from "../domain/ids.ts";
import type { Client } from "../domain/services.ts";
import type { Transaction } from "./client.ts";

export type ClientEntity = "contact" | "company";

export interface CrmClientRecord {
  readonly entity: ClientEntity;
  readonly remoteId: string;
  readonly data: unknown;
  readonly hash: string;
  readonly updatedAt: Date;
}

export interface KnownCrmClient {
  readonly remoteId: string;
  readonly clientId: Id | null;
  readonly hash: string;
  readonly isDeleted: boolean;
  /** By the CRM. */
  readonly updatedAt: Date;
  /** When it was stored or marked as gone here. */
  readonly storedAt: Date;
}

const knownRow = z
  .object({
    remote_id: z.string(),
    client_id: z.string().nullable(),
    remote_hash: z.string(),
    is_deleted: z.boolean(),
    remote_updated_at: z.date(),
    stored_at: z.date(),
  })
  .transform((row): KnownCrmClient => ({
    remoteId: row.remote_id,
    clientId: row.client_id,
    hash: row.remote_hash,
    isDeleted: row.is_deleted,
    updatedAt: row.remote_updated_at,
    storedAt: row.stored_at,
  }));
const knownRows = z.array(knownRow);

export async function findKnownCrmClients(
  tx: Transaction,
  companyId: Id,
  connectionId: Id,
  entity: ClientEntity,
  remoteIds: readonly string[],
): Promise<KnownCrmClient[]> {
  const rows = await tx`
    select
      remote_id, client_id, remote_hash, deleted_at is not null as is_deleted, remote_updated_at,
      greatest(seen_at, deleted_at) as stored_at
    from crm_clients
    where company_id = ${companyId} and connection_id = ${connectionId} and entity = ${entity}
      and remote_id = any(${remoteIds as string[]})
  `;
  return knownRows.parse(rows);
}

/** Adds or replaces; what was gone is back. */
export async function putCrmClients(
  tx: Transaction,
  companyId: Id,
  connectionId: Id,
  records: readonly CrmClientRecord[],
): Promise<void> {
  if (records.length === 0) return;
  await tx`
    insert into crm_clients (
      company_id, connection_id, entity, remote_id, sync_data, remote_hash, remote_updated_at,
      seen_at
    )
    select ${companyId}, ${connectionId}, entity, "remoteId", data, hash, "updatedAt", now()
    from jsonb_to_recordset(${tx.json(records as never)}) as record (
      entity text, "remoteId" text, data jsonb, hash text, "updatedAt" timestamptz
    )
    on conflict (company_id, connection_id, entity, remote_id) do update
    set
      sync_data = excluded.sync_data,
      remote_hash = excluded.remote_hash,
      remote_updated_at = excluded.remote_updated_at,
      seen_at = excluded.seen_at,
      deleted_at = null
  `;
}

/** A full scan saw them; nothing of them changed. */
export async function touchCrmClients(
  tx: Transaction,
  companyId: Id,
  connectionId: Id,
  entity: ClientEntity,
  remoteIds: readonly string[],
): Promise<void> {
  await tx`
    update crm_clients
    set seen_at = now()
    where company_id = ${companyId} and connection_id = ${connectionId} and entity = ${entity}
      and remote_id = any(${remoteIds as string[]})
  `;
}

/** Which clients have these phones (E.164) or e-mails (lower case). Oldest client first. */
export async function findClientsByContacts(
  tx: Transaction,
  companyId: Id,
  kind: "phone" | "email",
  values: readonly string[],
): Promise<{ value: string; clientId: Id }[]> {
  const rows = await tx`
    select value, client_id as "clientId"
    from client_contacts
    where company_id = ${companyId} and kind = ${kind} and value = any(${values as string[]})
    order by client_id
    limit 100000
  `;
  return z.array(z.object({ value: z.string(), clientId: z.string() })).parse([...rows]);
}

/** Of these, the ones that are somebody in this CRM already. */
export async function findTakenClients(
  tx: Transaction,
  companyId: Id,
  connectionId: Id,
  entity: ClientEntity,
  clientIds: readonly Id[],
): Promise<Id[]> {
  const rows = await tx`
    select client_id
    from crm_clients
    where company_id = ${companyId} and connection_id = ${connectionId} and entity = ${entity}
      and client_id = any(${clientIds as string[]})
  `;
  return z
    .array(z.object({ client_id: z.string() }))
    .parse([...rows])
    .map((row) => row.client_id);
}

export async function insertManyClients(
  tx: Transaction,
  companyId: Id,
  clients: readonly Pick<Client, "id" | "name" | "kind" | "phones" | "emails">[],
): Promise<void> {
  if (clients.length === 0) return;
  await tx`
    insert into clients (company_id, id, name, kind, phones, phone_numbers, emails)
    select ${companyId}, id, name, kind, phones, numbers, emails
    from jsonb_to_recordset(${tx.json(clients.map(withNumbers) as never)}) as client (
      id uuid, name text, kind text, phones jsonb, numbers text[], emails text[]
    )
  `;
}

/** The CRM owns name, phones and e-mails of those who are bound to it. */
export async function updateManyClients(
  tx: Transaction,
  companyId: Id,
  clients: readonly Pick<Client, "id" | "name" | "phones" | "emails">[],
): Promise<void> {
  if (clients.length === 0) return;
  await tx`
    update clients
    set
      name = given.name,
      phones = given.phones,
      phone_numbers = given.numbers,
      emails = given.emails
    from jsonb_to_recordset(${tx.json(clients.map(withNumbers) as never)}) as given (
      id uuid, name text, phones jsonb, numbers text[], emails text[]
    )
    where clients.company_id = ${companyId} and clients.id = given.id
      and clients.removed_at is null
  `;
}

function withNumbers<Fields extends Pick<Client, "phones">>(client: Fields) {
  const numbers = [...new Set(client.phones.flatMap(({ e164 }) => e164 ?? []))];
  return { ...client, numbers };
}

/** Who is who, from now on. */
export async function bindCrmClients(
  tx: Transaction,
  companyId: Id,
  connectionId: Id,
  entity: ClientEntity,
  bindings: readonly { readonly remoteId: string; readonly clientId: Id }[],
): Promise<void> {
  if (bindings.length === 0) return;
  await tx`
    update crm_clients
    set client_id = given."clientId"
    from jsonb_to_recordset(${tx.json(bindings)}) as given (
      "remoteId" text, "clientId" uuid
    )
    where company_id = ${companyId} and connection_id = ${connectionId} and entity = ${entity}
      and remote_id = given."remoteId"
  `;
}

/** A contact before a company; null: the client is nobody there yet. */
export async function findCrmClientOf(
  tx: Transaction,
  companyId: Id,
  connectionId: Id,
  clientId: Id,
): Promise<(RemoteRef & { readonly entity: ClientEntity }) | null> {
  const [row] = await tx`
    select entity, remote_id as id
    from crm_clients
    where company_id = ${companyId} and connection_id = ${connectionId}
      and client_id = ${clientId} and deleted_at is null
    order by entity desc
    limit 1
  `;
  return row
    ? z.object({ entity: z.enum(["contact", "company"]), id: z.string() }).parse(row)
    : null;
}

/** A tombstone; the client of ours stays. */
export async function markCrmClientGone(
  tx: Transaction,
  companyId: Id,
  connectionId: Id,
  entity: ClientEntity,
  remoteId: string,
): Promise<void> {
  await tx`
    update crm_clients
    set deleted_at = now()
    where company_id = ${companyId} and connection_id = ${connectionId} and entity = ${entity}
      and remote_id = ${remoteId} and deleted_at is null
  `;
}

/** A complete full scan did not show them. Returns how many. */
export async function markUnseenCrmClients(
  tx: Transaction,
  companyId: Id,
  connectionId: Id,
  since: Date,
): Promise<number> {
  const { count } = await tx`
    update crm_clients
    set deleted_at = now()
    where company_id = ${companyId} and connection_id = ${connectionId}
      and seen_at < ${since} and deleted_at is null
  `;
  return count;
}

/** A client whose record is gone there may be bound to another one. */
export async function releaseGoneCrmClients(
  tx: Transaction,
  companyId: Id,
  connectionId: Id,
  clientId: Id,
): Promise<void> {
  await tx`
    update crm_clients
    set client_id = null
    where company_id = ${companyId} and connection_id = ${connectionId}
      and client_id = ${clientId} and deleted_at is not null
  `;
}
