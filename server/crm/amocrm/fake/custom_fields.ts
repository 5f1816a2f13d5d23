import { asList, asText, isMap } from "../../fake/values.ts";
import type { AccountState, FieldDefinition, Kind } from "./account_state.ts";
import { href } from "./links_out.ts";
import { fieldMissing, invalidType, notSupported, problem, validationProblem } from "./problems.ts";
import { type ApiCall, type ApiReply, type ApiRoute, NO_CONTENT } from "./routing.ts";

const PHONE: FieldDefinition = {
  id: 264_911,
  name: "Телефон",
  code: "PHONE",
  type: "multitext",
  sort: 4,
  isPredefined: true,
  enums: ["WORK", "WORKDD", "MOB", "FAX", "HOME", "OTHER"].map((code, index) => ({
    id: 193_201 + index * 2,
    value: code,
    code,
  })),
};

const EMAIL: FieldDefinition = {
  id: 264_913,
  name: "Email",
  code: "EMAIL",
  type: "multitext",
  sort: 6,
  isPredefined: true,
  enums: ["WORK", "PRIV", "OTHER"].map((code, index) => ({
    id: 193_227 + index * 2,
    value: code,
    code,
  })),
};

const POSITION: FieldDefinition = {
  id: 264_909,
  name: "Должность",
  code: "POSITION",
  type: "text",
  sort: 2,
  isPredefined: true,
  enums: [],
};

const ADDRESS: FieldDefinition = {
  id: 264_917,
  name: "Адрес",
  code: "ADDRESS",
  type: "textarea",
  sort: 8,
  isPredefined: true,
  enums: [],
};

export const PHONE_FIELD_ID = PHONE.id;
export const EMAIL_FIELD_ID = EMAIL.id;

/** Fields of a fresh account: leads have none of their own. */
export function seedDefinitions(): Record<Kind, FieldDefinition[]> {
  return { leads: [], contacts: [POSITION, PHONE, EMAIL], companies: [PHONE, EMAIL, ADDRESS] };
}

const TYPES = new Set([
  "text",
  "numeric",
  "checkbox",
  "select",
  "multiselect",
  "multitext",
  "date",
  "url",
  "textarea",
  "radiobutton",
  "streetaddress",
  "smart_address",
  "birthday",
  "legal_entity",
  "date_time",
  "price",
  "tracking_data",
  "monetary",
  "file",
]);

export function customFieldRoutes(): ApiRoute[] {
  const kinds: readonly Kind[] = ["leads", "contacts", "companies"];
  return kinds.flatMap((kind): ApiRoute[] => [
    { method: "GET", path: `/${kind}/custom_fields`, run: (call) => listFields(call, kind) },
    { method: "GET", path: `/${kind}/custom_fields/{id}`, run: (call) => getField(call, kind) },
    {
      method: "POST",
      path: `/${kind}/custom_fields`,
      isForAdministrators: true,
      run: (call) => addFields(call, kind),
    },
  ]);
}

/** At most 50 a page whatever is asked, as the documents say. */
const FIELD_PAGE = 50;

function listFields({ account, query }: ApiCall, kind: Kind): ApiReply {
  const all = account.definitions[kind].toSorted((a, b) => a.sort - b.sort);
  const page = Math.max(1, Number(asText(query["page"])) || 1);
  const limit = Math.min(FIELD_PAGE, Number(asText(query["limit"])) || FIELD_PAGE);
  const shown = all.slice((page - 1) * limit, page * limit);
  if (shown.length === 0) return NO_CONTENT;
  return {
    status: 200,
    body: {
      _total_items: all.length,
      _page: page,
      _page_count: Math.ceil(all.length / limit),
      _links: { self: { href: href(account, `/api/v4/${kind}/custom_fields`) } },
      _embedded: { custom_fields: shown.map((field) => viewField(account, kind, field)) },
    },
  };
}

function getField({ account, ids }: ApiCall, kind: Kind): ApiReply {
  const field = account.definitions[kind].find(({ id }) => id === ids[0]);
  if (field === undefined) throw problem(404, "Custom field not found");
  return { status: 200, body: viewField(account, kind, field) };
}

function addFields({ account, body }: ApiCall, kind: Kind): ApiReply {
  const inputs = Array.isArray(body) ? (body as unknown[]) : [body];
  const invalid = inputs.flatMap((input, index) => {
    const violations = checkInput(account, kind, input);
    return violations.length === 0 ? [] : [{ requestId: requestIdOf(input, index), violations }];
  });
  if (invalid.length > 0) throw validationProblem(invalid);
  const added = inputs.map((input, index) => {
    const field = createField(account, kind, input);
    return { ...viewField(account, kind, field), request_id: requestIdOf(input, index) };
  });
  const self = { self: { href: href(account, `/api/v4/${kind}/custom_fields`) } };
  return {
    status: 200,
    body: { _total_items: added.length, _links: self, _embedded: { custom_fields: added } },
  };
}

function checkInput(
  account: AccountState,
  kind: Kind,
  input: unknown,
): ReturnType<typeof notSupported>[] {
  if (!isMap(input)) return [invalidType("", "array")];
  const { name, type, code } = input;
  if (name === undefined) return [fieldMissing("name")];
  if (typeof name !== "string" || name === "") return [invalidType("name", "string")];
  if (type === undefined) return [fieldMissing("type")];
  if (typeof type !== "string" || !TYPES.has(type)) return [notSupported("type")];
  const isTaken = account.definitions[kind].some(
    (field) => field.code !== null && field.code === code,
  );
  return isTaken ? [{ code: "NotUnique", path: "code", detail: "This code is already used." }] : [];
}

function createField(account: AccountState, kind: Kind, input: unknown): FieldDefinition {
  const given = isMap(input) ? input : {};
  const field: FieldDefinition = {
    id: account.next("field"),
    name: asText(given["name"]),
    code: asText(given["code"]) || null,
    type: asText(given["type"]),
    sort: Number(given["sort"] ?? 500),
    isPredefined: false,
    enums: asList(given["enums"]).map((one) => ({
      id: account.next("enum"),
      value: isMap(one) ? asText(one["value"]) : "",
      code: null,
    })),
  };
  account.definitions[kind].push(field);
  return field;
}

function requestIdOf(input: unknown, index: number): string {
  return (isMap(input) ? asText(input["request_id"]) : "") || String(index);
}

function viewField(account: AccountState, kind: Kind, field: FieldDefinition): object {
  const path = `/api/v4/${kind}/custom_fields/${String(field.id)}`;
  return {
    id: field.id,
    name: field.name,
    type: field.type,
    account_id: account.id,
    code: field.code,
    sort: field.sort,
    is_api_only: false,
    enums:
      field.enums.length === 0
        ? null
        : field.enums.map(({ id, value }, index) => ({ id, value, sort: (index + 1) * 10 })),
    group_id: null,
    required_statuses: [],
    is_deletable: !field.isPredefined,
    is_predefined: field.isPredefined,
    entity_type: kind,
    _links: { self: { href: href(account, path) } },
  };
}
