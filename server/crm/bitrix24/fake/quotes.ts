import { createSeededTable, type SeededTable } from "../../fake/seeded_table.ts";
import { type Fields, asText } from "../../fake/values.ts";
import { presentContacts, withClient } from "./clients.ts";
import { invalidField } from "./errors.ts";
import type { Item, PortalState } from "./portal_state.ts";
import { ownerKey, withAutomaticAmount } from "./row_sums.ts";
import { dayOf, withTitle } from "./titles.ts";

/** Stages of estimates (предложения), ENTITY_ID `QUOTE_STATUS`. */
export const QUOTE_STAGES = [
  { code: "DRAFT", name: "Новое", semantics: null },
  { code: "SENT", name: "Отправлено клиенту", semantics: null },
  { code: "APPROVED", name: "Принято", semantics: "S" },
  { code: "DECLAINED", name: "Отклонено", semantics: "F" },
] as const;

export function emptyQuotes(): SeededTable<Item> {
  return createSeededTable<Item>({
    count: 0,
    firstId: 1,
    step: 1,
    seedUpdatedAt: () => 0,
    updatedAt: (item) => item.updatedAt,
    generate: () => {
      throw new Error("no quotes are seeded");
    },
  });
}

export const quoteDefaults: Fields = {
  opened: "Y",
  isManualOpportunity: "N",
  webformId: 0,
  companyId: 0,
  contactId: 0,
  contactIds: [],
  opportunity: 0,
  taxValue: 0,
};

export function deriveQuote(portal: PortalState, item: Item): Fields {
  const stage = QUOTE_STAGES.find(({ code }) => code === item.values["stageId"]);
  const isOpen = stage === undefined || stage.semantics === null;
  return { ...presentContacts(portal, item), closed: isOpen ? "N" : "Y" };
}

export function prepareQuote(
  portal: PortalState,
  draft: Item,
  _before: Item | null,
  touched: ReadonlySet<string>,
): Item {
  const values: Fields = {
    stageId: "DRAFT",
    assignedById: portal.actorId,
    currencyId: portal.currencies.find(({ isBase }) => isBase)?.code ?? "RUB",
    isManualOpportunity: "N",
    begindate: dayOf(portal, portal.now()),
    ...draft.values,
  };
  if (!QUOTE_STAGES.some(({ code }) => code === asText(values["stageId"]))) {
    throw invalidField("Стадия");
  }
  if (!portal.currencies.some(({ code }) => code === asText(values["currencyId"]))) {
    throw invalidField("Валюта");
  }
  const titled = withTitle(portal, { ...draft, values }, `Предложение #${String(draft.id)}`);
  const quote = withClient(portal, titled, touched);
  const hasRows = portal.productRows.has(ownerKey("Q", quote.id));
  return withAutomaticAmount(portal, "Q", quote, hasRows);
}
