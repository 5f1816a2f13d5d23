import { asInteger, asNumber, asText } from "../../fake/values.ts";
import { invalidArgument } from "./errors.ts";
import type { ItemField, ItemFields } from "./item_fields.ts";
import type { PortalState } from "./portal_state.ts";

export interface FilterContext {
  portal: PortalState;
  fields: ItemFields;
}

/** The condition is dropped without a word, by the switch on ISO dates. */
export const IGNORED = Symbol("ignored");

/** The value of a condition as its field is compared, or the portal's refusal. */
export function operandOf(
  { portal, fields }: FilterContext,
  name: string,
  value: unknown,
): unknown {
  const field = fields.get(name);
  const text = asText(value).trim();
  const refused = (): never => {
    throw invalidArgument(`Invalid filter: field '${name}' has invalid value`);
  };
  if (name === "id" && text === "") return portal.options.emptyIdFilter === "zero" ? 0 : refused();
  if (text === "") return null;
  switch (field?.type) {
    case "datetime":
    case "date": {
      const isIso = /T.*([+-]\d{2}:?\d{2}|Z)$/.test(text);
      if (isIso && portal.options.isoDateFilter === "ignored") return IGNORED;
      const second = portal.times.parse(text) ?? refused();
      return field.type === "datetime" ? second : portal.times.format(second).slice(0, 10);
    }
    case "double":
      return asNumber(text) ?? refused();
    case "boolean":
      return readBooleanOperand(field, text, refused);
    case "string":
    case "text":
    case "crm_status":
    case "crm_currency":
      return text.toLowerCase();
    default:
      return field?.upperName === undefined ? (asInteger(text) ?? refused()) : text.toLowerCase();
  }
}

/** Standard fields are asked with Y and N, custom ones only with 1 and 0. */
function readBooleanOperand(field: ItemField, text: string, refused: () => never): string {
  if (field.upperName === undefined) return text === "Y" || text === "N" ? text : refused();
  if (text === "1") return "Y";
  return text === "0" ? "N" : refused();
}
