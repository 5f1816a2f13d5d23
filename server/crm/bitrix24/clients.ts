import { type ClientPush, CrmError, type RemoteRef } from "../../../domain/crm_adapter.ts";
import { asId, asList, asMap } from "../loose.ts";
import type { Bitrix24Client } from "./client.ts";
import { ENTITY_TYPES, ORIGINATOR } from "./records.ts";

/** By our key, else by phones and e-mails; contacts for people, companies for organisations. */
export async function findClientRecords(
  client: Bitrix24Client,
  person: ClientPush,
  signal: AbortSignal,
): Promise<readonly RemoteRef[]> {
  const entity = entityOf(person);
  const byKey = await findByKey(client, entity, person.externalKey, signal);
  if (byKey !== null) return [{ entity, id: byKey }];
  const byPhone = await findByCommunication(client, entity, "PHONE", person.phones, signal);
  if (byPhone.length > 0) return byPhone;
  return findByCommunication(client, entity, "EMAIL", person.emails, signal);
}

export async function createClientRecord(
  client: Bitrix24Client,
  person: ClientPush,
  signal: AbortSignal,
): Promise<RemoteRef> {
  const entity = entityOf(person);
  const name = entity === "company" ? { title: person.name } : { name: person.name };
  const fields = {
    ...name,
    originatorId: ORIGINATOR,
    originId: person.externalKey,
    fm: [
      ...person.phones.map((value) => ({ typeId: "PHONE", valueType: "WORK", value })),
      ...person.emails.map((value) => ({ typeId: "EMAIL", valueType: "WORK", value })),
    ],
  };
  const params = { entityTypeId: ENTITY_TYPES[entity], fields };
  const result = asMap(await client.call("crm.item.add", params, { signal, isWrite: true }));
  const id = asId(asMap(result["item"])["id"]);
  if (id === null) throw new CrmError({ kind: "unknown" }, "no_id");
  return { entity, id };
}

function entityOf({ kind }: ClientPush): "contact" | "company" {
  return kind === "organisation" ? "company" : "contact";
}

/** Null also where the portal does not filter by the key: then phone and e-mail decide. */
async function findByKey(
  client: Bitrix24Client,
  entity: "contact" | "company",
  key: string,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    const params = {
      entityTypeId: ENTITY_TYPES[entity],
      filter: { "=originatorId": ORIGINATOR, "=originId": key },
      select: ["id"],
      order: { id: "ASC" },
      start: -1,
    };
    const result = asMap(await client.call("crm.item.list", params, { signal, isWrite: false }));
    return asId(asMap(asList(result["items"])[0])["id"]);
  } catch (error) {
    if (error instanceof CrmError && error.failure.kind === "invalid") return null;
    throw error;
  }
}

/** Nothing found is `[]`, otherwise a map by kind. */
async function findByCommunication(
  client: Bitrix24Client,
  entity: "contact" | "company",
  type: "PHONE" | "EMAIL",
  values: readonly string[],
  signal: AbortSignal,
): Promise<RemoteRef[]> {
  if (values.length === 0) return [];
  const kind = entity.toUpperCase();
  const params = { type, values: values.slice(0, 20), entity_type: kind };
  const found = await client.call("crm.duplicate.findbycomm", params, { signal, isWrite: false });
  return asList(asMap(found)[kind]).flatMap((value) => {
    const id = asId(value);
    return id === null ? [] : [{ entity, id }];
  });
}
