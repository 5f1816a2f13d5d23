import { type Fields, asInteger, asMap, asText, isMap } from "../../fake/values.ts";
import type { AccountState, Kind, Note } from "./account_state.ts";
import { readInputs } from "./entity_write.ts";
import { href } from "./links_out.ts";
import {
  type Violation,
  fieldMissing,
  invalidType,
  notSupported,
  problem,
  validationProblem,
} from "./problems.ts";
import { type ApiCall, type ApiReply, type ApiRoute, NO_CONTENT } from "./routing.ts";

const TYPES = new Set([
  "common",
  "call_in",
  "call_out",
  "service_message",
  "extended_service_message",
  "message_cashier",
  "invoice_paid",
  "geolocation",
  "sms_in",
  "sms_out",
  "attachment",
]);

/** Notes of leads, contacts and companies. reference/notes */
export function noteRoutes(): ApiRoute[] {
  const kinds: readonly Kind[] = ["leads", "contacts", "companies"];
  return kinds.flatMap((kind): ApiRoute[] => [
    { method: "GET", path: `/${kind}/{id}/notes`, run: (call) => listNotes(call, kind) },
    { method: "POST", path: `/${kind}/{id}/notes`, run: (call) => addNotes(call, kind) },
    { method: "POST", path: `/${kind}/notes`, run: (call) => addNotes(call, kind) },
  ]);
}

function listNotes({ account, ids, query }: ApiCall, kind: Kind): ApiReply {
  const page = asInteger(query["page"]) ?? 1;
  const limit = Math.min(250, asInteger(query["limit"]) ?? 50);
  const types = asMap(query["filter"])["note_type"];
  const wanted = typeof types === "string" ? [types] : Object.values(asMap(types)).map(asText);
  const notes = account.notes.filter(
    (note) =>
      note.kind === kind &&
      note.entityId === ids[0] &&
      (wanted.length === 0 || wanted.includes(note.noteType)),
  );
  const shown = notes.slice((page - 1) * limit, page * limit);
  if (shown.length === 0) return NO_CONTENT;
  const self = { self: { href: href(account, `/api/v4/${kind}/${String(ids[0])}/notes`) } };
  return {
    status: 200,
    body: {
      _page: page,
      _links: self,
      _embedded: { notes: shown.map((note) => viewNote(account, note)) },
    },
  };
}

function addNotes(call: ApiCall, kind: Kind): ApiReply {
  const { account, ids } = call;
  const inputs = readInputs(call);
  const invalid = inputs.flatMap((input, index) => {
    const violations = checkNote(account, kind, input, ids[0]);
    return violations.length === 0
      ? []
      : [{ requestId: asText(input["request_id"]) || String(index), violations }];
  });
  if (invalid.length > 0) throw validationProblem(invalid);
  const views = inputs.map((input, index) => {
    const note = saveNote(account, kind, input, ids[0]);
    return {
      id: note.id,
      entity_id: note.entityId,
      request_id: asText(input["request_id"]) || String(index),
      _links: {
        self: {
          href: href(account, `/api/v4/${kind}/${String(note.entityId)}/notes/${String(note.id)}`),
        },
      },
    };
  });
  const self = { self: { href: href(account, `/api/v4/${kind}/notes`) } };
  return { status: 200, body: { _links: self, _embedded: { notes: views } } };
}

function checkNote(
  account: AccountState,
  kind: Kind,
  input: Fields,
  fixedId: number | undefined,
): Violation[] {
  const entityId = fixedId ?? input["entity_id"];
  if (entityId === undefined) return [fieldMissing("entity_id")];
  if (typeof entityId !== "number") return [invalidType("entity_id", "int")];
  if (!account.tables[kind].has(entityId)) {
    if (fixedId !== undefined) throw problem(404, "Entity not found");
    return [notSupported("entity_id")];
  }
  const { note_type: type, params } = input;
  if (type === undefined) return [fieldMissing("note_type")];
  if (typeof type !== "string" || !TYPES.has(type)) return [notSupported("note_type")];
  if (!isMap(params)) return [fieldMissing("params")];
  if (params["text"] === undefined) return [fieldMissing("params.text")];
  return typeof params["text"] === "string" ? [] : [invalidType("params.text", "string")];
}

function saveNote(
  account: AccountState,
  kind: Kind,
  input: Fields,
  fixedId: number | undefined,
): Note {
  const note: Note = {
    id: account.next("note"),
    kind,
    entityId: fixedId ?? Number(input["entity_id"]),
    noteType: asText(input["note_type"]),
    params: asMap(input["params"]),
    createdBy: account.actorId,
    createdAt: account.now(),
  };
  account.notes.push(note);
  return note;
}

function viewNote(account: AccountState, note: Note): object {
  return {
    id: note.id,
    entity_id: note.entityId,
    created_by: note.createdBy,
    updated_by: note.createdBy,
    created_at: note.createdAt,
    updated_at: note.createdAt,
    responsible_user_id: note.createdBy,
    group_id: 0,
    note_type: note.noteType,
    params: note.params,
    account_id: account.id,
    _links: {
      self: {
        href: href(
          account,
          `/api/v4/${note.kind}/${String(note.entityId)}/notes/${String(note.id)}`,
        ),
      },
    },
  };
}
