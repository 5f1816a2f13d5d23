import { type Fields, asInteger, asMap, asText, isMap } from "../../fake/values.ts";
import { accessDenied, itemNotFound, missingParameter } from "./errors.ts";
import { type ItemFields, upperNameOf } from "./item_fields.ts";
import { listItems } from "./item_list.ts";
import { type ItemType, itemTypeOf } from "./item_types.ts";
import { readValue } from "./item_values.ts";
import { WHOLE_ITEM, viewItem } from "./item_view.ts";
import type { Method, MethodAnswer } from "./methods.ts";
import { applyMultifields } from "./multifields.ts";
import type { Item, PortalState } from "./portal_state.ts";
import { ownerKey } from "./row_sums.ts";
import { recordStageMove, semanticsOf } from "./stages.ts";

/** crm.item.*; api-reference/crm/universal */
export const ITEM_METHODS: readonly (readonly [string, Method])[] = [
  ["crm.item.list", { scope: "crm", run: listItems }],
  ["crm.item.get", { scope: "crm", run: getItem }],
  ["crm.item.add", { scope: "crm", run: addItem }],
  ["crm.item.update", { scope: "crm", run: updateItem }],
  ["crm.item.delete", { scope: "crm", run: deleteItem }],
  ["crm.item.fields", { scope: "crm", run: describeFields }],
];

function getItem(portal: PortalState, params: Fields): MethodAnswer {
  const type = itemTypeOf(params);
  return answer(portal, type, requireItem(portal, type, params), params);
}

function addItem(portal: PortalState, params: Fields): MethodAnswer {
  const type = itemTypeOf(params);
  const item = createItem(portal, type, requireFields(params), usesOriginalNames(params));
  return answer(portal, type, item, params);
}

function updateItem(portal: PortalState, params: Fields): MethodAnswer {
  const type = itemTypeOf(params);
  const before = requireItem(portal, type, params);
  const item = changeItem(portal, type, before, requireFields(params), usesOriginalNames(params));
  return answer(portal, type, item, params);
}

function deleteItem(portal: PortalState, params: Fields): MethodAnswer {
  const type = itemTypeOf(params);
  removeItem(portal, type, requireItem(portal, type, params).id);
  return { result: [] };
}

/** Creates and tells the outgoing webhooks. Duplicates are not looked for, as in the real portal. */
export function createItem(
  portal: PortalState,
  type: ItemType,
  fields: Fields,
  originalNames = false,
): Item {
  const table = type.table(portal);
  const now = portal.now();
  const id = table.nextId();
  const by = portal.actorId;
  const blank: Item = {
    id,
    createdAt: now,
    updatedAt: now,
    createdBy: by,
    updatedBy: by,
    values: {},
    fm: [],
  };
  const { draft, touched } = write(portal, type, blank, fields, originalNames);
  const item = type.prepare(portal, draft, null, touched);
  table.save(id, item);
  if (type.ownerType === "D") recordStageMove(portal, moveOf(item), 1);
  portal.raise(`ONCRM${type.eventName}ADD`, { ID: String(id) });
  return item;
}

/** Changes an item. Nothing different means nothing saved: no new time, no event. */
export function changeItem(
  portal: PortalState,
  type: ItemType,
  before: Item,
  fields: Fields,
  originalNames = false,
): Item {
  const { draft, touched } = write(portal, type, before, fields, originalNames);
  const prepared = type.prepare(portal, draft, before, touched);
  if (isSame(before, prepared)) return before;
  return saveChange(portal, type, before, prepared);
}

/** Stores a change that is known to be one, with its time, history and event. */
function saveChange(portal: PortalState, type: ItemType, before: Item, after: Item): Item {
  const item = { ...after, updatedAt: portal.now(), updatedBy: portal.actorId };
  type.table(portal).save(item.id, item);
  const isFunnelChanged = before.values["categoryId"] !== item.values["categoryId"];
  if (type.ownerType === "D" && before.values["stageId"] !== item.values["stageId"]) {
    const isFinal = semanticsOf(portal, asText(item.values["stageId"])) !== "P";
    recordStageMove(portal, moveOf(item), isFunnelChanged ? 5 : isFinal ? 3 : 2);
  }
  if (type.ownerType === "D" && isFunnelChanged) {
    // Only applications can subscribe to this one: a plain webhook learns nothing.
    portal.raise("ONCRMDEALMOVETOCATEGORY", { ID: String(item.id) });
  } else {
    raiseUpdate(portal, type, item.id);
  }
  return item;
}

export function raiseUpdate(portal: PortalState, type: ItemType, id: number): void {
  for (let time = 0; time < portal.options.eventsPerUpdate; time += 1) {
    portal.raise(`ONCRM${type.eventName}UPDATE`, { ID: String(id) });
  }
}

export function removeItem(portal: PortalState, type: ItemType, id: number): void {
  type.table(portal).remove(id);
  if (type.ownerType !== null) portal.productRows.delete(ownerKey(type.ownerType, id));
  portal.raise(`ONCRM${type.eventName}DELETE`, { ID: String(id) });
}

function moveOf(item: Item): { ownerId: number; categoryId: number; stageId: string } {
  return {
    ownerId: item.id,
    categoryId: Number(item.values["categoryId"]),
    stageId: asText(item.values["stageId"]),
  };
}

/** Puts known, writable fields into a copy. Everything else is ignored without a word. */
function write(
  portal: PortalState,
  type: ItemType,
  item: Item,
  fields: Fields,
  originalNames: boolean,
): { draft: Item; touched: Set<string> } {
  const known = fieldsByName(type.fields(portal), originalNames);
  const values = { ...item.values };
  const touched = new Set<string>();
  for (const [key, value] of Object.entries(fields)) {
    const field = known.get(key);
    if (field === undefined || field.isReadOnly) continue;
    values[field.name] = readValue(portal, field, value, values[field.name]);
    touched.add(field.name);
  }
  const isFmGiven = type.hasMultifields && "fm" in fields;
  const fm = isFmGiven ? applyMultifields(portal, item.fm, fields["fm"]) : item.fm;
  return { draft: { ...item, values, fm }, touched };
}

function fieldsByName(fields: ItemFields, originalNames: boolean): ItemFields {
  if (!originalNames) return fields;
  return new Map([...fields.values()].map((field) => [field.upperName ?? field.name, field]));
}

function isSame(before: Item, after: Item): boolean {
  const names = new Set([...Object.keys(before.values), ...Object.keys(after.values)]);
  const isValueSame = [...names].every(
    (name) =>
      JSON.stringify(before.values[name] ?? null) === JSON.stringify(after.values[name] ?? null),
  );
  return isValueSame && JSON.stringify(before.fm) === JSON.stringify(after.fm);
}

function requireItem(portal: PortalState, type: ItemType, params: Fields): Item {
  if (params["id"] === undefined) throw missingParameter("id");
  const id = asInteger(params["id"]);
  const item = id === null ? undefined : type.table(portal).get(id);
  if (item === undefined) throw itemNotFound();
  const category = portal.categories.find((one) => one.id === item.values["categoryId"]);
  if (type.ownerType === "D" && category?.isHidden === true) throw accessDenied();
  return item;
}

function requireFields(params: Fields): Fields {
  const fields = params["fields"];
  if (typeof fields !== "object" || fields === null) throw missingParameter("fields");
  return isMap(fields) ? fields : asMap(fields);
}

function usesOriginalNames(params: Fields): boolean {
  return asText(params["useOriginalUfNames"]).toUpperCase() === "Y";
}

function answer(portal: PortalState, type: ItemType, item: Item, params: Fields): MethodAnswer {
  const view = { ...WHOLE_ITEM, useOriginalNames: usesOriginalNames(params) };
  return { result: { item: viewItem(portal, type, item, view) } };
}

function describeFields(portal: PortalState, params: Fields): MethodAnswer {
  const entries = [...itemTypeOf(params).fields(portal).values()].map((field) => [
    field.name,
    {
      type: field.type,
      isRequired: false,
      isReadOnly: field.isReadOnly,
      isImmutable: false,
      isMultiple: field.isMultiple,
      isDynamic: field.upperName !== undefined,
      title: field.title,
      upperName: upperNameOf(field),
    },
  ]);
  return { result: { fields: Object.fromEntries(entries) as Fields } };
}
