import { z } from "zod";
import { type ClientFields, type Phone, phoneSchema } from "../domain/clients.ts";
import type { Id } from "../domain/ids.ts";
import type { Client } from "../domain/services.ts";
import type { Transaction } from "./client.ts";
import type { Patch } from "./patches.ts";

const clientRow = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(["person", "organisation"]),
  phones: z.array(phoneSchema),
  emails: z.array(z.string()),
  inn: z.string(),
  address: z.string(),
  note: z.string(),
});
const clientRows = z.array(clientRow);

function clientColumns(tx: Transaction) {
  return tx`id, name, kind, phones, emails, inn, address, note`;
}

export async function insertClient(
  tx: Transaction,
  companyId: Id,
  client: Client,
): Promise<Client> {
  const [row] = await tx`
    insert into clients (
      company_id, id, name, kind, phones, phone_numbers, emails, inn, address, note
    )
    values (
      ${companyId}, ${client.id}, ${client.name}, ${client.kind}, ${tx.json(client.phones)},
      ${numbersOf(client.phones)}, ${client.emails}, ${client.inn}, ${client.address},
      ${client.note}
    )
    returning ${clientColumns(tx)}
  `;
  return clientRow.parse(row);
}

export async function findClient(tx: Transaction, companyId: Id, id: Id): Promise<Client | null> {
  const [row] = await tx`
    select ${clientColumns(tx)}
    from clients
    where company_id = ${companyId} and id = ${id} and removed_at is null
  `;
  return row ? clientRow.parse(row) : null;
}

/** Null when there is no such client. */
export async function updateClient(
  tx: Transaction,
  companyId: Id,
  id: Id,
  fields: Patch<ClientFields>,
): Promise<Client | null> {
  const { phones } = fields;
  const [row] = await tx`
    update clients
    set
      name = coalesce(${fields.name ?? null}, name),
      kind = coalesce(${fields.kind ?? null}, kind),
      phones = coalesce(${phones ? tx.json(phones) : null}, phones),
      phone_numbers = coalesce(${phones ? numbersOf(phones) : null}, phone_numbers),
      emails = coalesce(${fields.emails ?? null}, emails),
      inn = coalesce(${fields.inn ?? null}, inn),
      address = coalesce(${fields.address ?? null}, address),
      note = coalesce(${fields.note ?? null}, note)
    where company_id = ${companyId} and id = ${id} and removed_at is null
    returning ${clientColumns(tx)}
  `;
  return row ? clientRow.parse(row) : null;
}

export interface ClientFilter {
  /** Lower case, ё as е; each must be found in the name, address, ИНН, a phone or an e-mail. */
  readonly words: readonly string[];
  /** The id of the last row of the page before. */
  readonly before: Id | null;
  readonly limit: number;
}

/** Newest first, `limit` + 1 rows at most: the one too many tells that there is a next page. */
export async function listClients(
  tx: Transaction,
  companyId: Id,
  { words, before, limit }: ClientFilter,
): Promise<Client[]> {
  const rows = await tx`
    select ${clientColumns(tx)}
    from clients
    where company_id = ${companyId}
      and removed_at is null
      ${before ? tx`and id < ${before}` : tx``}
      ${words.length > 0 ? words.map((word) => matching(tx, word)) : tx``}
    order by id desc
    limit ${limit + 1}
  `;
  return clientRows.parse(rows);
}

function matching(tx: Transaction, word: string) {
  return tx`
    and strpos(lower(translate(concat_ws(' ',
      name, address, inn, array_to_string(phone_numbers || emails, ' ')
    ), 'Ёё', 'Ее')), ${word}) > 0
  `;
}

/** Oldest first, `limit` at most. */
export async function findClientsByPhone(
  tx: Transaction,
  companyId: Id,
  e164: string,
  limit: number,
): Promise<Client[]> {
  const rows = await tx`
    select ${clientColumns(tx)}
    from clients
    where company_id = ${companyId}
      and phone_numbers @> array[${e164}]
      and removed_at is null
    order by id
    limit ${limit}
  `;
  return clientRows.parse(rows);
}

function numbersOf(phones: readonly Phone[]): string[] {
  return [...new Set(phones.flatMap((phone) => phone.e164 ?? []))];
}
