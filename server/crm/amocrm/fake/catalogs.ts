import { type Fields, asInteger, asMap, asText, isMap } from "../../fake/values.ts";
import type { AccountState, Catalog, CatalogElement } from "./account_state.ts";
import { readInputs } from "./entity_write.ts";
import { href } from "./links_out.ts";
import {
  fieldMissing,
  problem,
  type Violation,
  invalidType,
  validationProblem,
} from "./problems.ts";
import { type ApiCall, type ApiReply, type ApiRoute, NO_CONTENT } from "./routing.ts";

/** Lists of an account: invoices and products, one of each at most, if the switches allow. */
export function seedCatalogs(options: { hasInvoices: boolean; hasProducts: boolean }): Catalog[] {
  return [
    ...(options.hasInvoices
      ? [{ id: 4001, name: "Счета/покупки", type: "invoices" as const }]
      : []),
    ...(options.hasProducts ? [{ id: 4003, name: "Товары", type: "products" as const }] : []),
  ];
}

export function catalogRoutes(): ApiRoute[] {
  return [
    { method: "GET", path: "/catalogs", run: listCatalogs },
    { method: "GET", path: "/catalogs/{id}/elements", run: listElements },
    { method: "GET", path: "/catalogs/{id}/elements/{id}", run: getElement },
    { method: "POST", path: "/catalogs/{id}/elements", run: addElements },
    { method: "PATCH", path: "/catalogs/{id}/elements", run: changeElements },
  ];
}

function listCatalogs({ account, query }: ApiCall): ApiReply {
  const type = asText(asMap(query["filter"])["type"]);
  const catalogs = account.catalogs.filter((catalog) => type === "" || catalog.type === type);
  if (catalogs.length === 0) return NO_CONTENT;
  const views = catalogs.map(({ id, name, type: kind }) => ({
    id,
    name,
    type: kind,
    created_by: 0,
    sort: 10,
    can_add_elements: true,
    can_be_deleted: false,
    can_link_multiple: true,
    account_id: account.id,
  }));
  return {
    status: 200,
    body: { _links: self(account, "/catalogs"), _embedded: { catalogs: views } },
  };
}

function listElements({ account, ids, query }: ApiCall): ApiReply {
  const catalog = requireCatalog(account, ids[0]);
  const page = asInteger(query["page"]) ?? 1;
  const limit = Math.min(250, asInteger(query["limit"]) ?? 50);
  const text = asText(query["query"]).toLowerCase();
  const all = [...account.elements.values()].filter(
    ({ catalogId, name }) => catalogId === catalog.id && name.toLowerCase().includes(text),
  );
  const shown = all.slice((page - 1) * limit, page * limit);
  if (shown.length === 0) return NO_CONTENT;
  const path = `/catalogs/${String(catalog.id)}/elements`;
  return {
    status: 200,
    body: {
      _page: page,
      _links: self(account, path),
      _embedded: { elements: shown.map((one) => viewElement(account, one)) },
    },
  };
}

function getElement({ account, ids }: ApiCall): ApiReply {
  const element = account.elements.get(ids[1] ?? 0);
  if (element === undefined || element.catalogId !== requireCatalog(account, ids[0]).id)
    return NO_CONTENT;
  return { status: 200, body: viewElement(account, element) };
}

function addElements(call: ApiCall): ApiReply {
  const { account, ids } = call;
  const catalog = requireCatalog(account, ids[0]);
  return write(call, (input) => {
    const violations = checkElement(catalog, input, true);
    if (violations.length > 0) return violations;
    const id = account.next("element");
    const times = { createdAt: account.now(), updatedAt: account.now() };
    return {
      id,
      catalogId: catalog.id,
      name: asText(input["name"]),
      fields: input["custom_fields_values"] ?? null,
      ...times,
    };
  });
}

function changeElements(call: ApiCall): ApiReply {
  const { account, ids } = call;
  const catalog = requireCatalog(account, ids[0]);
  return write(call, (input) => {
    const before = account.elements.get(Number(input["id"]));
    if (before === undefined || before.catalogId !== catalog.id) return [fieldMissing("id")];
    const violations = checkElement(catalog, input, false);
    if (violations.length > 0) return violations;
    const name = input["name"] === undefined ? before.name : asText(input["name"]);
    return {
      ...before,
      name,
      fields: input["custom_fields_values"] ?? before.fields,
      updatedAt: account.now(),
    };
  });
}

/** An invoice needs a name and its status on creation. examples/invoices_actions.php */
function checkElement(catalog: Catalog, input: Fields, isNew: boolean): Violation[] {
  const { name, custom_fields_values: fields } = input;
  if (isNew && name === undefined) return [fieldMissing("name")];
  if (name !== undefined && typeof name !== "string") return [invalidType("name", "string")];
  if (fields !== undefined && fields !== null && !Array.isArray(fields)) {
    return [invalidType("custom_fields_values", "array")];
  }
  if (catalog.type !== "invoices" || !isNew) return [];
  const codes = ((fields ?? []) as unknown[]).map((field) => asMap(field)["field_code"]);
  return codes.includes("BILL_STATUS") ? [] : [fieldMissing("custom_fields_values.BILL_STATUS")];
}

function write(call: ApiCall, read: (input: Fields) => CatalogElement | Violation[]): ApiReply {
  const { account, ids } = call;
  const results = readInputs(call).map((input, index) => ({
    requestId: asText(input["request_id"]) || String(index),
    read: read(input),
  }));
  const invalid = results.flatMap(({ requestId, read: one }) =>
    Array.isArray(one) ? [{ requestId, violations: one }] : [],
  );
  if (invalid.length > 0) throw validationProblem(invalid);
  const views = results.flatMap(({ requestId, read: one }) => {
    if (Array.isArray(one)) return [];
    account.elements.set(one.id, one);
    return [{ ...viewElement(account, one), request_id: requestId }];
  });
  const path = `/catalogs/${String(ids[0])}/elements`;
  return { status: 200, body: { _links: self(account, path), _embedded: { elements: views } } };
}

function viewElement(account: AccountState, element: CatalogElement): object {
  return {
    id: element.id,
    catalog_id: element.catalogId,
    name: element.name,
    created_by: 0,
    updated_by: 0,
    created_at: element.createdAt,
    updated_at: element.updatedAt,
    is_deleted: null,
    custom_fields_values: element.fields,
    account_id: account.id,
  };
}

function requireCatalog(account: AccountState, id: number | undefined): Catalog {
  const catalog = account.catalogs.find((one) => one.id === id);
  if (catalog === undefined) throw problem(404, "Catalog not found");
  return catalog;
}

function self(account: AccountState, path: string): object {
  return { self: { href: href(account, `/api/v4${path}`) } };
}

/** For the checks of a test: the fields of an invoice by their code. */
export function invoiceFields(element: CatalogElement): Record<string, unknown> {
  const fields = Array.isArray(element.fields) ? (element.fields as unknown[]) : [];
  return Object.fromEntries(
    fields.filter(isMap).map((field) => [asText(field["field_code"]), field["values"]]),
  );
}
