import type { Fields } from "../../fake/values.ts";
import { asText } from "../../fake/values.ts";
import { ENTITY } from "./item_fields.ts";
import { itemTypeById } from "./item_types.ts";
import { changeItem, createItem, removeItem } from "./items.ts";
import type { Item, PortalCondition, PortalState, Stage } from "./portal_state.ts";
import { findStage, stageIdOf } from "./stages.ts";

/** The employee in whose name edits are made; not the one who owns the webhook. */
export const MANAGER_ID = 5;

/**
 * «A manager in the CRM does X»: the same changes people make in the portal's own pages, with the
 * same history and events. Identifiers that do not exist are a mistake of the caller and throw.
 */
export interface Bitrix24Edits {
  createContact(fields: Fields): number;
  editContact(id: number, fields: Fields): void;
  deleteContact(id: number): void;
  /** The second contact's phones and deals go to the first; the second is gone. */
  mergeContacts(keptId: number, mergedId: number): void;
  createCompany(fields: Fields): number;
  editCompany(id: number, fields: Fields): void;
  deleteCompany(id: number): void;
  createDeal(fields: Fields): number;
  editDeal(id: number, fields: Fields): void;
  /** To a stage by its full id (`C7:WON`); into another funnel where the stage is of another. */
  moveDeal(id: number, stageId: string): void;
  deleteDeal(id: number): void;
  renameStage(stageId: string, name: string): void;
  addStage(stage: Omit<Stage, "id">): string;
  /** Deals keep the id of a deleted stage. */
  deleteStage(stageId: string): void;
  hideFunnel(categoryId: number): void;
  showFunnel(categoryId: number): void;
  addMeasure(measure: { code: number; title: string; symbol: string }): void;
  removeCurrency(code: string): void;
  revokeWebhook(): void;
  restoreWebhook(): void;
  /** From this moment (ms of the fake's clock) the webhook is refused. */
  expireWebhook(at: number): void;
  removeScope(scope: string): void;
  addScope(scope: string): void;
  setAdministrator(isAdmin: boolean): void;
  /** Unpaid, overloaded (a manual block), deleted, or working again. */
  setCondition(condition: PortalCondition): void;
}

export function createEdits(portal: PortalState): Bitrix24Edits {
  const byManager = <T>(change: () => T): T => {
    const actorId = portal.actorId;
    portal.actorId = MANAGER_ID;
    try {
      return change();
    } finally {
      portal.actorId = actorId;
    }
  };
  const create = (entityTypeId: number, fields: Fields): number =>
    byManager(() => createItem(portal, itemTypeById(entityTypeId), fields).id);
  const edit = (entityTypeId: number, id: number, fields: Fields): void => {
    const before = must(itemTypeById(entityTypeId).table(portal).get(id), `item ${String(id)}`);
    byManager(() => changeItem(portal, itemTypeById(entityTypeId), before, fields));
  };
  const remove = (entityTypeId: number, id: number): void => {
    const type = itemTypeById(entityTypeId);
    must(type.table(portal).get(id), `item ${String(id)}`);
    byManager(() => removeItem(portal, type, id));
  };

  return {
    ...peopleEdits(portal, { create, edit, remove }),
    createDeal: (fields) => create(ENTITY.deal, fields),
    editDeal: (id, fields) => edit(ENTITY.deal, id, fields),
    moveDeal(id, stageId) {
      const stage = must(findStage(portal, stageId), `stage ${stageId}`);
      edit(ENTITY.deal, id, { categoryId: stage.categoryId, stageId });
    },
    deleteDeal: (id) => remove(ENTITY.deal, id),
    ...settingEdits(portal),
  };
}

interface ItemEdits {
  create: (entityTypeId: number, fields: Fields) => number;
  edit: (entityTypeId: number, id: number, fields: Fields) => void;
  remove: (entityTypeId: number, id: number) => void;
}

function peopleEdits(
  portal: PortalState,
  { create, edit, remove }: ItemEdits,
): Pick<
  Bitrix24Edits,
  | "createContact"
  | "editContact"
  | "deleteContact"
  | "mergeContacts"
  | "createCompany"
  | "editCompany"
  | "deleteCompany"
> {
  return {
    createContact: (fields) => create(ENTITY.contact, fields),
    editContact: (id, fields) => edit(ENTITY.contact, id, fields),
    deleteContact: (id) => remove(ENTITY.contact, id),
    mergeContacts(keptId, mergedId) {
      const merged = must(portal.contacts.get(mergedId), `contact ${String(mergedId)}`);
      edit(ENTITY.contact, keptId, { fm: merged.fm });
      for (const deal of dealsOf(portal, mergedId)) {
        const contactIds = contactsOf(deal).map((id) => (id === mergedId ? keptId : id));
        edit(ENTITY.deal, deal.id, { contactIds: [...new Set(contactIds)] });
      }
      remove(ENTITY.contact, mergedId);
    },
    createCompany: (fields) => create(ENTITY.company, fields),
    editCompany: (id, fields) => edit(ENTITY.company, id, fields),
    deleteCompany: (id) => remove(ENTITY.company, id),
  };
}

function settingEdits(
  portal: PortalState,
): Omit<
  Bitrix24Edits,
  keyof ReturnType<typeof peopleEdits> | "createDeal" | "editDeal" | "moveDeal" | "deleteDeal"
> {
  const { webhook } = portal;
  const setHidden = (categoryId: number, isHidden: boolean): void => {
    must(
      portal.categories.find(({ id }) => id === categoryId),
      "funnel",
    ).isHidden = isHidden;
  };
  return {
    renameStage(stageId, name) {
      must(findStage(portal, stageId), `stage ${stageId}`).name = name;
    },
    addStage(stage) {
      const added = { ...stage, id: portal.next("stage") };
      portal.stages.push(added);
      return stageIdOf(added);
    },
    deleteStage(stageId) {
      const stage = must(findStage(portal, stageId), `stage ${stageId}`);
      portal.stages = portal.stages.filter((other) => other !== stage);
    },
    hideFunnel: (categoryId) => setHidden(categoryId, true),
    showFunnel: (categoryId) => setHidden(categoryId, false),
    addMeasure(measure) {
      portal.measures.push({ ...measure, id: portal.next("measure"), isDefault: false });
    },
    removeCurrency(code) {
      portal.currencies = portal.currencies.filter((currency) => currency.code !== code);
    },
    revokeWebhook() {
      webhook.isRevoked = true;
    },
    restoreWebhook() {
      webhook.isRevoked = false;
    },
    expireWebhook(at) {
      webhook.expiresAt = Math.floor(at / 1000);
    },
    removeScope(scope) {
      webhook.scopes.delete(scope);
    },
    addScope(scope) {
      webhook.scopes.add(scope);
    },
    setAdministrator(isAdmin) {
      webhook.isAdmin = isAdmin;
    },
    setCondition(condition) {
      portal.condition = condition;
    },
  };
}

function dealsOf(portal: PortalState, contactId: number): Item[] {
  return [...portal.deals.idsAfter(0)]
    .map((id) => portal.deals.get(id))
    .filter((deal): deal is Item => deal !== undefined && contactsOf(deal).includes(contactId));
}

function contactsOf(deal: Item): number[] {
  const ids = deal.values["contactIds"];
  return Array.isArray(ids) ? ids.map((id) => Number(asText(id))) : [];
}

function must<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the fake portal has no ${what}`);
  return value;
}
