import { type Fields, asInteger, asList } from "../../fake/values.ts";
import { invalidField } from "./errors.ts";
import type { Item, PortalState } from "./portal_state.ts";

/**
 * Keeps `contactId` (the first) and `contactIds` (all) in step and looks whether contacts and
 * company exist; what happens when they do not is a switch.
 */
export function withClient(portal: PortalState, item: Item, touched: ReadonlySet<string>): Item {
  const contactIds = existing(portal, wantedContacts(item, touched));
  const companyId = asInteger(item.values["companyId"]);
  const isCompanyGone =
    touched.has("companyId") && companyId !== null && !portal.companies.has(companyId);
  if (isCompanyGone && portal.options.missingContact === "refused") throw invalidField("Компания");
  const values = {
    ...item.values,
    contactIds,
    contactId: contactIds[0] ?? null,
    companyId: isCompanyGone ? null : companyId,
  };
  return { ...item, values };
}

function wantedContacts(
  item: Item,
  touched: ReadonlySet<string>,
): { ids: number[]; isNew: boolean } {
  const all = asList(item.values["contactIds"]).map(asInteger);
  const ids = all.filter((id): id is number => id !== null && id > 0);
  if (touched.has("contactIds")) return { ids: [...new Set(ids)], isNew: true };
  if (!touched.has("contactId")) return { ids, isNew: false };
  const first = asInteger(item.values["contactId"]);
  if (first === null || first === 0) return { ids: ids.slice(1), isNew: true };
  return { ids: [first, ...ids.filter((id) => id !== first)], isNew: true };
}

function existing(portal: PortalState, wanted: { ids: number[]; isNew: boolean }): number[] {
  // Old bindings are not checked again: a deal keeps working after its contact was deleted.
  if (!wanted.isNew) return wanted.ids;
  const present = wanted.ids.filter((id) => portal.contacts.has(id));
  const isMissing = present.length < wanted.ids.length;
  if (isMissing && portal.options.missingContact === "refused") throw invalidField("Контакты");
  return present;
}

/** Contacts of an item that still exist; deleting a contact unbinds it everywhere. */
export function presentContacts(portal: PortalState, item: Item): Fields {
  const ids = asList(item.values["contactIds"]).map(asInteger);
  const contactIds = ids.filter((id): id is number => id !== null && portal.contacts.has(id));
  return { contactIds, contactId: contactIds[0] ?? 0 };
}
