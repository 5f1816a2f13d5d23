import { type Fields, asInteger, asMap, asText } from "../../fake/values.ts";
import { RestError, missingParameter } from "./errors.ts";
import { readTest } from "./filters.ts";
import { ENTITY, type ItemField, type ItemFields } from "./item_fields.ts";
import { itemTypeOf } from "./item_types.ts";
import { type Method, type MethodAnswer, pageOf, pageTail, readPage } from "./methods.ts";
import { compareBy, readOrder } from "./orders.ts";
import type { PortalState, Stage, StageMove } from "./portal_state.ts";
import { QUOTE_STAGES } from "./quotes.ts";
import { semanticsOf, stageIdOf } from "./stages.ts";

/** Funnels, stages, their history and currencies. */
export const DIRECTORY_METHODS: readonly (readonly [string, Method])[] = [
  ["crm.category.list", { scope: "crm", run: listCategories }],
  ["crm.status.list", { scope: "crm", run: listStatuses }],
  ["crm.stagehistory.list", { scope: "crm", run: listStageHistory }],
  ["crm.currency.list", { scope: "crm", run: listCurrencies }],
];

function listCategories(portal: PortalState, params: Fields): MethodAnswer {
  const type = itemTypeOf(params);
  if (type.entityTypeId !== ENTITY.deal) {
    throw new RestError(
      400,
      "ENTITY_TYPE_NOT_SUPPORTED",
      `Entity type ${type.eventName} is not supported`,
    );
  }
  const categories = portal.categories
    .filter(({ isHidden }) => !isHidden)
    .toSorted((a, b) => a.sort - b.sort)
    .map(({ id, name, sort }) => ({
      id,
      name,
      sort,
      entityTypeId: ENTITY.deal,
      isDefault: id === 0 ? "Y" : "N",
      ...(id === 0 ? {} : { originId: "", originatorId: "" }),
    }));
  return { result: { categories }, total: categories.length };
}

const EXTRA = { P: "process", S: "success", F: "failure", A: "apology" } as const;

/** Filters by exact values only; all numbers come as text. */
function listStatuses(portal: PortalState, params: Fields): MethodAnswer {
  const filter = Object.entries(asMap(params["filter"]));
  const rows = [...portal.stages.map((stage) => viewStage(portal, stage)), ...quoteStatuses()];
  const found = rows.filter((row) =>
    filter.every(([key, value]) => asText(row[key.replace(/^=/, "")]) === asText(value)),
  );
  const orders = readOrder(params["order"], (name) => name in (rows[0] ?? {}));
  const usual = [{ name: "SORT", isDescending: false }];
  const numeric = (row: Fields, name: string): unknown => asInteger(row[name]) ?? row[name];
  const sorted = found.toSorted(compareBy(orders.length === 0 ? usual : orders, numeric));
  return { result: sorted, total: sorted.length };
}

function viewStage(portal: PortalState, stage: Stage): Fields {
  const isDefault = stage.categoryId === 0;
  const semantics = stage.semantics === "P" ? null : stage.semantics === "S" ? "S" : "F";
  return {
    ID: String(stage.id),
    ENTITY_ID: isDefault ? "DEAL_STAGE" : `DEAL_STAGE_${String(stage.categoryId)}`,
    STATUS_ID: portal.options.isStatusIdPrefixed ? stageIdOf(stage) : stage.code,
    NAME: stage.name,
    NAME_INIT: "",
    SORT: String(stage.sort),
    SYSTEM: ["NEW", "WON", "LOSE"].includes(stage.code) ? "Y" : "N",
    CATEGORY_ID: isDefault ? null : String(stage.categoryId),
    COLOR: "#39A8EF",
    SEMANTICS: semantics,
    EXTRA: { SEMANTICS: EXTRA[stage.semantics], COLOR: "#39A8EF" },
  };
}

function quoteStatuses(): Fields[] {
  return QUOTE_STAGES.map(({ code, name, semantics }, index) => ({
    ID: String(501 + index * 2),
    ENTITY_ID: "QUOTE_STATUS",
    STATUS_ID: code,
    NAME: name,
    NAME_INIT: name,
    SORT: String((index + 1) * 10),
    SYSTEM: "Y",
    CATEGORY_ID: null,
    COLOR: "#39A8EF",
    SEMANTICS: semantics,
    EXTRA: {
      SEMANTICS: semantics === "S" ? "success" : semantics === "F" ? "failure" : "process",
      COLOR: "#39A8EF",
    },
  }));
}

const HISTORY_FIELDS: ItemFields = new Map(
  (
    [
      ["ID", "integer"],
      ["TYPE_ID", "integer"],
      ["OWNER_ID", "integer"],
      ["CREATED_TIME", "datetime"],
      ["CATEGORY_ID", "integer"],
      ["STAGE_SEMANTIC_ID", "string"],
      ["STAGE_ID", "string"],
    ] as const
  ).map(([name, type]): [string, ItemField] => [
    name,
    { name, type, title: name, isReadOnly: true, isMultiple: false },
  ]),
);

/** A cheap feed of moves: `filter {>ID}`. api-reference/crm/crm-stage-history-list.md */
function listStageHistory(portal: PortalState, params: Fields): MethodAnswer {
  if (params["entityTypeId"] === undefined) throw missingParameter("entityTypeId");
  if (asInteger(params["entityTypeId"]) !== ENTITY.deal) {
    throw new RestError(400, "ENTITY_TYPE_NOT_SUPPORTED", "Entity type is not supported");
  }
  const context = { portal, fields: HISTORY_FIELDS };
  const tests = Object.entries(asMap(params["filter"])).map(([key, value]) =>
    readTest(context, key, value),
  );
  const orders = readOrder(params["order"], (name) => HISTORY_FIELDS.has(name));
  const usual = [{ name: "ID", isDescending: false }];
  const found = visibleMoves(portal)
    .filter((move) => tests.every((test) => test((name) => rawMove(portal, move, name))))
    .toSorted(
      compareBy(orders.length === 0 ? usual : orders, (move, name) => rawMove(portal, move, name)),
    );
  const page = readPage(params);
  const { rows, hasMore } = pageOf(
    found.map((move) => viewMove(portal, move)),
    page,
  );
  return { result: { items: rows }, ...pageTail(page, { total: found.length, hasMore }) };
}

function visibleMoves(portal: PortalState): StageMove[] {
  const hidden = portal.categories.filter(({ isHidden }) => isHidden);
  return portal.stageMoves.filter((move) => !hidden.some(({ id }) => id === move.categoryId));
}

function rawMove(portal: PortalState, move: StageMove, name: string): unknown {
  const values: Fields = {
    ID: move.id,
    TYPE_ID: move.typeId,
    OWNER_ID: move.ownerId,
    CREATED_TIME: move.createdAt,
    CATEGORY_ID: move.categoryId,
    STAGE_SEMANTIC_ID: semanticsOf(portal, move.stageId),
    STAGE_ID: move.stageId,
  };
  return values[name];
}

function viewMove(portal: PortalState, move: StageMove): Fields {
  const names = [...HISTORY_FIELDS.keys()];
  const view = Object.fromEntries(names.map((name) => [name, rawMove(portal, move, name)]));
  return { ...view, CREATED_TIME: portal.times.format(move.createdAt) };
}

/** `total` is always 0 here, as the documents say. */
function listCurrencies(portal: PortalState): MethodAnswer {
  const rows = portal.currencies.map(({ code, name, isBase }, index) => ({
    CURRENCY: code,
    AMOUNT_CNT: "1",
    AMOUNT: isBase ? "1.0000" : "90.0000",
    SORT: String((index + 1) * 100),
    BASE: isBase ? "Y" : "N",
    FULL_NAME: name,
    LID: "ru",
    FORMAT_STRING: "#",
    DEC_POINT: ".",
    THOUSANDS_SEP: "&nbsp;",
    DECIMALS: "2",
    DATE_UPDATE: portal.times.format(portal.now() - 86_400),
  }));
  return { result: rows, total: 0 };
}
