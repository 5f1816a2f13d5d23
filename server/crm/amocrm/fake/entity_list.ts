import { type SelectionOrder, select } from "../../fake/selection.ts";
import { asInteger, asMap, asText } from "../../fake/values.ts";
import type { Entity, Kind } from "./account_state.ts";
import { conditionsOf } from "./entity_filters.ts";
import { viewEntity } from "./entity_view.ts";
import { href } from "./links_out.ts";
import { invalidType, notSupported, problem, validationProblem } from "./problems.ts";
import { type ApiCall, type ApiReply, NO_CONTENT } from "./routing.ts";

export const MOST_PER_PAGE = 250;
const USUAL_PER_PAGE = 50;

/** GET /leads, /contacts, /companies. Nothing found, or a page past the end, is 204. */
export function listEntities(call: ApiCall, kind: Kind): ApiReply {
  const { account, query } = call;
  const page = readPageNumber(query["page"]);
  const limit = readLimit(query["limit"]);
  const extras = new Set(
    asText(query["with"])
      .split(",")
      .map((name) => name.trim()),
  );
  if (kind === "leads" && extras.has("only_deleted")) return listDeleted(call, page, limit);
  const selected = select(account.tables[kind], {
    ...conditionsOf(account, kind, query),
    order: readOrder(kind, query["order"]),
    offset: (page - 1) * limit,
    limit,
    countTotal: false,
  });
  if (selected.rows.length === 0) return NO_CONTENT;
  const entities = selected.rows.map((row) => viewEntity(account, kind, row, extras));
  return { status: 200, body: pageBody(call, { kind, page, entities, hasMore: selected.hasMore }) };
}

/** The bin: only the identifier, the time and the mark. */
function listDeleted(call: ApiCall, page: number, limit: number): ApiReply {
  const { account, query } = call;
  const order = readOrder("leads", query["order"]);
  const sign =
    account.options.isBinOrdered && order.by !== "comparison" && order.descending ? -1 : 1;
  const all = [...account.deletedLeads.values()].toSorted(
    (a, b) => sign * (a.updatedAt - b.updatedAt || a.id - b.id),
  );
  const shown = all.slice((page - 1) * limit, page * limit);
  if (shown.length === 0) return NO_CONTENT;
  const entities = shown.map(({ id, updatedAt }) => ({
    id,
    updated_at: updatedAt,
    is_deleted: true,
  }));
  return {
    status: 200,
    body: pageBody(call, { kind: "leads", page, entities, hasMore: all.length > page * limit }),
  };
}

/** No total anywhere; `next` sticks to the last page unless the switch says otherwise. */
function pageBody(
  { account, path }: ApiCall,
  {
    kind,
    page,
    entities,
    hasMore,
  }: { kind: Kind; page: number; entities: object[]; hasMore: boolean },
): object {
  const at = (number: number): { href: string } => {
    const url = new URL(href(account, path));
    url.searchParams.set("page", String(number));
    return { href: url.href };
  };
  const next = hasMore || account.options.isNextSticky ? { next: at(page + 1) } : {};
  const back = page > 1 ? { first: at(1), prev: at(page - 1) } : {};
  return {
    _page: page,
    _links: { self: at(page), ...next, ...back },
    _embedded: { [kind]: entities },
  };
}

function readPageNumber(value: unknown): number {
  if (value === undefined) return 1;
  const page = asInteger(value);
  if (page === null || page < 1) throw refused(invalidType("page", "int"));
  return page;
}

function readLimit(value: unknown): number {
  if (value === undefined) return USUAL_PER_PAGE;
  const limit = asInteger(value);
  if (limit === null || limit < 1 || limit > MOST_PER_PAGE) throw refused(notSupported("limit"));
  return limit;
}

function refused(violation: ReturnType<typeof notSupported>): Error {
  return validationProblem([{ requestId: "0", violations: [violation] }]);
}

const SORTABLE: Record<Kind, ReadonlySet<string>> = {
  leads: new Set(["id", "created_at", "updated_at"]),
  contacts: new Set(["id", "updated_at"]),
  companies: new Set(["id", "updated_at"]),
};

function readOrder(kind: Kind, value: unknown): SelectionOrder<Entity> {
  const [entry] = Object.entries(asMap(value));
  if (entry === undefined) return { by: "id", descending: false };
  const [name, direction] = entry;
  const text = asText(direction).toLowerCase();
  if (!SORTABLE[kind].has(name) || (text !== "asc" && text !== "desc")) {
    throw refused(notSupported(`order.${name}`));
  }
  const descending = text === "desc";
  if (name === "id") return { by: "id", descending };
  if (name === "updated_at") return { by: "updated", descending };
  const sign = descending ? -1 : 1;
  return { by: "comparison", compare: (a, b) => sign * (a.createdAt - b.createdAt) };
}

/** GET /leads/{id} and the like. Unknown is 204 without a body. */
export function getEntity({ account, ids, query }: ApiCall, kind: Kind): ApiReply {
  const [id] = ids;
  if (id === undefined) throw problem(404, "Not found");
  const entity = account.tables[kind].get(id);
  if (entity === undefined) return NO_CONTENT;
  const extras = new Set(
    asText(query["with"])
      .split(",")
      .map((name) => name.trim()),
  );
  return { status: 200, body: viewEntity(account, kind, entity, extras) };
}
