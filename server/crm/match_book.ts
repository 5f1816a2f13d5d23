import {
  type ClientEntity,
  findClientsByContacts,
  findTakenClients,
} from "../../db/crm_clients.ts";
import type { Transaction } from "../../db/client.ts";
import { findClient } from "../../db/clients.ts";
import type { RemoteClient } from "../../domain/crm_adapter.ts";
import type { MatchFacts } from "../../domain/crm_matching.ts";
import { type Id, idSchema } from "../../domain/ids.ts";
import { parsePhone } from "../../domain/phones.ts";

/** Where records of one connection are taken in. */
export interface Intake {
  readonly tx: Transaction;
  readonly companyId: Id;
  readonly connectionId: Id;
  readonly newId: () => Id;
  /** By the database's clock, before the records were asked for; null: nobody asked, they were sent. */
  readonly askedAt: Date | null;
}

/** Who could be whom on one page: three questions to the database whatever its length. */
export interface MatchBook {
  factsOf(record: RemoteClient): MatchFacts;
  /** The record is this client: those after it on the page must know. */
  add(record: RemoteClient, clientId: Id): void;
}

export async function loadMatchBook(
  { tx, companyId, connectionId }: Intake,
  entity: ClientEntity,
  records: readonly RemoteClient[],
): Promise<MatchBook> {
  const [phones, emails] = await Promise.all([
    findClientsByContacts(tx, companyId, "phone", records.flatMap(phonesOf)),
    findClientsByContacts(tx, companyId, "email", records.flatMap(emailsOf)),
  ]);
  const byPhone = indexOf(phones);
  const byEmail = indexOf(emails);
  const byKey = new Map<string, Id>();
  for (const { externalKey } of records) {
    if (externalKey === null || !idSchema.safeParse(externalKey).success) continue;
    const client = await findClient(tx, companyId, externalKey);
    if (client) byKey.set(externalKey, client.id);
  }
  const candidates = [...phones, ...emails].map(({ clientId }) => clientId);
  const taken = new Set(
    await findTakenClients(tx, companyId, connectionId, entity, [...candidates, ...byKey.values()]),
  );
  const idsOf = (index: ReadonlyMap<string, Id[]>, values: readonly string[]) =>
    values.flatMap((value) => index.get(value) ?? []);
  return {
    factsOf: (record) => ({
      byKey: byKey.get(record.externalKey ?? "") ?? null,
      byPhone: idsOf(byPhone, phonesOf(record)),
      byEmail: idsOf(byEmail, emailsOf(record)),
      taken,
    }),
    add(record, clientId) {
      for (const phone of phonesOf(record)) push(byPhone, phone, clientId);
      for (const email of emailsOf(record)) push(byEmail, email, clientId);
      taken.add(clientId);
    },
  };
}

function phonesOf({ phones }: RemoteClient): string[] {
  return phones.flatMap((phone) => parsePhone(phone)?.e164 ?? []);
}

function emailsOf({ emails }: RemoteClient): string[] {
  return emails.map((email) => email.toLowerCase());
}

function indexOf(found: readonly { value: string; clientId: Id }[]): Map<string, Id[]> {
  const index = new Map<string, Id[]>();
  for (const { value, clientId } of found) push(index, value, clientId);
  return index;
}

function push(index: Map<string, Id[]>, value: string, clientId: Id): void {
  const ids = index.get(value);
  if (!ids) index.set(value, [clientId]);
  else if (!ids.includes(clientId)) ids.push(clientId);
}
