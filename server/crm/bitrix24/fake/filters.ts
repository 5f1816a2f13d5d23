import type { Selection } from "../../fake/selection.ts";
import { type Fields, asList, asMap, asText, isMap } from "../../fake/values.ts";
import { invalidArgument } from "./errors.ts";
import { type FilterContext, IGNORED, operandOf } from "./filter_operands.ts";
import type { ItemField } from "./item_fields.ts";
import { rawValue } from "./item_view.ts";
import type { ItemType } from "./item_types.ts";
import type { Item, PortalState } from "./portal_state.ts";

/** Prefixes of filter keys. api-reference/crm/universal/crm-item-list.md */
const KEY = /^(!=%|!%=|=%|%=|>=|<=|!@|!=|!%|>|<|@|!|%|=)?(.*)$/s;

export type Test = (read: (name: string) => unknown) => boolean;

export type ItemConditions = Pick<
  Selection<Item>,
  "afterId" | "ids" | "updatedFrom" | "updatedTo" | "matches"
>;

/** Reads `filter` of crm.item.list. What is simple is told apart, so that no row need be made. */
export function readItemFilter(
  portal: PortalState,
  type: ItemType,
  filter: unknown,
): ItemConditions {
  const context = { portal, fields: type.fields(portal) };
  const conditions: ItemConditions = {};
  const tests: Test[] = [];
  for (const [key, value] of Object.entries(asMap(filter))) {
    if (!takeSimple(context, conditions, key, value)) tests.push(readTest(context, key, value));
  }
  if (tests.length === 0) return conditions;
  const matches = (item: Item): boolean => {
    const derived = type.derive(portal, item);
    return tests.every((test) => test((name) => rawValue(type, item, derived, name)));
  };
  return { ...conditions, matches };
}

/** Conditions on the identifier and the time of change, the two every synchronisation asks for. */
function takeSimple(
  context: FilterContext,
  conditions: ItemConditions,
  key: string,
  value: unknown,
): boolean {
  if (key === ">id" && conditions.afterId === undefined) {
    conditions.afterId = Number(operandOf(context, "id", value));
    return true;
  }
  if (["id", "=id", "@id"].includes(key) && conditions.ids === undefined) {
    const list = typeof value === "object" && value !== null ? asList(value) : [value];
    conditions.ids = list.map((one) => Number(operandOf(context, "id", one)));
    return true;
  }
  if (key === ">=updatedTime" || key === ">updatedTime") {
    const second = operandOf(context, "updatedTime", value);
    if (typeof second !== "number") return second === IGNORED;
    conditions.updatedFrom = Math.max(
      conditions.updatedFrom ?? 0,
      key === ">updatedTime" ? second + 1 : second,
    );
    return true;
  }
  if (key !== "<=updatedTime" && key !== "<updatedTime") return false;
  const second = operandOf(context, "updatedTime", value);
  if (typeof second !== "number") return second === IGNORED;
  conditions.updatedTo = Math.min(
    conditions.updatedTo ?? Infinity,
    key === "<updatedTime" ? second - 1 : second,
  );
  return true;
}

/** One condition, or a group of them under a numeric key with its own `logic`. */
export function readTest(context: FilterContext, key: string, value: unknown): Test {
  if (/^\d+$/.test(key) && isMap(value)) return readGroup(context, value);
  const [, prefix = "", name = ""] = KEY.exec(key) ?? [];
  const field = context.fields.get(name);
  if (field === undefined || !isFilterable(context, field)) {
    throw invalidArgument(`Invalid filter: field '${name}' is not allowed in filter`);
  }
  return readCondition(context, prefix, field, value);
}

function readGroup(context: FilterContext, group: Fields): Test {
  const isAnyEnough = asText(group["logic"]).toUpperCase() === "OR";
  const tests = Object.entries(group)
    .filter(([key]) => key !== "logic")
    .map(([key, value]) => readTest(context, key, value));
  return (read) =>
    isAnyEnough ? tests.some((test) => test(read)) : tests.every((test) => test(read));
}

const UNFILTERABLE = new Set([
  "phone",
  "email",
  "imol",
  "phoneMobile",
  "phoneWork",
  "phoneMailing",
]);

function isFilterable({ portal }: FilterContext, field: ItemField): boolean {
  if (field.isMultiple || field.type === "file" || field.name.startsWith("email")) return false;
  if (UNFILTERABLE.has(field.name)) return false;
  const isOrigin = field.name === "originId" || field.name === "originatorId";
  return !isOrigin || portal.options.isOriginFilterable;
}

function readCondition(
  context: FilterContext,
  prefix: string,
  field: ItemField,
  value: unknown,
): Test {
  const isList = typeof value === "object" && value !== null;
  const operands = (isList ? asList(value) : [value]).map((one) =>
    operandOf(context, field.name, one),
  );
  if (operands.includes(IGNORED)) return () => true;
  const equals = (read: (name: string) => unknown): boolean =>
    operands.some((operand) => isEqual(read(field.name), operand));
  switch (prefix) {
    case "":
    case "=":
    case "@":
      return equals;
    case "!":
    case "!=":
    case "!@":
      return (read) => !equals(read);
    case "%":
      return like(field, `%${asText(value)}%`);
    case "=%":
    case "%=":
      return like(field, asText(value));
    case "!%":
      return negated(like(field, `%${asText(value)}%`));
    case "!=%":
    case "!%=":
      return negated(like(field, asText(value)));
    default:
      return (read) => isOrdered(prefix, read(field.name), operands[0]);
  }
}

function isEqual(value: unknown, operand: unknown): boolean {
  if (operand === null) return value === null || value === "" || value === 0;
  return typeof value === "string" && typeof operand === "string"
    ? value.toLowerCase() === operand.toLowerCase()
    : value === operand;
}

function isOrdered(prefix: string, value: unknown, operand: unknown): boolean {
  if (value === null || operand === null || operand === undefined) return false;
  const [a, b] =
    typeof value === "number" ? [value, Number(operand)] : [asText(value), asText(operand)];
  if (prefix === ">") return a > b;
  if (prefix === ">=") return a >= b;
  return prefix === "<" ? a < b : a <= b;
}

function like(field: ItemField, pattern: string): Test {
  const source = pattern
    .split("%")
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join(".*");
  const expression = new RegExp(`^${source}$`, "isu");
  return (read) => expression.test(asText(read(field.name)));
}

function negated(test: Test): Test {
  return (read) => !test(read);
}
