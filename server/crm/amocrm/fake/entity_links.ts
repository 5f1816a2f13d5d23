import { type Fields, asInteger, asMap, asText, isMap } from "../../fake/values.ts";
import type { AccountState, Entity, Kind } from "./account_state.ts";
import { readInputs } from "./entity_write.ts";
import { announce } from "./hooks.ts";
import { href } from "./links_out.ts";
import { type Violation, notSupported, problem, validationProblem } from "./problems.ts";
import { type ApiCall, type ApiReply, type ApiRoute, NO_CONTENT } from "./routing.ts";

/** Links between entities and with list elements. reference/links */
export function linkRoutes(): ApiRoute[] {
  const kinds: readonly Kind[] = ["leads", "contacts", "companies"];
  return kinds.flatMap((kind): ApiRoute[] => [
    { method: "GET", path: `/${kind}/{id}/links`, run: (call) => listLinks(call, kind) },
    { method: "POST", path: `/${kind}/{id}/link`, run: (call) => changeLinks(call, kind, "link") },
    {
      method: "POST",
      path: `/${kind}/{id}/unlink`,
      run: (call) => changeLinks(call, kind, "unlink"),
    },
  ]);
}

interface Link {
  to_entity_id: number;
  to_entity_type: string;
  metadata: object | null;
}

function linksOf(kind: Kind, entity: Entity): Link[] {
  const people = entity.contactIds.map((id, index) => ({
    to_entity_id: id,
    to_entity_type: "contacts",
    metadata: kind === "leads" ? { main_contact: index === 0 } : null,
  }));
  const company =
    entity.companyId === null
      ? []
      : [{ to_entity_id: entity.companyId, to_entity_type: "companies", metadata: null }];
  const elements = entity.elements.map(({ id, catalogId, quantity }) => ({
    to_entity_id: id,
    to_entity_type: "catalog_elements",
    metadata: { quantity, catalog_id: catalogId },
  }));
  return [...people, ...company, ...elements];
}

function listLinks({ account, ids }: ApiCall, kind: Kind): ApiReply {
  const entity = requireEntity(account, kind, ids[0]);
  const links = linksOf(kind, entity);
  if (links.length === 0) return NO_CONTENT;
  return reply(account, kind, entity.id, links);
}

function changeLinks(call: ApiCall, kind: Kind, verb: "link" | "unlink"): ApiReply {
  const { account, ids } = call;
  const before = requireEntity(account, kind, ids[0]);
  const inputs = readInputs(call);
  const invalid = inputs.flatMap((input, index) => {
    const violations = checkLink(account, input);
    return violations.length === 0 ? [] : [{ requestId: String(index), violations }];
  });
  if (invalid.length > 0) throw validationProblem(invalid);
  const entity = inputs.reduce(
    (current, input) => (verb === "link" ? linked(current, input) : unlinked(current, input)),
    before,
  );
  const stored = { ...entity, updatedAt: account.now(), updatedBy: account.actorId };
  account.tables[kind].save(stored.id, stored);
  announce(account, kind, [{ before, entity: stored }]);
  if (verb === "unlink") return NO_CONTENT;
  const wanted = new Set(
    inputs.map((input) => `${asText(input["to_entity_type"])} ${asText(input["to_entity_id"])}`),
  );
  const links = linksOf(kind, stored).filter((link) =>
    wanted.has(`${link.to_entity_type} ${String(link.to_entity_id)}`),
  );
  return reply(account, kind, stored.id, links);
}

function reply(account: AccountState, kind: Kind, id: number, links: readonly Link[]): ApiReply {
  const self = { self: { href: href(account, `/api/v4/${kind}/${String(id)}/links`) } };
  const views = links.map((link) => ({ entity_id: id, entity_type: kind, ...link }));
  return {
    status: 200,
    body: { _total_items: views.length, _links: self, _embedded: { links: views } },
  };
}

function checkLink(account: AccountState, input: Fields): Violation[] {
  const id = input["to_entity_id"];
  if (typeof id !== "number") return [notSupported("to_entity_id")];
  switch (input["to_entity_type"]) {
    case "contacts":
    case "companies":
    case "leads":
      return account.tables[input["to_entity_type"]].has(id) ? [] : [notSupported("to_entity_id")];
    case "catalog_elements": {
      const catalogId = asMap(input["metadata"])["catalog_id"];
      const element = account.elements.get(id);
      if (element === undefined) return [notSupported("to_entity_id")];
      return element.catalogId === catalogId ? [] : [notSupported("metadata.catalog_id")];
    }
    default:
      return [notSupported("to_entity_type")];
  }
}

function linked(entity: Entity, input: Fields): Entity {
  const id = Number(input["to_entity_id"]);
  const metadata = isMap(input["metadata"]) ? input["metadata"] : {};
  switch (input["to_entity_type"]) {
    case "contacts": {
      const others = entity.contactIds.filter((other) => other !== id);
      const isMain = metadata["is_main"] === true;
      return { ...entity, contactIds: isMain ? [id, ...others] : [...others, id] };
    }
    case "companies":
      return { ...entity, companyId: id };
    default: {
      const others = entity.elements.filter((element) => element.id !== id);
      const quantity = Number(metadata["quantity"] ?? 1);
      return {
        ...entity,
        elements: [...others, { id, catalogId: asInteger(metadata["catalog_id"]) ?? 0, quantity }],
      };
    }
  }
}

function unlinked(entity: Entity, input: Fields): Entity {
  const id = Number(input["to_entity_id"]);
  return {
    ...entity,
    contactIds: entity.contactIds.filter(
      (other) => other !== id || input["to_entity_type"] !== "contacts",
    ),
    companyId:
      entity.companyId === id && input["to_entity_type"] === "companies" ? null : entity.companyId,
    elements: entity.elements.filter(
      (element) => element.id !== id || input["to_entity_type"] !== "catalog_elements",
    ),
  };
}

function requireEntity(account: AccountState, kind: Kind, id: number | undefined): Entity {
  const entity = id === undefined ? undefined : account.tables[kind].get(id);
  if (entity === undefined) throw problem(404, "Entity not found");
  return entity;
}
