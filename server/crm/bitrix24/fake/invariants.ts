import { asNumber, asText } from "../../fake/values.ts";
import type { Item, PortalState } from "./portal_state.ts";
import { ownerKey, sumOfRows } from "./row_sums.ts";
import { semanticsOf } from "./stages.ts";

export interface DealReport {
  id: number;
  title: string;
  stageId: string;
  outcome: "P" | "S" | "F";
  /** `originatorId/originId`, or null for deals nobody claimed. */
  externalKey: string | null;
  opportunity: number;
  isManualOpportunity: boolean;
  rows: number;
  sumOfRows: number;
  contactIds: number[];
  /** Names of attached files, in the order they came. */
  files: string[];
}

export interface Bitrix24Invariants {
  /** Deals that carry the same external key: must stay empty. */
  duplicates: { externalKey: string; ids: number[] }[];
  /** Deals that were made or changed since the start, oldest first. */
  deals: DealReport[];
}

/** What must hold whatever went wrong on the way. */
export function inspect(portal: PortalState): Bitrix24Invariants {
  const deals = [...portal.deals.changed().values()]
    .toSorted((a, b) => a.id - b.id)
    .map((deal) => reportDeal(portal, deal));
  const byKey = Map.groupBy(
    deals.filter((deal) => deal.externalKey !== null),
    (deal) => deal.externalKey ?? "",
  );
  const duplicates = [...byKey]
    .filter(([, same]) => same.length > 1)
    .map(([externalKey, same]) => ({ externalKey, ids: same.map(({ id }) => id) }));
  return { duplicates, deals };
}

export function reportDeal(portal: PortalState, deal: Item): DealReport {
  const rows = portal.productRows.get(ownerKey("D", deal.id)) ?? [];
  const originId = asText(deal.values["originId"]);
  const stageId = asText(deal.values["stageId"]);
  return {
    id: deal.id,
    title: asText(deal.values["title"]),
    stageId,
    outcome: semanticsOf(portal, stageId),
    externalKey: originId === "" ? null : `${asText(deal.values["originatorId"])}/${originId}`,
    opportunity: asNumber(deal.values["opportunity"]) ?? 0,
    isManualOpportunity: deal.values["isManualOpportunity"] === "Y",
    rows: rows.length,
    sumOfRows: sumOfRows(portal, rows),
    contactIds: Array.isArray(deal.values["contactIds"])
      ? (deal.values["contactIds"] as number[])
      : [],
    files: portal.comments
      .filter((one) => one.entityType === "deal" && one.entityId === deal.id)
      .flatMap((one) => one.files.map(({ name }) => name)),
  };
}
