import { asText } from "../../fake/values.ts";
import type { AccountState, Entity } from "./account_state.ts";
import { invoiceFields } from "./catalogs.ts";

export interface LeadReport {
  id: number;
  name: string;
  /** Roubles as stored; the API may show less. */
  price: number;
  statusId: number;
  pipelineId: number;
  contactIds: number[];
  companyId: number | null;
  /** Values of the lead's own fields, by field id. */
  fields: Record<number, string[]>;
  notes: string[];
  /** Names of attached files, in order. */
  files: string[];
  invoices: { name: string; fields: Record<string, unknown> }[];
}

export interface AmocrmInvariants {
  /** Leads with the same value of the same field, such as our key: must stay empty. */
  duplicates: { fieldId: number; value: string; ids: number[] }[];
  /** Leads that were made or changed since the start, oldest first. */
  leads: LeadReport[];
}

/** What must hold whatever went wrong on the way. */
export function inspect(account: AccountState): AmocrmInvariants {
  const leads = [...account.tables.leads.changed().values()]
    .toSorted((a, b) => a.id - b.id)
    .map((lead) => reportLead(account, lead));
  return { duplicates: findDuplicates(leads), leads };
}

function findDuplicates(leads: readonly LeadReport[]): AmocrmInvariants["duplicates"] {
  const values = leads.flatMap((lead) =>
    Object.entries(lead.fields).flatMap(([fieldId, list]) =>
      list.map((value) => ({ id: lead.id, fieldId: Number(fieldId), value })),
    ),
  );
  const same = Map.groupBy(values, ({ fieldId, value }) => `${String(fieldId)} ${value}`);
  return [...same.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined || group.length < 2) return [];
    return [{ fieldId: first.fieldId, value: first.value, ids: group.map(({ id }) => id) }];
  });
}

export function reportLead(account: AccountState, lead: Entity): LeadReport {
  return {
    id: lead.id,
    name: lead.name,
    price: lead.lead?.price ?? 0,
    statusId: lead.lead?.statusId ?? 0,
    pipelineId: lead.lead?.pipelineId ?? 0,
    contactIds: lead.contactIds,
    companyId: lead.companyId,
    fields: Object.fromEntries(
      lead.fields.map(({ fieldId, values }) => [fieldId, values.map(({ value }) => String(value))]),
    ),
    notes: account.notes
      .filter((note) => note.kind === "leads" && note.entityId === lead.id)
      .map((note) => asText(note.params["text"])),
    files: lead.fileUuids.map((uuid) => account.files.get(uuid)?.name ?? uuid),
    invoices: lead.elements.flatMap(({ id }) => {
      const element = account.elements.get(id);
      return element === undefined ? [] : [{ name: element.name, fields: invoiceFields(element) }];
    }),
  };
}
