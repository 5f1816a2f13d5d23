import { type LookupIndex, textKey } from "../../fake/lookup_index.ts";
import { comparableDigits } from "../../fake/phones.ts";
import type { SeededTable } from "../../fake/seeded_table.ts";
import { type Fields, asList, asText } from "../../fake/values.ts";
import { RestError } from "./errors.ts";
import type { Method, MethodAnswer } from "./methods.ts";
import type { Item, PortalState } from "./portal_state.ts";

const MOST_FOUND = 20;
const MOST_VALUES = 20;

/** api-reference/crm/duplicates/crm-duplicate-find-by-comm.md */
export const DUPLICATE_METHODS: readonly (readonly [string, Method])[] = [
  ["crm.duplicate.findbycomm", { scope: "crm", run: findByCommunication }],
];

/**
 * Oldest first, at most 20 of a kind, extensions not regarded. When one kind fills up, the kinds
 * after it are left out. Nothing found is an empty list, not an empty map.
 */
function findByCommunication(portal: PortalState, params: Fields): MethodAnswer {
  const type = asText(params["type"]).toUpperCase();
  if (type === "") {
    throw new RestError(400, "Communication type is not defined", "Parameter 'type' is required.");
  }
  if (type !== "PHONE" && type !== "EMAIL") {
    const text = `Communication type '${type}' is not supported in current context`;
    throw new RestError(400, text, text);
  }
  const values = asList(params["values"]).map(asText).filter(Boolean).slice(0, MOST_VALUES);
  if (values.length === 0) {
    throw new RestError(
      400,
      "Communication values is not defined",
      "Parameter 'values' is required.",
    );
  }
  const kinds = kindsFor(portal, type, asText(params["entity_type"]).toUpperCase());
  const found: Record<string, number[]> = {};
  for (const { name, table, lookup } of kinds) {
    const ids = idsWith(table, lookup, type, values);
    if (ids.length > 0) found[name] = ids;
    if (ids.length >= MOST_FOUND) break;
  }
  return { result: Object.keys(found).length === 0 ? [] : found };
}

interface Kind {
  name: "CONTACT" | "COMPANY";
  table: SeededTable<Item>;
  lookup: LookupIndex;
}

function kindsFor(portal: PortalState, type: "PHONE" | "EMAIL", entityType: string): Kind[] {
  const lookup = type === "PHONE" ? portal.phoneLookup : portal.emailLookup;
  const kinds: Kind[] = [
    { name: "CONTACT", table: portal.contacts, lookup: lookup.contacts },
    { name: "COMPANY", table: portal.companies, lookup: lookup.companies },
  ];
  return entityType === "" ? kinds : kinds.filter(({ name }) => name === entityType);
}

function idsWith(
  table: SeededTable<Item>,
  lookup: LookupIndex,
  type: "PHONE" | "EMAIL",
  values: readonly string[],
): number[] {
  const wanted = new Set(
    values.map((value) => comparable(type, value)).filter((key) => key !== null),
  );
  const candidates = new Set<number>(table.changed().keys());
  for (const key of wanted) for (const id of lookup.find(numberOf(type, key))) candidates.add(id);
  return [...candidates]
    .filter((id) => table.get(id)?.fm.some((one) => isWanted(type, one, wanted)) === true)
    .toSorted((a, b) => a - b)
    .slice(0, MOST_FOUND);
}

function isWanted(
  type: "PHONE" | "EMAIL",
  one: { typeId: string; value: string },
  wanted: ReadonlySet<string>,
): boolean {
  const key = one.typeId === type ? comparable(type, one.value) : null;
  return key !== null && wanted.has(key);
}

function comparable(type: "PHONE" | "EMAIL", value: string): string | null {
  if (type === "PHONE") return comparableDigits(value);
  return value.trim() === "" ? null : value.trim().toLowerCase();
}

function numberOf(type: "PHONE" | "EMAIL", key: string): number {
  return type === "PHONE" ? Number(key) : textKey(key);
}
