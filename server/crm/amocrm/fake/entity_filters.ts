import { textKey } from "../../fake/lookup_index.ts";
import { comparableDigits } from "../../fake/phones.ts";
import type { Selection } from "../../fake/selection.ts";
import { asInteger, asList, asMap, asText, isMap } from "../../fake/values.ts";
import type { AccountState, Entity, Kind } from "./account_state.ts";
import type { ApiCall } from "./routing.ts";

type Conditions = Pick<Selection<Entity>, "ids" | "updatedFrom" | "updatedTo" | "matches">;

/** Reads `filter[…]` and `query`. */
export function conditionsOf(
  account: AccountState,
  kind: Kind,
  query: ApiCall["query"],
): Conditions {
  const filter = account.options.areFiltersEnabled ? asMap(query["filter"]) : {};
  const conditions: Conditions = {};
  const tests: ((entity: Entity) => boolean)[] = [];
  for (const [name, value] of Object.entries(filter)) {
    if (name === "id") conditions.ids = numbersOf(value);
    else if (name === "updated_at") Object.assign(conditions, updatedRange(value));
    else tests.push(...testsFor(account, kind, name, value));
  }
  const text = asText(query["query"]).trim();
  if (text !== "") {
    const ids = searchIds(account, kind, text);
    if (ids !== null) conditions.ids = conditions.ids?.filter((id) => ids.includes(id)) ?? ids;
    tests.push((entity) => isFound(account, entity, text));
  }
  if (tests.length > 0) conditions.matches = (entity) => tests.every((test) => test(entity));
  return conditions;
}

/** Only from/to works; a bare number finds nothing, as reported. */
function updatedRange(value: unknown): Pick<Conditions, "updatedFrom" | "updatedTo" | "ids"> {
  if (!isMap(value)) return { ids: [] };
  const from = asInteger(value["from"]);
  const to = asInteger(value["to"]);
  return {
    ...(from === null ? {} : { updatedFrom: from }),
    ...(to === null ? {} : { updatedTo: to }),
  };
}

function testsFor(
  account: AccountState,
  kind: Kind,
  name: string,
  value: unknown,
): ((entity: Entity) => boolean)[] {
  switch (name) {
    case "name": {
      const names = new Set((typeof value === "string" ? [value] : asList(value)).map(asText));
      return [(entity) => names.has(entity.name)];
    }
    case "responsible_user_id":
      return [(entity) => numbersOf(value).includes(entity.responsibleUserId)];
    case "created_by":
      return [(entity) => numbersOf(value).includes(entity.createdBy)];
    case "updated_by":
      return [(entity) => numbersOf(value).includes(entity.updatedBy)];
    case "created_at":
      return [(entity) => isInRange(entity.createdAt, value)];
    case "closed_at":
      return [(entity) => entity.lead !== null && isInRange(entity.lead.closedAt ?? -1, value)];
    case "price":
      return [(entity) => entity.lead !== null && isInRange(Math.trunc(entity.lead.price), value)];
    case "pipeline_id":
      return [(entity) => numbersOf(value).includes(entity.lead?.pipelineId ?? 0)];
    case "statuses":
      return [(entity) => asList(value).some((pair) => isInStatus(entity, pair))];
    case "custom_fields_values":
      return Object.entries(asMap(value)).map(([id, wanted]) =>
        hasFieldValue(account, kind, id, wanted),
      );
    default:
      // Unknown filters are passed over without a word.
      return [];
  }
}

function isInStatus(entity: Entity, pair: unknown): boolean {
  const { pipeline_id: pipelineId, status_id: statusId } = asMap(pair);
  return (
    entity.lead?.pipelineId === asInteger(pipelineId) &&
    entity.lead?.statusId === asInteger(statusId)
  );
}

function hasFieldValue(
  account: AccountState,
  kind: Kind,
  id: string,
  wanted: unknown,
): (entity: Entity) => boolean {
  const definition = account.definitions[kind].find((one) => String(one.id) === id);
  const values = new Set((typeof wanted === "string" ? [wanted] : asList(wanted)).map(asText));
  return (entity) =>
    entity.fields.some(
      ({ fieldId, values: present }) =>
        fieldId === definition?.id && present.some(({ value }) => values.has(String(value))),
    );
}

function isInRange(number: number, value: unknown): boolean {
  if (!isMap(value)) return number === asInteger(value);
  const from = asInteger(value["from"]);
  const to = asInteger(value["to"]);
  return (from === null || number >= from) && (to === null || number <= to);
}

function numbersOf(value: unknown): number[] {
  const list = typeof value === "string" ? [value] : asList(value);
  return list.map(asInteger).filter((id): id is number => id !== null);
}

/** Looks in the name and in every filled field; +7 and 8 are different digits here. */
function isFound(account: AccountState, entity: Entity, text: string): boolean {
  if (entity.updatedAt * 1000 > account.clock.now() - account.options.searchLag) return false;
  const wanted = text.toLowerCase();
  const digits = text.replaceAll(/\D/g, "");
  const isNumber = digits.length >= 4 && /^[\d\s()+.-]+$/.test(text);
  const values = [
    entity.name,
    ...entity.fields.flatMap((field) => field.values.map(({ value }) => String(value))),
  ];
  return values.some(
    (value) =>
      value.toLowerCase().includes(wanted) ||
      (isNumber && value.replaceAll(/\D/g, "").includes(digits)),
  );
}

/** Candidates by the index where the query is a whole number or address; null means look at all. */
function searchIds(account: AccountState, kind: Kind, text: string): number[] | null {
  if (kind === "leads") return null;
  const table = account.tables[kind];
  const isEmail = /^\S+@\S+\.\S+$/.test(text);
  const digits = comparableDigits(text) ?? "";
  const isPhone = /^[\d\s()+.-]+$/.test(text) && digits.length >= 10;
  if (!isEmail && !isPhone) return null;
  const key = isEmail ? textKey(text.toLowerCase()) : Number(digits.slice(-10));
  const lookup = isEmail ? account.emailLookup : account.phoneLookup;
  const found = [...lookup[kind].find(key), ...table.changed().keys()];
  return found.toSorted((a, b) => a - b);
}
