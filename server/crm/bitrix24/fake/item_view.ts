import { type Fields, asList, isMap } from "../../fake/values.ts";
import type { ItemField } from "./item_fields.ts";
import type { ItemType } from "./item_types.ts";
import type { Item, PortalState } from "./portal_state.ts";

export interface ViewOptions {
  /** Names to show, or null for all of them. */
  select: ReadonlySet<string> | null;
  /** `fm` cannot be selected by name; it comes with `*` and from crm.item.get. */
  withMultifields: boolean;
  /** Custom fields as `UF_CRM_…` instead of camelCase. */
  useOriginalNames: boolean;
}

export const WHOLE_ITEM: ViewOptions = {
  select: null,
  withMultifields: true,
  useOriginalNames: false,
};

/** An item as crm.item.* returns it. */
export function viewItem(
  portal: PortalState,
  type: ItemType,
  item: Item,
  options: ViewOptions,
): Fields {
  const view: Fields = {};
  const derived = type.derive(portal, item);
  for (const field of type.fields(portal).values()) {
    if (options.select !== null && !options.select.has(field.name) && field.name !== "id") continue;
    const name = options.useOriginalNames ? (field.upperName ?? field.name) : field.name;
    view[name] = viewValue(portal, field, rawValue(type, item, derived, field.name));
  }
  if (options.select === null) view["entityTypeId"] = type.entityTypeId;
  if (options.withMultifields && type.hasMultifields) view["fm"] = item.fm;
  return view;
}

/** Value for comparing and sorting: times as seconds, days as `2026-03-02`. */
export function rawValue(type: ItemType, item: Item, derived: Fields, name: string): unknown {
  switch (name) {
    case "id":
      return item.id;
    case "createdTime":
      return item.createdAt;
    case "updatedTime":
    case "lastActivityTime":
      return item.updatedAt;
    case "createdBy":
      return item.createdBy;
    case "updatedBy":
    case "lastActivityBy":
      return item.updatedBy;
    default:
      return derived[name] ?? item.values[name] ?? type.defaults[name] ?? null;
  }
}

function viewValue(portal: PortalState, field: ItemField, value: unknown): unknown {
  if (value === null) return null;
  if (field.type === "datetime") return portal.times.format(Number(value));
  if (field.type === "date" && typeof value === "string") return portal.times.formatDay(value);
  if (field.type !== "file") return value;
  return field.isMultiple
    ? asList(value).map((file) => viewFile(portal, file))
    : viewFile(portal, value);
}

function viewFile(portal: PortalState, file: unknown): unknown {
  if (!isMap(file)) return null;
  const id = String(file["id"]);
  const url = `https://${portal.host}/bitrix/components/bitrix/crm.field.file/show_file.php?fileId=${id}`;
  return { id: file["id"], url, urlMachine: `${url}&auth=&token=crm%7C${id}` };
}
