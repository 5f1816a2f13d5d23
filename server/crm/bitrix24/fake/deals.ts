import { createSeededTable, type SeededTable } from "../../fake/seeded_table.ts";
import { createSeedTimes } from "../../fake/seed_times.ts";
import { hash } from "../../fake/random.ts";
import { type Fields, asInteger, asText } from "../../fake/values.ts";
import { presentContacts, withClient } from "./clients.ts";
import { contactIdAt } from "./contacts.ts";
import { accessDenied, invalidField, requiredField } from "./errors.ts";
import { DEAL_FIELDS } from "./item_fields.ts";
import type { Item, PortalState } from "./portal_state.ts";
import { ownerKey, withAutomaticAmount } from "./row_sums.ts";
import { findStage, firstStageId, semanticsOf } from "./stages.ts";
import { dayOf, withTitle } from "./titles.ts";

const FIRST_ID = 101;
const STEP = 2;
const WORKS = ["Ремонт квартиры", "Баня под ключ", "Кровля", "Отделка офиса", "Фундамент"] as const;

/** Deals that were in the portal before us, each with one of the seeded contacts. */
export function seedDeals(setup: {
  seed: number;
  count: number;
  contacts: number;
  now: number;
}): SeededTable<Item> {
  const changedAt = createSeedTimes(setup.now, setup.count);
  return createSeededTable<Item>({
    count: setup.count,
    firstId: FIRST_ID,
    step: STEP,
    seedUpdatedAt: changedAt,
    updatedAt: (item) => item.updatedAt,
    generate(id, index) {
      const at = changedAt(index);
      const contactId =
        setup.contacts === 0 ? null : contactIdAt(hash(setup.seed, index, 31) % setup.contacts);
      const work = WORKS[hash(setup.seed, index, 32) % WORKS.length] ?? WORKS[0];
      return {
        id,
        createdAt: at,
        updatedAt: at,
        createdBy: 1,
        updatedBy: 1,
        values: {
          title: `${work} №${String(index + 1)}`,
          typeId: "SALE",
          categoryId: 0,
          stageId: ["NEW", "PREPARATION", "EXECUTING", "WON"][hash(setup.seed, index, 33) % 4],
          assignedById: 1,
          contactId,
          contactIds: contactId === null ? [] : [contactId],
          currencyId: "RUB",
          opportunity: (hash(setup.seed, index, 34) % 900_000) + 10_000,
          taxValue: 0,
          isManualOpportunity: "Y",
          movedTime: at,
          movedBy: 1,
        },
        fm: [],
      };
    },
  });
}

export const dealDefaults: Fields = {
  opened: "Y",
  isRecurring: "N",
  isReturnCustomer: "N",
  isRepeatedApproach: "N",
  isManualOpportunity: "N",
  webformId: 0,
  companyId: 0,
  contactId: 0,
  contactIds: [],
  observers: [],
  opportunity: 0,
  taxValue: 0,
};

export function deriveDeal(portal: PortalState, item: Item): Fields {
  const semantics = semanticsOf(portal, asText(item.values["stageId"]));
  return {
    ...presentContacts(portal, item),
    stageSemanticId: semantics,
    closed: semantics === "P" ? "N" : "Y",
    isNew: item.createdAt === item.updatedAt ? "Y" : "N",
  };
}

export function prepareDeal(
  portal: PortalState,
  draft: Item,
  before: Item | null,
  touched: ReadonlySet<string>,
): Item {
  const today = portal.now();
  const values: Fields = {
    typeId: "SALE",
    assignedById: portal.actorId,
    currencyId: portal.currencies.find(({ isBase }) => isBase)?.code ?? "RUB",
    isManualOpportunity: "N",
    begindate: dayOf(portal, today),
    closedate: dayOf(portal, today + 7 * 86_400),
    ...draft.values,
  };
  const titled = withTitle(portal, { ...draft, values }, `Сделка #${String(draft.id)}`);
  const staged = withStage(portal, withCurrency(portal, titled), before, touched);
  const deal = withClient(portal, staged, touched);
  requireFields(portal, deal, before, touched);
  const hasRows = portal.productRows.has(ownerKey("D", deal.id));
  return withAutomaticAmount(portal, "D", deal, hasRows);
}

function withCurrency(portal: PortalState, deal: Item): Item {
  const code = asText(deal.values["currencyId"]);
  if (portal.currencies.some((currency) => currency.code === code)) return deal;
  throw invalidField("Валюта");
}

/** Funnel and stage agree; a new funnel without a stage starts at its first one. */
function withStage(
  portal: PortalState,
  deal: Item,
  before: Item | null,
  touched: ReadonlySet<string>,
): Item {
  const categoryId = asInteger(deal.values["categoryId"]) ?? 0;
  const category = portal.categories.find(({ id }) => id === categoryId);
  if (category === undefined) throw invalidField("Воронка");
  if (category.isHidden) throw accessDenied();
  const isMoved = before !== null && before.values["categoryId"] !== categoryId;
  const isStageNamed = touched.has("stageId") && asText(deal.values["stageId"]) !== "";
  const needsFirst = !isStageNamed && (before === null || isMoved);
  const stageId = needsFirst ? firstStageId(portal, categoryId) : asText(deal.values["stageId"]);
  if (isStageNamed && findStage(portal, stageId)?.categoryId !== categoryId) {
    throw invalidField("Стадия сделки");
  }
  const isChanged = before === null || before.values["stageId"] !== stageId;
  const moved = isChanged ? { movedTime: portal.now(), movedBy: portal.actorId } : {};
  return { ...deal, values: { ...deal.values, categoryId, stageId, ...moved } };
}

/** Mandatory fields are checked on creation and when the stage changes inside a funnel. */
function requireFields(
  portal: PortalState,
  deal: Item,
  before: Item | null,
  touched: ReadonlySet<string>,
): void {
  if (before !== null && !touched.has("stageId")) return;
  const mandatory = portal.dealUserFields.filter(({ isMandatory }) => isMandatory);
  const names = [...portal.options.requiredDealFields, ...mandatory.map(({ name }) => name)];
  for (const name of names) {
    const isEmpty = deal.values[name] === undefined || deal.values[name] === null;
    if (isEmpty) throw requiredField(DEAL_FIELDS.get(name)?.title ?? name);
  }
}
