import { isMap } from "../../fake/values.ts";
import type { Entity, Kind } from "./account_state.ts";
import { href } from "./links_out.ts";
import { notSupported, problem, validationProblem } from "./problems.ts";
import { type ApiCall, type ApiReply, type ApiRoute, NO_CONTENT } from "./routing.ts";

/** Files of an entity. Attaching the same file again changes nothing. */
export function fileRoutes(): ApiRoute[] {
  const kinds: readonly Kind[] = ["leads", "contacts", "companies"];
  return kinds.flatMap((kind): ApiRoute[] => [
    { method: "GET", path: `/${kind}/{id}/files`, run: (call) => listFiles(call, kind) },
    { method: "PUT", path: `/${kind}/{id}/files`, run: (call) => attachFiles(call, kind) },
  ]);
}

function listFiles(call: ApiCall, kind: Kind): ApiReply {
  const entity = requireEntity(call, kind);
  if (entity.fileUuids.length === 0) return NO_CONTENT;
  return reply(call, kind, entity);
}

function attachFiles(call: ApiCall, kind: Kind): ApiReply {
  const { account, body } = call;
  if (!account.options.mayUseFiles) throw problem(403, "Access to files is not granted");
  const entity = requireEntity(call, kind);
  const inputs = Array.isArray(body) ? (body as unknown[]) : [];
  if (inputs.length === 0) throw problem(400, "Request body must be a non-empty array");
  const uuids = inputs.map((input) => (isMap(input) ? String(input["file_uuid"]) : ""));
  const unknown = uuids.findIndex((uuid) => !account.files.has(uuid));
  if (unknown !== -1) {
    throw validationProblem([
      { requestId: "0", violations: [notSupported(`${String(unknown)}.file_uuid`)] },
    ]);
  }
  const changed = { ...entity, fileUuids: [...new Set([...entity.fileUuids, ...uuids])] };
  account.tables[kind].save(entity.id, changed);
  return reply(call, kind, changed);
}

function reply({ account }: ApiCall, kind: Kind, entity: Entity): ApiReply {
  const path = `/api/v4/${kind}/${String(entity.id)}/files`;
  const files = entity.fileUuids.map((uuid, index) => ({
    file_uuid: uuid,
    id: entity.id * 100 + index,
  }));
  const self = { self: { href: href(account, path) } };
  return { status: 200, body: { _links: self, _embedded: { files } } };
}

function requireEntity({ account, ids }: ApiCall, kind: Kind): Entity {
  const entity = account.tables[kind].get(ids[0] ?? 0);
  if (entity === undefined) throw problem(404, "Entity not found");
  return entity;
}
