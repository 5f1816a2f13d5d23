import { comparableDigits } from "../../fake/phones.ts";
import { type Fields, asList, asText, isMap } from "../../fake/values.ts";
import type { AccountState, Entity } from "./account_state.ts";
import { EMAIL_FIELD_ID, PHONE_FIELD_ID } from "./custom_fields.ts";
import { prepareAll, readInputs, saveAll } from "./entity_write.ts";
import { LOST, WON } from "./pipelines.ts";
import { type Violation, validationProblem } from "./problems.ts";
import type { ApiCall, ApiReply, ApiRoute } from "./routing.ts";

const MOST_LEADS = 50;
const MOST_FIELDS = 40;

/** POST /leads/complex: a lead with one contact and one company at once. reference/complex-leads */
export function complexRoutes(): ApiRoute[] {
  return [{ method: "POST", path: "/leads/complex", run: addComplex }];
}

/** Answers a flat list, not HAL. `merged` when duplicate control met an open lead of the same client. */
function addComplex(call: ApiCall): ApiReply {
  const inputs = readInputs(call, MOST_LEADS);
  const invalid = inputs.flatMap((input, index) => {
    const violations = checkShape(input);
    return violations.length === 0
      ? []
      : [{ requestId: asText(input["request_id"]) || String(index), violations }];
  });
  if (invalid.length > 0) throw validationProblem(invalid);
  // Everything is read before anything is saved: one wrong lead refuses all.
  const { account } = call;
  const plans = inputs.map((input) => ({
    input,
    contact: partOf(input, "contacts"),
    company: partOf(input, "companies"),
  }));
  for (const { input, contact, company } of plans) {
    prepareAll(account, "leads", [withoutParts(input)], () => null);
    if (contact !== null && contact["id"] === undefined)
      prepareAll(account, "contacts", [contact], () => null);
    if (company !== null && company["id"] === undefined)
      prepareAll(account, "companies", [company], () => null);
  }
  return { status: 200, body: plans.map((plan, index) => addOne(account, plan, index)) };
}

interface Plan {
  input: Fields;
  contact: Fields | null;
  company: Fields | null;
}

function addOne(account: AccountState, { input, contact, company }: Plan, index: number): object {
  const requestIds = [asText(input["request_id"]) || String(index)];
  const twin = account.options.isDuplicateControlOn ? findTwin(account, contact) : null;
  if (twin !== null) {
    const [contactId = null] = twin.contactIds;
    return {
      id: twin.id,
      contact_id: contactId,
      company_id: twin.companyId,
      request_id: requestIds,
      merged: true,
    };
  }
  const companyId = saveParty(account, "companies", company);
  const contactId = saveParty(account, "contacts", contact);
  const linked = {
    ...withoutParts(input),
    _embedded: {
      ...(isMap(input["_embedded"]) ? input["_embedded"] : {}),
      contacts: contactId === null ? [] : [{ id: contactId, is_main: true }],
      companies: companyId === null ? [] : [{ id: companyId }],
    },
  };
  const [saved] = saveAll(
    account,
    "leads",
    prepareAll(account, "leads", [linked], () => null),
  );
  return {
    id: saved?.entity.id,
    contact_id: contactId,
    company_id: companyId,
    request_id: requestIds,
    merged: false,
  };
}

function saveParty(
  account: AccountState,
  kind: "contacts" | "companies",
  part: Fields | null,
): number | null {
  if (part === null) return null;
  if (typeof part["id"] === "number") return part["id"];
  const [saved] = saveAll(
    account,
    kind,
    prepareAll(account, kind, [part], () => null),
  );
  return saved?.entity.id ?? null;
}

function partOf(input: Fields, name: string): Fields | null {
  const embedded = isMap(input["_embedded"]) ? input["_embedded"] : {};
  return asList(embedded[name]).find(isMap) ?? null;
}

function withoutParts(input: Fields): Fields {
  const embedded = isMap(input["_embedded"]) ? input["_embedded"] : {};
  return { ...input, _embedded: { ...embedded, contacts: undefined, companies: undefined } };
}

function checkShape(input: Fields): Violation[] {
  const embedded = isMap(input["_embedded"]) ? input["_embedded"] : {};
  const crowded = ["contacts", "companies"].flatMap((name): Violation[] =>
    asList(embedded[name]).length > 1
      ? [
          {
            code: "TooMany",
            path: `_embedded.${name}`,
            detail: "This collection should contain 1 element or less.",
          },
        ]
      : [],
  );
  const heavy = [input, partOf(input, "contacts"), partOf(input, "companies")].some(
    (part) => asList(part?.["custom_fields_values"]).length > MOST_FIELDS,
  );
  if (!heavy) return crowded;
  const detail = `This collection should contain ${String(MOST_FIELDS)} elements or less.`;
  return [...crowded, { code: "TooMany", path: "custom_fields_values", detail }];
}

/** An open lead whose contact has the same phone or e-mail. */
function findTwin(account: AccountState, contact: Fields | null): Entity | null {
  const wanted = new Set(keysOf(contact));
  if (wanted.size === 0) return null;
  for (const id of account.tables.leads.idsAfter(0)) {
    const lead = account.tables.leads.get(id);
    if (lead?.lead === null || lead === undefined) continue;
    if (lead.lead.statusId === WON || lead.lead.statusId === LOST) continue;
    const people = lead.contactIds.map((contactId) => account.tables.contacts.get(contactId));
    if (
      people.some(
        (person) => person !== undefined && storedKeys(person).some((key) => wanted.has(key)),
      )
    )
      return lead;
  }
  return null;
}

function keysOf(contact: Fields | null): string[] {
  return asList(contact?.["custom_fields_values"])
    .filter(isMap)
    .flatMap((field) => {
      const code =
        field["field_code"] ??
        (field["field_id"] === PHONE_FIELD_ID
          ? "PHONE"
          : field["field_id"] === EMAIL_FIELD_ID
            ? "EMAIL"
            : "");
      return asList(field["values"])
        .filter(isMap)
        .map((one) => comparableKey(asText(code), asText(one["value"])));
    })
    .filter((key) => key !== "");
}

function storedKeys(person: Entity): string[] {
  return person.fields
    .flatMap(({ fieldId, values }) => {
      const code = fieldId === PHONE_FIELD_ID ? "PHONE" : fieldId === EMAIL_FIELD_ID ? "EMAIL" : "";
      return values.map(({ value }) => comparableKey(code, String(value)));
    })
    .filter((key) => key !== "");
}

function comparableKey(code: string, value: string): string {
  if (code === "PHONE") return comparableDigits(value) ?? "";
  return code === "EMAIL" ? value.trim().toLowerCase() : "";
}
