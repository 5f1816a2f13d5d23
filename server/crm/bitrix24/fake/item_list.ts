import { type SelectionOrder, select } from "../../fake/selection.ts";
import { type Fields, asList, asText } from "../../fake/values.ts";
import { readItemFilter } from "./filters.ts";
import { type ItemType, itemTypeOf } from "./item_types.ts";
import { type ViewOptions, rawValue, viewItem } from "./item_view.ts";
import { type MethodAnswer, PAGE, pageTail, readPage } from "./methods.ts";
import { compareBy, readOrder } from "./orders.ts";
import type { Item, PortalState } from "./portal_state.ts";

/**
 * crm.item.list: 50 items a page. With `start: -1` nothing is counted and `total` is 0.
 * api-reference/crm/universal/crm-item-list.md
 */
export function listItems(portal: PortalState, params: Fields): MethodAnswer {
  const type = itemTypeOf(params);
  const page = readPage(params);
  const conditions = readItemFilter(portal, type, params["filter"]);
  const hidden = portal.categories.filter(({ isHidden }) => isHidden).map(({ id }) => id);
  const isVisible = (item: Item): boolean => !hidden.includes(Number(item.values["categoryId"]));
  const needsRights = type.ownerType === "D" && hidden.length > 0;
  const selected = select(type.table(portal), {
    ...conditions,
    ...(needsRights
      ? { matches: (item) => isVisible(item) && conditions.matches?.(item) !== false }
      : {}),
    order: readItemOrder(portal, type, params["order"]),
    offset: page.offset,
    limit: PAGE,
    countTotal: page.isCounted,
  });
  const view = readView(portal, type, params);
  const items = selected.rows.map((item) => viewItem(portal, type, item, view));
  return {
    result: { items: isEmptied(portal, params) ? items.map(() => []) : items },
    ...pageTail(page, selected),
  };
}

function readItemOrder(portal: PortalState, type: ItemType, order: unknown): SelectionOrder<Item> {
  const fields = type.fields(portal);
  const orders = readOrder(order, (name) => fields.get(name)?.isMultiple === false);
  const [first] = orders;
  if (first === undefined) return { by: "id", descending: false };
  if (first.name === "id") return { by: "id", descending: first.isDescending };
  const isByTime = first.name === "updatedTime";
  const isIdNext =
    orders.length === 1 ||
    (orders[1]?.name === "id" && orders[1].isDescending === first.isDescending);
  if (isByTime && isIdNext) return { by: "updated", descending: first.isDescending };
  const compare = compareBy<Item>(orders, (item, name) =>
    rawValue(type, item, type.derive(portal, item), name),
  );
  return { by: "comparison", compare };
}

/** `fm` comes only with an explicit `*`; unknown names are passed over. */
function readView(portal: PortalState, type: ItemType, params: Fields): ViewOptions {
  const names = asList(params["select"]).map(asText);
  const isEverything = names.length === 0 || names.includes("*");
  const useOriginalNames = asText(params["useOriginalUfNames"]).toUpperCase() === "Y";
  const byOriginal = new Map(
    [...type.fields(portal).values()].map((field) => [field.upperName ?? field.name, field.name]),
  );
  const known = names.map((name) => (useOriginalNames ? (byOriginal.get(name) ?? name) : name));
  return {
    select: isEverything ? null : new Set(known),
    withMultifields: names.includes("*"),
    useOriginalNames,
  };
}

function isEmptied(portal: PortalState, params: Fields): boolean {
  const names = asList(params["select"]);
  return (
    portal.options.isOriginalNamesSelectBroken &&
    asText(params["useOriginalUfNames"]).toUpperCase() === "Y" &&
    names.length > 0 &&
    !names.includes("*")
  );
}
