import { z } from "zod";
import {
  type Adjustment,
  adjustmentSchema,
  type Discount,
  discountSchema,
} from "../../domain/estimate/estimate.ts";
import type { Totals } from "../../domain/estimate/totals.ts";
import { formatMoney, type Kopecks } from "../../domain/money.ts";
import type {
  CatalogueItem,
  Client,
  EstimateCard,
  EstimateListItem,
  PriceSuggestion,
  Project,
  SectionSummary,
} from "../../domain/services.ts";
import type { Page } from "../../domain/paging.ts";

/*
 * What goes out. Every field is named here, so that a new field of the program never leaks by itself.
 * Sums are decimal strings ("450.50"), instants ISO 8601 in UTC, days "2026-11-22".
 */

export function encodePage<Item, Wire>(page: Page<Item>, encode: (item: Item) => Wire) {
  return { items: page.items.map(encode), next: page.next };
}

export function encodeListItem(item: EstimateListItem) {
  return {
    id: item.id,
    number: item.number,
    title: item.title,
    status: item.status,
    projectTitle: item.projectTitle,
    clientName: item.clientName,
    total: formatMoney(item.total),
    lineCount: item.lineCount,
    updatedAt: item.updatedAt.toISOString(),
  };
}

export function encodeCard(card: EstimateCard) {
  return {
    id: card.id,
    number: card.number,
    parentId: card.parentId,
    status: card.status,
    version: card.version,
    revision: card.revision,
    title: card.title,
    project: card.project,
    client: card.client,
    date: card.date,
    validUntil: card.validUntil,
    vat: card.vat,
    discount: encodeDiscount(card.discount),
    adjustments: card.adjustments.map(encodeAdjustment),
    sections: card.sections.map(encodeSection),
    loose: card.loose && encodeSection(card.loose),
    totals: encodeTotals(card.totals),
    lineCount: card.sums.lines,
    isRemoved: card.isRemoved,
    foreman: { id: card.foremanId, name: card.foremanName },
    createdAt: card.createdAt.toISOString(),
    updatedAt: card.updatedAt.toISOString(),
  };
}

/** The part of a card that does not follow from the content; see `encodeContent`. */
export function encodeHead(card: EstimateCard) {
  return {
    id: card.id,
    number: card.number,
    parentId: card.parentId,
    status: card.status,
    version: card.version,
    revision: card.revision,
    project: card.project,
    client: card.client,
    isRemoved: card.isRemoved,
    foreman: { id: card.foremanId, name: card.foremanName },
    createdAt: card.createdAt.toISOString(),
    updatedAt: card.updatedAt.toISOString(),
  };
}

function encodeDiscount(discount: Discount | null) {
  return discount && z.encode(discountSchema, discount);
}

function encodeAdjustment(adjustment: Adjustment) {
  return z.encode(adjustmentSchema, adjustment);
}

function encodeSection(section: SectionSummary) {
  return {
    id: section.id,
    title: section.title,
    kind: section.kind,
    work: formatMoney(section.work),
    material: formatMoney(section.material),
    lines: section.lines,
  };
}

function encodeTotals(totals: Totals) {
  return {
    works: formatMoney(totals.works),
    materials: formatMoney(totals.materials),
    adjustments: totals.adjustments.map(({ id, title, amount }) => ({
      id,
      title,
      amount: formatMoney(amount),
    })),
    subtotal: formatMoney(totals.subtotal),
    discount: formatMoney(totals.discount),
    discounted: formatMoney(totals.discounted),
    vat: formatMoney(totals.vat),
    vatPercent: totals.vatPercent,
    total: formatMoney(totals.total),
  };
}

export function encodeClient(client: Client) {
  return {
    id: client.id,
    name: client.name,
    kind: client.kind,
    phones: client.phones,
    emails: client.emails,
    inn: client.inn,
    address: client.address,
    note: client.note,
  };
}

export function encodeProject(project: Project) {
  return {
    id: project.id,
    title: project.title,
    address: project.address,
    clientId: project.clientId,
    clientName: project.clientName,
    note: project.note,
  };
}

export function encodeCatalogueItem(item: CatalogueItem) {
  return {
    id: item.id,
    kind: item.kind,
    name: item.name,
    unit: item.unit,
    price: formatMoney(item.price),
    cost: encodeCost(item.cost),
    code: item.code,
    section: item.section,
    source: item.source,
    pricedAt: item.pricedAt.toISOString(),
  };
}

export function encodeSuggestion(suggestion: PriceSuggestion | null) {
  if (!suggestion) return null;
  return {
    price: formatMoney(suggestion.price),
    cost: encodeCost(suggestion.cost),
    unit: suggestion.unit,
    kind: suggestion.kind,
    source: suggestion.source,
    pricedAt: suggestion.pricedAt.toISOString(),
  };
}

function encodeCost(cost: Kopecks | null): string | null {
  return cost === null ? null : formatMoney(cost);
}
