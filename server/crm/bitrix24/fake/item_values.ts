import {
  type Fields,
  asInteger,
  asList,
  asNumber,
  asText,
  isMap,
  roundTo,
} from "../../fake/values.ts";
import { decodeBase64 } from "./base64.ts";
import { RestError, invalidField } from "./errors.ts";
import type { ItemField } from "./item_fields.ts";
import type { PortalState } from "./portal_state.ts";

/** A value from a call, checked and in the form it is kept; empty ones become null. */
export function readValue(
  portal: PortalState,
  field: ItemField,
  value: unknown,
  present: unknown,
): unknown {
  if (field.isMultiple) {
    if (value === null || value === "") return [];
    if (typeof value !== "object") {
      const got = typeof value === "string" ? "string" : "integer";
      throw new RestError(
        400,
        "100",
        `Expected iterable value for multiple field, but got ${got} instead`,
      );
    }
    if (field.type === "file") return readFiles(portal, value, present);
    return asList(value).map((one) => readSingle(portal, field, one));
  }
  if (field.type === "file") return readFile(portal, value) ?? present ?? null;
  return readSingle(portal, field, value);
}

function readSingle(portal: PortalState, field: ItemField, value: unknown): unknown {
  if (value === null || value === undefined || value === "") return null;
  switch (field.type) {
    case "boolean":
      return readBoolean(field, value);
    case "double":
      return roundTo(asNumber(value) ?? refuse(field), 2);
    case "date":
      return readDate(portal, field, value);
    case "datetime":
      return portal.times.parse(asText(value)) ?? refuse(field);
    case "user":
      return readUser(portal, field, value);
    case "integer":
    case "crm_company":
    case "crm_contact":
    case "crm_deal":
    case "crm_lead":
    case "crm_quote":
    case "crm_category":
      return asInteger(value) ?? refuse(field);
    default:
      return typeof value === "object" ? refuse(field) : asText(value);
  }
}

function refuse(field: ItemField): never {
  throw invalidField(field.title);
}

function readBoolean(field: ItemField, value: unknown): string {
  const text = asText(value).toUpperCase();
  if (text === "Y" || text === "1") return "Y";
  return text === "N" || text === "0" ? "N" : refuse(field);
}

function readDate(portal: PortalState, field: ItemField, value: unknown): string {
  const second = portal.times.parse(asText(value)) ?? refuse(field);
  return portal.times.format(second).slice(0, 10);
}

function readUser(portal: PortalState, field: ItemField, value: unknown): number {
  const id = asInteger(value);
  return id !== null && portal.users.some((user) => user.id === id) ? id : refuse(field);
}

/** `["name.pdf", "<base64>"]` becomes a file; anything else is no file. */
function readFile(portal: PortalState, value: unknown): Fields | null {
  const [name, content] = asList(value);
  if (typeof name !== "string" || typeof content !== "string" || isMap(value)) return null;
  const bytes = decodeBase64(content);
  return bytes === null ? null : { id: portal.next("file"), name, size: bytes.length };
}

/** In a multiple file field `{id}` keeps a file, a pair adds one, and what is not named is deleted. */
function readFiles(portal: PortalState, value: unknown, present: unknown): Fields[] {
  const kept = asList(present).filter(isMap);
  return asList(value).flatMap((entry): Fields[] => {
    if (!isMap(entry)) {
      const added = readFile(portal, entry);
      return added === null ? [] : [added];
    }
    const id = asInteger(entry["id"]);
    return kept.filter((file) => file["id"] === id);
  });
}
