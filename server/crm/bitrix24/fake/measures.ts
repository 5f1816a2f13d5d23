import { type Fields, asInteger } from "../../fake/values.ts";
import { RestError } from "./errors.ts";
import type { Method, MethodAnswer } from "./methods.ts";
import type { Measure, PortalState } from "./portal_state.ts";

/** What a fresh portal has: no square and no cubic metres, which a builder misses at once. */
export const MEASURES: readonly Measure[] = [
  { id: 1, code: 6, title: "Метр", symbol: "м", isDefault: false },
  { id: 2, code: 112, title: "Литр", symbol: "л", isDefault: false },
  { id: 3, code: 163, title: "Грамм", symbol: "г", isDefault: false },
  { id: 4, code: 166, title: "Килограмм", symbol: "кг", isDefault: false },
  { id: 5, code: 796, title: "Штука", symbol: "шт", isDefault: true },
];

/** Needs the `catalog` scope and an administrator. api-reference/catalog/measure */
export const MEASURE_METHODS: readonly (readonly [string, Method])[] = [
  ["catalog.measure.list", { scope: "catalog", run: listMeasures }],
];

/** The unit a row gets for the code that was sent; codes the portal lacks follow the switch. */
export function measureOf(portal: PortalState, code: unknown): { code: number; symbol: string } {
  const usual = portal.measures.find(({ isDefault }) => isDefault) ?? { code: 796, symbol: "шт" };
  const wanted = asInteger(code);
  if (wanted === null || wanted === 0) return usual;
  const known = portal.measures.find((measure) => measure.code === wanted);
  if (known !== undefined) return known;
  switch (portal.options.unknownMeasure) {
    case "default":
      return usual;
    case "kept":
      return { code: wanted, symbol: "" };
    default:
      throw new RestError(400, "0", `Measure with code ${String(wanted)} was not found`);
  }
}

function listMeasures(portal: PortalState, _params: Fields): MethodAnswer {
  if (!portal.webhook.isAdmin) throw new RestError(400, "200040300010", "Access Denied");
  const measures = portal.measures.map(({ id, code, title, symbol, isDefault }) => ({
    id,
    code,
    measureTitle: title,
    symbol,
    isDefault: isDefault ? "Y" : "N",
  }));
  return { result: { measures }, total: measures.length };
}
