import type { Fields } from "../../fake/values.ts";
import type { AccountState, Entity, Kind } from "./account_state.ts";
import { EMAIL_FIELD_ID, PHONE_FIELD_ID } from "./custom_fields.ts";
import { prepareAll, saveAll } from "./entity_write.ts";
import { announceRemoval } from "./hooks.ts";
import type { Tokens } from "./oauth.ts";
import { type SettingEdits, must, settingEdits } from "./setting_edits.ts";

/** The employee in whose name edits are made; not the one who owns the token. */
export const MANAGER_ID = 504_299;

/** What an edit of a person may say besides the API's own field names. */
type PersonFields = Fields & { phones?: readonly string[]; emails?: readonly string[] };

/**
 * «A manager in the CRM does X», with the same hooks as in the real pages. Field names are the
 * API's; phones and e-mails may be given as plain lists. Unknown identifiers throw.
 */
export interface AmocrmEdits extends SettingEdits {
  createContact(fields: PersonFields): number;
  editContact(id: number, fields: PersonFields): void;
  deleteContact(id: number): void;
  /** The second contact's phones and leads go to the first; the second is gone. */
  mergeContacts(keptId: number, mergedId: number): void;
  createCompany(fields: PersonFields): number;
  editCompany(id: number, fields: PersonFields): void;
  deleteCompany(id: number): void;
  createLead(fields: Fields): number;
  editLead(id: number, fields: Fields): void;
  /** Several leads at once travel in one hook. */
  moveLeads(ids: readonly number[], statusId: number, pipelineId?: number): void;
  deleteLead(id: number): void;
  restoreLead(id: number): void;
}

export function createEdits(account: AccountState, tokens: Tokens): AmocrmEdits {
  const byManager = <T>(change: () => T): T => {
    const actorId = account.actorId;
    account.actorId = MANAGER_ID;
    try {
      return change();
    } finally {
      account.actorId = actorId;
    }
  };
  const create = (kind: Kind, fields: Fields): number =>
    byManager(
      () =>
        saveAll(
          account,
          kind,
          prepareAll(account, kind, [fields], () => null),
        )[0]?.entity.id ?? 0,
    );
  const edit = (kind: Kind, ids: readonly number[], fields: Fields): void => {
    const entities = ids.map((id) => must(account.tables[kind].get(id), `${kind} ${String(id)}`));
    const inputs = entities.map(() => fields);
    let place = 0;
    byManager(() =>
      saveAll(
        account,
        kind,
        prepareAll(account, kind, inputs, () => entities[place++] ?? null),
      ),
    );
  };
  const remove = (kind: Kind, id: number): Entity => {
    const entity = must(account.tables[kind].get(id), `${kind} ${String(id)}`);
    account.tables[kind].remove(id);
    announceRemoval(account, kind, "delete", [entity]);
    return entity;
  };

  return {
    createContact: (fields) => create("contacts", withCommunications(fields)),
    editContact: (id, fields) => edit("contacts", [id], withCommunications(fields)),
    deleteContact: (id) => void remove("contacts", id),
    mergeContacts(keptId, mergedId) {
      const kept = must(account.tables.contacts.get(keptId), `contact ${String(keptId)}`);
      const merged = must(account.tables.contacts.get(mergedId), `contact ${String(mergedId)}`);
      edit("contacts", [keptId], { custom_fields_values: joinedFields(kept, merged) });
      for (const lead of leadsOf(account, mergedId)) relink(account, lead, mergedId, keptId);
      remove("contacts", mergedId);
    },
    createCompany: (fields) => create("companies", withCommunications(fields)),
    editCompany: (id, fields) => edit("companies", [id], withCommunications(fields)),
    deleteCompany: (id) => void remove("companies", id),
    createLead: (fields) => create("leads", fields),
    editLead: (id, fields) => edit("leads", [id], fields),
    moveLeads: (ids, statusId, pipelineId) =>
      edit("leads", ids, {
        status_id: statusId,
        ...(pipelineId === undefined ? {} : { pipeline_id: pipelineId }),
      }),
    deleteLead(id) {
      const lead = remove("leads", id);
      account.deletedLeads.set(id, { ...lead, updatedAt: account.now() });
    },
    restoreLead(id) {
      const lead = must(account.deletedLeads.get(id), `deleted lead ${String(id)}`);
      account.deletedLeads.delete(id);
      account.tables.leads.save(id, { ...lead, updatedAt: account.now() });
      announceRemoval(account, "leads", "restore", [lead]);
    },
    ...settingEdits(account, tokens),
  };
}

function withCommunications({ phones, emails, ...fields }: PersonFields): Fields {
  if (phones === undefined && emails === undefined) return fields;
  const given = [
    ...(phones === undefined
      ? []
      : [
          {
            field_id: PHONE_FIELD_ID,
            values: phones.map((value) => ({ value, enum_code: "MOB" })),
          },
        ]),
    ...(emails === undefined
      ? []
      : [
          {
            field_id: EMAIL_FIELD_ID,
            values: emails.map((value) => ({ value, enum_code: "WORK" })),
          },
        ]),
  ];
  return { ...fields, custom_fields_values: given };
}

/** Every value of both, by field, as a write would carry them. */
function joinedFields(kept: Entity, merged: Entity): Fields[] {
  const byField = Map.groupBy([...kept.fields, ...merged.fields], ({ fieldId }) => fieldId);
  return [...byField].map(([fieldId, fields]) => ({
    field_id: fieldId,
    values: fields.flatMap(({ values }) =>
      values.map(({ value, enumId }) => ({
        value,
        ...(enumId === null ? {} : { enum_id: enumId }),
      })),
    ),
  }));
}

function leadsOf(account: AccountState, contactId: number): Entity[] {
  return [...account.tables.leads.idsAfter(0)]
    .map((id) => account.tables.leads.get(id))
    .filter((lead): lead is Entity => lead?.contactIds.includes(contactId) === true);
}

function relink(account: AccountState, lead: Entity, from: number, to: number): void {
  const contactIds = [...new Set(lead.contactIds.map((id) => (id === from ? to : id)))];
  account.tables.leads.save(lead.id, { ...lead, contactIds, updatedAt: account.now() });
}
