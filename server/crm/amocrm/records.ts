import type {
  DealOutcome,
  RemoteClient,
  RemoteDeal,
  RemoteRef,
} from "../../../domain/crm_adapter.ts";
import { asId, asList, asMap, asText, type Fields } from "../loose.ts";
import { splitPhones, tidyEmails, tidyName } from "../people.ts";
import { readSum } from "../sums.ts";

export type Kind = "contacts" | "companies" | "leads";

export const KINDS: Readonly<Record<RemoteRef["entity"], Kind>> = {
  contact: "contacts",
  company: "companies",
  deal: "leads",
};

/** In every pipeline the same. */
export const WON = "142";
export const LOST = "143";

export function outcomeOf(statusId: string): DealOutcome {
  if (statusId === WON) return "won";
  return statusId === LOST ? "lost" : "open";
}

/** Null: not a record. `name` may be empty and `custom_fields_values` null. */
export function readClient(kind: "contacts" | "companies", value: unknown): RemoteClient | null {
  const fields = asMap(value);
  const id = asId(fields["id"]);
  if (id === null) return null;
  const phones = splitPhones(valuesOf(fields, "PHONE"));
  const emails = tidyEmails(valuesOf(fields, "EMAIL"));
  const parts = [fields["last_name"], fields["first_name"]].map(asText).join(" ").trim();
  return {
    ref: { entity: kind === "contacts" ? "contact" : "company", id },
    kind: kind === "contacts" ? "person" : "organisation",
    name: tidyName(asText(fields["name"]) || parts, phones[0] ?? emails[0] ?? `№ ${id}`),
    phones,
    emails,
    externalKey: null,
    updatedAt: readTime(fields["updated_at"]),
    deleted: fields["is_deleted"] === true,
  };
}

/** @param keyField id of the field that holds our key; null: there is none */
export function readDeal(
  value: unknown,
  keyField: string | null,
  currency: string,
): RemoteDeal | null {
  const fields = asMap(value);
  const id = asId(fields["id"]);
  if (id === null) return null;
  const statusId = asText(fields["status_id"]);
  const embedded = asMap(fields["_embedded"]);
  const refs = (name: "contacts" | "companies", entity: "contact" | "company"): RemoteRef[] =>
    asList(embedded[name]).flatMap((one) => {
      const other = asId(asMap(one)["id"]);
      return other === null ? [] : [{ entity, id: other }];
    });
  return {
    ref: { entity: "deal", id },
    title: asText(fields["name"]),
    pipelineId: asText(fields["pipeline_id"]),
    stageId: statusId,
    outcome: outcomeOf(statusId),
    // `price` alone comes without kopecks.
    amount: readSum(fields["price_with_minor_units"]),
    currency,
    clients: [...refs("contacts", "contact"), ...refs("companies", "company")],
    externalKey: keyField === null ? null : keyOf(fields, keyField),
    updatedAt: readTime(fields["updated_at"]),
    deleted: fields["is_deleted"] === true,
  };
}

function keyOf(fields: Fields, keyField: string): string | null {
  const field = asList(fields["custom_fields_values"])
    .map(asMap)
    .find((one) => asText(one["field_id"]) === keyField);
  return asText(asMap(asList(field?.["values"])[0])["value"]) || null;
}

function valuesOf(fields: Fields, code: string): string[] {
  return asList(fields["custom_fields_values"])
    .map(asMap)
    .filter((field) => field["field_code"] === code)
    .flatMap((field) => asList(field["values"]).map((one) => asText(asMap(one)["value"])));
}

export function readTime(value: unknown): Date {
  const seconds = Number(asText(value));
  return new Date(Number.isFinite(seconds) ? seconds * 1000 : 0);
}
