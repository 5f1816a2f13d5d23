import type { HttpBindings } from "@hono/node-server";
import type { Hono } from "hono";
import type { DealCard } from "../../fake/page.ts";
import { mountPage } from "../../fake/page_routes.ts";
import type { AccountState, Entity } from "./account_state.ts";
import type { AmocrmEdits } from "./edits.ts";
import { reportLead } from "./invariants.ts";
import { LOST, WON, statusesIn } from "./pipelines.ts";

const MOST_LEADS = 50;
const MOST_CONTACTS = 30;

/** The account as a person sees it: leads, their notes and files, and a way to move them. */
export function mountPages(
  app: Hono<{ Bindings: HttpBindings }>,
  account: AccountState,
  edit: AmocrmEdits,
): void {
  mountPage(app, {
    service: "amoCRM",
    deals: () =>
      [...account.tables.leads.idsAfter(0)]
        .slice(-MOST_LEADS)
        .toReversed()
        .map((id) => account.tables.leads.get(id))
        .filter((lead): lead is Entity => lead !== undefined)
        .map((lead) => cardOf(account, lead)),
    contacts: () =>
      [...account.tables.contacts.idsAfter(0)]
        .slice(-MOST_CONTACTS)
        .toReversed()
        .map((id) => ({ name: nameOf(account.tables.contacts.get(id)), phones: [] })),
    move(leadId, stage) {
      const [pipelineId, statusId] = stage.split(":").map(Number);
      const status = account.statuses.find(
        (one) => one.pipelineId === pipelineId && one.id === statusId,
      );
      if (!account.tables.leads.has(leadId) || status === undefined || status.type === 1)
        return false;
      edit.moveLeads([leadId], status.id, status.pipelineId);
      return true;
    },
    file(uuid) {
      const file = account.files.get(uuid);
      return file === undefined ? null : { name: file.name, bytes: file.bytes };
    },
  });
}

function cardOf(account: AccountState, lead: Entity): DealCard {
  const report = reportLead(account, lead);
  const status = account.statuses.find(
    (one) => one.pipelineId === report.pipelineId && one.id === report.statusId,
  );
  const contact = account.tables.contacts.get(lead.contactIds[0] ?? 0);
  const client = nameOf(contact);
  return {
    id: lead.id,
    title: lead.name === "" ? `Сделка #${String(lead.id)}` : lead.name,
    client: client === "" ? null : client,
    stage: status?.name ?? `Этап ${String(report.statusId)}`,
    outcome: report.statusId === WON ? "won" : report.statusId === LOST ? "lost" : "open",
    amount: report.price,
    rows: [],
    notes: report.notes,
    files: lead.fileUuids.flatMap((uuid) => {
      const file = account.files.get(uuid);
      return file === undefined
        ? []
        : [{ name: file.name, href: `/_fake/files/${uuid}`, bytes: file.bytes.length }];
    }),
    funnels: account.pipelines.map((pipeline) => ({
      name: pipeline.name,
      stages: statusesIn(account, pipeline.id)
        .filter(({ type }) => type === 0)
        .map(({ id, name }) => ({
          id: `${String(pipeline.id)}:${String(id)}`,
          name,
          isCurrent: pipeline.id === report.pipelineId && id === report.statusId,
        })),
    })),
  };
}

function nameOf(contact: Entity | undefined): string {
  return contact === undefined ? "" : contact.name || `Контакт № ${String(contact.id)}`;
}
