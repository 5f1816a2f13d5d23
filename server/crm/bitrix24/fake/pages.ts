import type { HttpBindings } from "@hono/node-server";
import type { Hono } from "hono";
import type { DealCard } from "../../fake/page.ts";
import { mountPage } from "../../fake/page_routes.ts";
import { asInteger, asText } from "../../fake/values.ts";
import type { Bitrix24Edits } from "./edits.ts";
import { reportDeal } from "./invariants.ts";
import type { Item, PortalState } from "./portal_state.ts";
import { ownerKey } from "./row_sums.ts";
import { findStage, stageIdOf, stagesIn } from "./stages.ts";

const MOST_DEALS = 50;
const MOST_CONTACTS = 30;
const OUTCOMES = { P: "open", S: "won", F: "lost" } as const;

/** The portal as a person sees it: deals, their rows and files, and a way to move them. */
export function mountPages(
  app: Hono<{ Bindings: HttpBindings }>,
  portal: PortalState,
  edit: Bitrix24Edits,
): void {
  mountPage(app, {
    service: "Битрикс24",
    deals: () =>
      [...portal.deals.idsAfter(0)]
        .slice(-MOST_DEALS)
        .toReversed()
        .map((id) => portal.deals.get(id))
        .filter((deal): deal is Item => deal !== undefined)
        .map((deal) => cardOf(portal, deal)),
    contacts: () =>
      [...portal.contacts.idsAfter(0)]
        .slice(-MOST_CONTACTS)
        .toReversed()
        .map((id) => ({
          name: clientOf(portal, id) ?? "",
          phones: (portal.contacts.get(id)?.fm ?? [])
            .filter(({ typeId }) => typeId === "PHONE")
            .map(({ value }) => value),
        })),
    move(dealId, stage) {
      if (!portal.deals.has(dealId) || findStage(portal, stage) === undefined) return false;
      edit.moveDeal(dealId, stage);
      return true;
    },
    file(id) {
      const files = portal.comments.flatMap((comment) => comment.files);
      return files.find((file) => String(file.id) === id) ?? null;
    },
  });
}

function cardOf(portal: PortalState, deal: Item): DealCard {
  const report = reportDeal(portal, deal);
  const comments = portal.comments.filter(
    (one) => one.entityType === "deal" && one.entityId === deal.id,
  );
  return {
    id: deal.id,
    title: report.title,
    client: clientOf(portal, report.contactIds[0] ?? null),
    stage: findStage(portal, report.stageId)?.name ?? report.stageId,
    outcome: OUTCOMES[report.outcome],
    amount: report.opportunity,
    rows: (portal.productRows.get(ownerKey("D", deal.id)) ?? []).map((row) => ({
      name: row.productName,
      quantity: row.quantity,
      unit: row.measureName,
      price: row.price,
    })),
    notes: comments.map(({ comment }) => comment),
    files: comments.flatMap(({ files }) =>
      files.map(({ id, name, bytes }) => ({
        name,
        href: `/_fake/files/${String(id)}`,
        bytes: bytes.length,
      })),
    ),
    funnels: portal.categories.map(({ id, name }) => ({
      name,
      stages: stagesIn(portal, id).map((stage) => ({
        id: stageIdOf(stage),
        name: stage.name,
        isCurrent: stageIdOf(stage) === report.stageId,
      })),
    })),
  };
}

function clientOf(portal: PortalState, contactId: number | null): string | null {
  const contact = portal.contacts.get(asInteger(contactId) ?? 0);
  if (contact === undefined) return null;
  const name = [contact.values["lastName"], contact.values["name"]].map(asText).join(" ").trim();
  return name === "" ? `Контакт № ${String(contact.id)}` : name;
}
