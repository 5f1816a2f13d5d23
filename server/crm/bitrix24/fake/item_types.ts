import type { SeededTable } from "../../fake/seeded_table.ts";
import { type Fields, asInteger, asText } from "../../fake/values.ts";
import { companyDefaults, deriveCompany, prepareCompany } from "./companies.ts";
import { contactDefaults, deriveContact, prepareContact } from "./contacts.ts";
import { dealDefaults, deriveDeal, prepareDeal } from "./deals.ts";
import { RestError, missingParameter } from "./errors.ts";
import {
  COMPANY_FIELDS,
  CONTACT_FIELDS,
  DEAL_FIELDS,
  ENTITY,
  type ItemFields,
  QUOTE_FIELDS,
} from "./item_fields.ts";
import type { Item, PortalState } from "./portal_state.ts";
import { deriveQuote, prepareQuote, quoteDefaults } from "./quotes.ts";

/** What crm.item.* must know of one kind of object. */
export interface ItemType {
  entityTypeId: number;
  /** Short code product rows use, or null where there are none. */
  ownerType: "D" | "Q" | null;
  /** The middle of event names: `ONCRM` + this + `UPDATE`. */
  eventName: string;
  /** ENTITY_TYPE of timeline comments. */
  timelineType: string;
  hasMultifields: boolean;
  fields(portal: PortalState): ItemFields;
  table(portal: PortalState): SeededTable<Item>;
  /** Fills defaults and checks; refuses with a RestError. `before` is null for a new item. */
  prepare(
    portal: PortalState,
    draft: Item,
    before: Item | null,
    touched: ReadonlySet<string>,
  ): Item;
  /** Fields that follow from others. */
  derive(portal: PortalState, item: Item): Fields;
  /** What unset fields read as, where that is not null. */
  defaults: Fields;
}

const TYPES: readonly ItemType[] = [
  {
    entityTypeId: ENTITY.deal,
    ownerType: "D",
    eventName: "DEAL",
    timelineType: "deal",
    hasMultifields: false,
    fields: (portal) => withUserFields(DEAL_FIELDS, portal),
    table: (portal) => portal.deals,
    prepare: prepareDeal,
    derive: deriveDeal,
    defaults: dealDefaults,
  },
  {
    entityTypeId: ENTITY.contact,
    ownerType: null,
    eventName: "CONTACT",
    timelineType: "contact",
    hasMultifields: true,
    fields: () => CONTACT_FIELDS,
    table: (portal) => portal.contacts,
    prepare: prepareContact,
    derive: deriveContact,
    defaults: contactDefaults,
  },
  {
    entityTypeId: ENTITY.company,
    ownerType: null,
    eventName: "COMPANY",
    timelineType: "company",
    hasMultifields: true,
    fields: () => COMPANY_FIELDS,
    table: (portal) => portal.companies,
    prepare: prepareCompany,
    derive: deriveCompany,
    defaults: companyDefaults,
  },
  {
    entityTypeId: ENTITY.quote,
    ownerType: "Q",
    eventName: "QUOTE",
    timelineType: "quote",
    hasMultifields: false,
    fields: () => QUOTE_FIELDS,
    table: (portal) => portal.quotes,
    prepare: prepareQuote,
    derive: deriveQuote,
    defaults: quoteDefaults,
  },
];

const FIRST_SMART_PROCESS = 128;

/** The type a call names by `entityTypeId`, or the portal's refusal. */
export function itemTypeOf(params: Fields): ItemType {
  const given = params["entityTypeId"];
  if (given === undefined || given === "") throw missingParameter("entityTypeId");
  const entityTypeId = asInteger(given);
  const type = TYPES.find((one) => one.entityTypeId === entityTypeId);
  if (type !== undefined) return type;
  if (entityTypeId !== null && entityTypeId >= FIRST_SMART_PROCESS) {
    throw new RestError(400, "NOT_FOUND", "Smart process not found");
  }
  throw new RestError(
    400,
    "ENTITY_TYPE_NOT_SUPPORTED",
    `Entity type "${asText(given)}" is not supported`,
  );
}

export function itemTypeByOwner(ownerType: string): ItemType | undefined {
  return TYPES.find((type) => type.ownerType === ownerType);
}

export function itemTypeByTimeline(timelineType: string): ItemType | undefined {
  return TYPES.find((type) => type.timelineType === timelineType.toLowerCase());
}

export function itemTypeById(entityTypeId: number): ItemType {
  return itemTypeOf({ entityTypeId });
}

function withUserFields(fields: ItemFields, portal: PortalState): ItemFields {
  if (portal.dealUserFields.length === 0) return fields;
  return new Map([
    ...fields,
    ...portal.dealUserFields.map((field) => [field.name, field] as const),
  ]);
}
