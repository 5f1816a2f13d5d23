import {
  type Fields,
  asInteger,
  asList,
  asMap,
  asNumber,
  asText,
  isMap,
  roundTo,
} from "../../fake/values.ts";
import { RestError, accessDenied, invalidArgument, missingParameter } from "./errors.ts";
import { type ItemType, itemTypeByOwner } from "./item_types.ts";
import { raiseUpdate } from "./items.ts";
import { type Method, type MethodAnswer, pageOf, pageTail, readPage } from "./methods.ts";
import type { Item, PortalState, ProductRow } from "./portal_state.ts";
import { measureOf } from "./measures.ts";
import { ownerKey, withAutomaticAmount } from "./row_sums.ts";

/** crm.item.productrow.*; api-reference/crm/universal/product-rows */
export const PRODUCT_ROW_METHODS: readonly (readonly [string, Method])[] = [
  ["crm.item.productrow.set", { scope: "crm", run: setRows }],
  ["crm.item.productrow.list", { scope: "crm", run: listRows }],
];

/** Replaces all rows of an object. Every row gets a new id; an empty list leaves none. */
function setRows(portal: PortalState, params: Fields): MethodAnswer {
  for (const name of ["ownerType", "ownerId", "productRows"]) {
    if (params[name] === undefined) throw missingParameter(name);
  }
  const given = params["productRows"];
  // An empty list cannot be told from nothing in a form: PHP receives an empty text.
  if (typeof given !== "object" && given !== "") throw missingParameter("productRows");
  const { type, item } = requireOwner(portal, params["ownerType"], params["ownerId"]);
  const key = ownerKey(type.ownerType ?? "D", item.id);
  const rows = asList(given).map((row) => readRow(portal, asMap(row)));
  const previous = portal.productRows.get(key) ?? [];
  portal.productRows.set(key, rows);
  if (previous.length > 0 || rows.length > 0) touchOwner(portal, type, item);
  return { result: { productRows: rows.map((row) => viewRow(key, row)) } };
}

/** The amount follows the rows at once; whether the object counts as changed is a switch. */
function touchOwner(portal: PortalState, type: ItemType, item: Item): void {
  const after = withAutomaticAmount(portal, type.ownerType ?? "D", item, true);
  const stamp = { updatedAt: portal.now(), updatedBy: portal.actorId };
  type
    .table(portal)
    .save(item.id, portal.options.doProductRowsTouchDeal ? { ...after, ...stamp } : after);
  if (portal.options.doProductRowsRaiseEvent) raiseUpdate(portal, type, item.id);
}

function listRows(portal: PortalState, params: Fields): MethodAnswer {
  if (!isMap(params["filter"])) throw missingParameter("filter");
  const filter = params["filter"];
  const ownerType = filter["=ownerType"];
  const ownerId = filter["=ownerId"];
  if (ownerType === undefined || ownerId === undefined) {
    throw invalidArgument("Filter must contain =ownerType and =ownerId");
  }
  const type = itemTypeByOwner(asText(ownerType));
  const id = asInteger(ownerId);
  if (type === undefined || id === null || !type.table(portal).has(id)) throw accessDenied();
  const key = ownerKey(asText(ownerType), id);
  const all = [...(portal.productRows.get(key) ?? [])].toSorted((a, b) => a.id - b.id);
  const page = readPage(params);
  const { rows, hasMore } = pageOf(
    all.map((row) => viewRow(key, row)),
    page,
  );
  return { result: { productRows: rows }, ...pageTail(page, { total: all.length, hasMore }) };
}

function requireOwner(
  portal: PortalState,
  ownerType: unknown,
  ownerId: unknown,
): { type: ItemType; item: Item } {
  const type = itemTypeByOwner(asText(ownerType));
  if (type === undefined) {
    throw new RestError(
      400,
      "ENTITY_TYPE_NOT_SUPPORTED",
      "Working with this type of objects is not supported",
    );
  }
  const item = type.table(portal).get(asInteger(ownerId) ?? 0);
  if (item === undefined) throw new RestError(400, "OWNER_NOT_FOUND", "Owner was not found");
  const category = portal.categories.find(({ id }) => id === item.values["categoryId"]);
  if (category?.isHidden === true) throw accessDenied();
  return { type, item };
}

/** Price to 2 decimals and quantity to 4, as the portal's columns hold them. */
function readRow(portal: PortalState, row: Fields): ProductRow {
  const price = roundTo(readNumber(row, "price", 0), 2);
  const quantity = roundTo(readNumber(row, "quantity", 1), 4);
  if (portal.options.negativeRow === "refused" && (price < 0 || quantity < 0)) {
    throw new RestError(400, "0", "Price and quantity of a product row must not be negative");
  }
  const measure = measureOf(portal, row["measureCode"]);
  return {
    id: portal.next("productRow"),
    productId: asInteger(row["productId"]) ?? 0,
    productName: asText(row["productName"]),
    quantity,
    taxIncluded: asText(row["taxIncluded"]) === "Y" ? "Y" : "N",
    measureCode: measure.code,
    measureName: measure.symbol,
    sort: asInteger(row["sort"]) ?? 0,
    ...priceRow(row, price),
  };
}

/**
 * From the final price back to the others, rounding at each step: 80000 with 20 % off and 20 % tax
 * gives 66666.67, 83333.34 and 100000.01, as in the documents' sample.
 */
function priceRow(row: Fields, price: number): Omit<ProductRow, RowIdentity> {
  const taxRate = asNumber(row["taxRate"]);
  const tax = 1 + (taxRate ?? 0) / 100;
  const discountTypeId = asInteger(row["discountTypeId"]) === 1 ? 1 : 2;
  const priceExclusive = roundTo(price / tax, 2);
  const givenRate = readNumber(row, "discountRate", 0);
  const givenSum = readNumber(row, "discountSum", 0);
  const priceNetto =
    discountTypeId === 1
      ? roundTo(priceExclusive + givenSum, 2)
      : roundTo(priceExclusive / (1 - Math.min(givenRate, 99.99) / 100), 2);
  const discountSum = roundTo(priceNetto - priceExclusive, 2);
  const shareOff = priceNetto === 0 ? 0 : roundTo((discountSum / priceNetto) * 100, 2);
  return {
    price,
    taxRate,
    discountTypeId,
    discountRate: discountTypeId === 1 ? shareOff : givenRate,
    discountSum,
    priceExclusive,
    priceNetto,
    priceBrutto: roundTo(priceNetto * tax, 2),
  };
}

type RowIdentity =
  | "id"
  | "productId"
  | "productName"
  | "quantity"
  | "taxIncluded"
  | "measureCode"
  | "measureName"
  | "sort";

function readNumber(row: Fields, name: string, absent: number): number {
  const value = row[name];
  if (value === undefined || value === null || value === "") return absent;
  return asNumber(value) ?? 0;
}

function viewRow(key: string, row: ProductRow): Fields {
  return {
    ...row,
    ownerId: Number(key.slice(1)),
    ownerType: key.slice(0, 1),
    priceAccount: row.price,
    customized: "Y",
    xmlId: "",
    type: row.productId === 0 ? 1 : 4,
  };
}
