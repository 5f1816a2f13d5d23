import type { RemoteClient, RemoteDeal, RemoteRef } from "../../../domain/crm_adapter.ts";
import { asId, asList, asMap, asText, type Fields } from "../loose.ts";
import { splitPhones, tidyEmails, tidyName } from "../people.ts";
import { readSum } from "../sums.ts";

export const ENTITY_TYPES = { deal: 2, contact: 3, company: 4 } as const;
export const ORIGINATOR = "smetka";

/** Null: not a record. */
export function readClient(entity: "contact" | "company", item: unknown): RemoteClient | null {
  const fields = asMap(item);
  const id = asId(fields["id"]);
  if (id === null) return null;
  const phones = splitPhones(communications(fields, "PHONE"));
  const emails = tidyEmails(communications(fields, "EMAIL"));
  const name =
    entity === "company"
      ? asText(fields["title"])
      : [fields["lastName"], fields["name"], fields["secondName"]].map(asText).join(" ");
  return {
    ref: { entity, id },
    kind: entity === "company" ? "organisation" : "person",
    name: tidyName(name, phones[0] ?? emails[0] ?? `№ ${id}`),
    phones,
    emails,
    externalKey: externalKey(fields),
    updatedAt: readTime(fields["updatedTime"]),
    deleted: false,
  };
}

export function readDeal(item: unknown): RemoteDeal | null {
  const fields = asMap(item);
  const id = asId(fields["id"]);
  if (id === null) return null;
  const company = asId(fields["companyId"]);
  const contacts = asList(fields["contactIds"]).flatMap((one) => asId(one) ?? []);
  return {
    ref: { entity: "deal", id },
    title: asText(fields["title"]),
    pipelineId: asText(fields["categoryId"]) || "0",
    stageId: asText(fields["stageId"]),
    outcome: OUTCOMES[asText(fields["stageSemanticId"])] ?? "open",
    amount: readSum(fields["opportunity"]),
    currency: asText(fields["currencyId"]),
    clients: [
      ...contacts.map((contact): RemoteRef => ({ entity: "contact", id: contact })),
      ...(company ? [{ entity: "company" as const, id: company }] : []),
    ],
    externalKey: externalKey(fields),
    updatedAt: readTime(fields["updatedTime"]),
    deleted: false,
  };
}

const OUTCOMES: Readonly<Record<string, RemoteDeal["outcome"]>> = { S: "won", F: "lost" };

function externalKey(fields: Fields): string | null {
  const key = asText(fields["originId"]);
  return asText(fields["originatorId"]) === ORIGINATOR && key !== "" ? key : null;
}

/** Phones and e-mails stand in `fm`, whatever the flat fields say. */
function communications(fields: Fields, type: string): string[] {
  return asList(fields["fm"])
    .map(asMap)
    .filter((one) => asText(one["typeId"]) === type)
    .map((one) => asText(one["value"]));
}

function readTime(value: unknown): Date {
  const time = new Date(asText(value));
  return Number.isNaN(time.getTime()) ? new Date(0) : time;
}
