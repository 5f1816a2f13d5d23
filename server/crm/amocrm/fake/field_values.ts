import { asList, isMap } from "../../fake/values.ts";
import type {
  AccountState,
  FieldDefinition,
  FieldValue,
  Kind,
  StoredField,
} from "./account_state.ts";
import { type Violation, fieldMissing, invalidType, notSupported, tooLong } from "./problems.ts";

const MOST_TEXT = 65_535;

/**
 * Reads `custom_fields_values` on top of what is stored: named fields are replaced whole, fields
 * with empty values are cleared, the others stay.
 */
export function readFieldValues(
  account: AccountState,
  kind: Kind,
  given: unknown,
  present: readonly StoredField[],
): { fields: StoredField[]; violations: Violation[] } {
  if (given === undefined || given === null) return { fields: [...present], violations: [] };
  if (!Array.isArray(given)) {
    return { fields: [...present], violations: [invalidType("custom_fields_values", "array")] };
  }
  let fields = [...present];
  const violations: Violation[] = [];
  for (const [index, entry] of (given as unknown[]).entries()) {
    const path = `custom_fields_values.${String(index)}`;
    const definition = isMap(entry) ? findDefinition(account, kind, entry) : undefined;
    if (definition === undefined || !isMap(entry)) {
      violations.push(
        notSupported(
          `${path}.${isMap(entry) && "field_code" in entry ? "field_code" : "field_id"}`,
        ),
      );
      continue;
    }
    const read = readValues(definition, entry["values"], path);
    violations.push(...read.violations);
    fields = fields.filter(({ fieldId }) => fieldId !== definition.id);
    if (read.values.length > 0) fields.push({ fieldId: definition.id, values: read.values });
  }
  return { fields, violations };
}

function findDefinition(
  account: AccountState,
  kind: Kind,
  entry: Record<string, unknown>,
): FieldDefinition | undefined {
  const { field_id: id, field_code: code } = entry;
  return account.definitions[kind].find((one) =>
    id === undefined || id === null ? one.code !== null && one.code === code : one.id === id,
  );
}

function readValues(
  definition: FieldDefinition,
  given: unknown,
  path: string,
): { values: FieldValue[]; violations: Violation[] } {
  if (given === null) return { values: [], violations: [] };
  if (given === undefined) return { values: [], violations: [fieldMissing(`${path}.values`)] };
  const values: FieldValue[] = [];
  const violations: Violation[] = [];
  for (const [index, one] of asList(given).entries()) {
    const place = `${path}.values.${String(index)}`;
    const read = isMap(one) ? readOne(definition, one, place) : [invalidType(place, "array")];
    if (Array.isArray(read)) violations.push(...read);
    else if (read.value !== "") values.push(read);
  }
  return { values, violations };
}

function readOne(
  definition: FieldDefinition,
  one: Record<string, unknown>,
  path: string,
): FieldValue | Violation[] {
  const { value } = one;
  switch (definition.type) {
    case "select":
    case "multiselect":
    case "radiobutton":
      return readChoice(definition, one, path);
    case "multitext":
      return typeof value === "string"
        ? readMultitext(definition, one, value, path)
        : [invalidType(`${path}.value`, "string")];
    case "checkbox":
      return typeof value === "boolean"
        ? { value, enumId: null }
        : [invalidType(`${path}.value`, "bool")];
    case "date":
    case "date_time":
    case "birthday":
      return typeof value === "number" || typeof value === "string"
        ? { value, enumId: null }
        : [invalidType(`${path}.value`, "int")];
    case "numeric":
    case "monetary":
    case "price":
      return readNumeric(value, path);
    default:
      if (typeof value !== "string") return [invalidType(`${path}.value`, "string")];
      return value.length > MOST_TEXT
        ? [tooLong(`${path}.value`, MOST_TEXT)]
        : { value, enumId: null };
  }
}

/** Kept as text, whichever way it came. */
function readNumeric(value: unknown, path: string): FieldValue | Violation[] {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string" || !/^-?\d+(\.\d+)?$/.test(text)) {
    return [invalidType(`${path}.value`, "numeric")];
  }
  return { value: text, enumId: null };
}

function readMultitext(
  definition: FieldDefinition,
  one: Record<string, unknown>,
  value: string,
  path: string,
): FieldValue | Violation[] {
  const usual = definition.enums[0]?.id ?? null;
  if (one["enum_id"] === undefined && one["enum_code"] === undefined)
    return { value, enumId: usual };
  const found = definition.enums.find(
    ({ id, code }) => id === one["enum_id"] || code === one["enum_code"],
  );
  if (found !== undefined) return { value, enumId: found.id };
  return [notSupported(`${path}.${one["enum_code"] === undefined ? "enum_id" : "enum_code"}`)];
}

function readChoice(
  definition: FieldDefinition,
  one: Record<string, unknown>,
  path: string,
): FieldValue | Violation[] {
  const found = definition.enums.find(
    ({ id, value }) => id === one["enum_id"] || value === one["value"],
  );
  return found === undefined
    ? [notSupported(`${path}.value`)]
    : { value: found.value, enumId: found.id };
}
