import { shuffle } from "../../fake/random.ts";
import { type Fields, asList, asText, isMap } from "../../fake/values.ts";
import type { AccountState, Entity, Kind } from "./account_state.ts";
import { readInput } from "./entity_input.ts";
import { MOST_PER_PAGE } from "./entity_list.ts";
import { blankEntity } from "./entity_seed.ts";
import { announce } from "./hooks.ts";
import { href } from "./links_out.ts";
import {
  Problem,
  fieldMissing,
  invalidType,
  notSupported,
  problem,
  type Violation,
  validationProblem,
} from "./problems.ts";
import type { ApiCall, ApiReply } from "./routing.ts";

interface Prepared {
  requestId: string;
  before: Entity | null;
  entity: Entity;
}

/** POST /leads, /contacts, /companies: a list; the answer's order is not the request's. */
export function addEntities(call: ApiCall, kind: Kind): ApiReply {
  const { account } = call;
  const inputs = readInputs(call);
  const prepared = prepareAll(account, kind, inputs, () => null);
  return guardSlowWrite(account, inputs.length, () => {
    const saved = saveAll(account, kind, prepared);
    const views = saved.map(({ entity, requestId }) => ({
      id: entity.id,
      ...(kind === "leads" ? {} : { is_deleted: false, is_unsorted: false }),
      request_id: requestId,
      _links: { self: { href: href(account, `/api/v4/${kind}/${String(entity.id)}`) } },
    }));
    return reply(account, kind, shuffle(views, account.now()));
  });
}

/** PATCH of a list: every entity names its `id`. */
export function changeEntities(call: ApiCall, kind: Kind): ApiReply {
  const { account } = call;
  const inputs = readInputs(call);
  const prepared = prepareAll(account, kind, inputs, (input) =>
    requireById(account, kind, input["id"]),
  );
  return guardSlowWrite(account, inputs.length, () => {
    const views = saveAll(account, kind, prepared).map(({ entity, requestId }) => ({
      ...viewChange(account, kind, entity),
      request_id: requestId,
    }));
    return reply(account, kind, shuffle(views, account.now()));
  });
}

/** PATCH of one. */
export function changeEntity({ account, ids, body }: ApiCall, kind: Kind): ApiReply {
  if (!isMap(body)) throw problem(400, "Request body must be an object");
  const before = requireById(account, kind, ids[0]);
  const prepared = prepareAll(account, kind, [body], () => before);
  const [saved] = saveAll(account, kind, prepared);
  return { status: 200, body: viewChange(account, kind, saved?.entity ?? before) };
}

function viewChange(account: AccountState, kind: Kind, entity: Entity): object {
  return {
    id: entity.id,
    ...(kind === "leads" ? {} : { name: entity.name }),
    updated_at: entity.updatedAt,
    ...(kind === "leads" ? {} : { is_deleted: false, is_unsorted: false }),
    _links: { self: { href: href(account, `/api/v4/${kind}/${String(entity.id)}`) } },
  };
}

function reply(account: AccountState, kind: Kind, views: readonly object[]): ApiReply {
  const self = { self: { href: href(account, `/api/v4/${kind}`) } };
  return { status: 200, body: { _links: self, _embedded: { [kind]: views } } };
}

export function readInputs({ body }: ApiCall, most = MOST_PER_PAGE): Fields[] {
  if (!Array.isArray(body) || body.length === 0)
    throw problem(400, "Request body must be a non-empty array");
  if (body.length > most) {
    throw validationProblem([
      {
        requestId: "0",
        violations: [
          {
            code: "TooMany",
            path: "",
            detail: `This collection should contain ${String(most)} elements or less.`,
          },
        ],
      },
    ]);
  }
  const inputs = body as unknown[];
  const wrong = inputs.findIndex((input) => !isMap(input));
  if (wrong !== -1) {
    throw validationProblem([{ requestId: String(wrong), violations: [invalidType("", "array")] }]);
  }
  return inputs.filter(isMap);
}

/** Checks everything before anything is saved. */
export function prepareAll(
  account: AccountState,
  kind: Kind,
  inputs: readonly Fields[],
  find: (input: Fields) => Entity | null,
): Prepared[] {
  const all = inputs.map((input, index) => {
    const requestId = asText(input["request_id"]) || String(index);
    const before = find(input);
    const base = before ?? newEntity(account);
    const { entity, violations } = readInput(account, kind, base, input, before === null);
    const isNewLead = kind === "leads" && before === null;
    const linked = isNewLead ? withLinks(account, entity, input) : { entity, violations: [] };
    return {
      requestId,
      before,
      entity: linked.entity,
      violations: [...violations, ...linked.violations],
    };
  });
  const invalid = all.filter(({ violations }) => violations.length > 0);
  if (invalid.length > 0) throw validationProblem(invalid);
  return all;
}

function newEntity(account: AccountState): Entity {
  const blank = blankEntity(0, account.now());
  return { ...blank, responsibleUserId: account.actorId, createdBy: account.actorId };
}

/** Contacts and company of a new lead given in `_embedded`; they must exist. */
function withLinks(
  account: AccountState,
  entity: Entity,
  input: Fields,
): { entity: Entity; violations: Violation[] } {
  const embedded = isMap(input["_embedded"]) ? input["_embedded"] : {};
  const contacts = asList(embedded["contacts"]).filter(isMap);
  const company = asList(embedded["companies"]).find(isMap);
  const violations: Violation[] = [];
  const contactIds = contacts
    .toSorted((a, b) => Number(b["is_main"] === true) - Number(a["is_main"] === true))
    .map((contact) => Number(contact["id"]));
  for (const [index, { id }] of contacts.entries()) {
    if (!account.tables.contacts.has(Number(id)))
      violations.push(notSupported(`_embedded.contacts.${String(index)}.id`));
  }
  const companyId = company === undefined ? entity.companyId : Number(company["id"]);
  if (company !== undefined && !account.tables.companies.has(Number(company["id"]))) {
    violations.push(notSupported("_embedded.companies.0.id"));
  }
  const all = [...new Set([...entity.contactIds, ...contactIds])];
  return { entity: { ...entity, contactIds: all, companyId }, violations };
}

/** Saves what was prepared and tells the hooks, all of one request together. */
export function saveAll(
  account: AccountState,
  kind: Kind,
  prepared: readonly Prepared[],
): Prepared[] {
  const table = account.tables[kind];
  const saved = prepared.map(({ requestId, before, entity }): Prepared => {
    if (before !== null && !account.options.isEmptyChangeSaved && isSame(before, entity)) {
      return { requestId, before, entity: before };
    }
    const id = before?.id ?? table.nextId();
    const stored = { ...entity, id, updatedAt: account.now() };
    table.save(id, stored);
    return { requestId, before, entity: stored };
  });
  const changed = saved.filter(({ before, entity }) => before !== entity);
  announce(account, kind, changed);
  return saved;
}

function isSame(before: Entity, after: Entity): boolean {
  return JSON.stringify({ ...before, updatedBy: 0 }) === JSON.stringify({ ...after, updatedBy: 0 });
}

function requireById(account: AccountState, kind: Kind, id: unknown): Entity {
  if (id === undefined) {
    throw validationProblem([{ requestId: "0", violations: [fieldMissing("id")] }]);
  }
  const entity = typeof id === "number" ? account.tables[kind].get(id) : undefined;
  if (entity === undefined) throw problem(404, "Entity not found");
  return entity;
}

/** Large writes may end in 504, done or not, by the switches. */
function guardSlowWrite(account: AccountState, count: number, write: () => ApiReply): ApiReply {
  const { slowWriteOver, isSlowWriteDone } = account.options;
  if (slowWriteOver === null || count <= slowWriteOver) return write();
  if (isSlowWriteDone) write();
  throw new Problem(504, null);
}
