import type { Phone } from "../../domain/clients.ts";
import type { Id } from "../../domain/ids.ts";
import { formatPhone } from "../../domain/phones.ts";
import type { SearchHit, SearchTerm } from "../../domain/search.ts";
import { explainMatch, type SearchedField, wordBeginnings } from "../../domain/search_reasons.ts";
import type { Transaction } from "../../db/client.ts";
import type { FoundDocument } from "../../db/search.ts";
import {
  listFoundClients,
  listFoundDeals,
  listFoundEstimates,
  listFoundProjects,
} from "../../db/search_hits.ts";

interface Look {
  readonly tx: Transaction;
  readonly companyId: Id;
  readonly readerId: Id | null;
  readonly terms: readonly SearchTerm[];
}

/** Reads what was found and says why, in the order of the documents. What is gone by now is left out. */
export async function readHits(
  look: Look,
  documents: readonly Pick<FoundDocument, "kind" | "id">[],
): Promise<SearchHit[]> {
  const idsOf = (kind: FoundDocument["kind"]) =>
    documents.filter((document) => document.kind === kind).map(({ id }) => id);
  const found = await Promise.all([
    readClients(look, idsOf("client")),
    readProjects(look, idsOf("project")),
    readEstimates(look, idsOf("estimate")),
    readDeals(look, idsOf("deal")),
  ]);
  const hits = new Map(found.flat().map((hit) => [hit.id, hit]));
  return documents.flatMap(({ id }) => hits.get(id) ?? []);
}

async function readClients({ tx, companyId, terms }: Look, ids: readonly Id[]) {
  const rows = await listFoundClients(tx, companyId, ids);
  return rows.map((row): SearchHit => {
    const phones = numbersOf(row.phones);
    return {
      kind: "client",
      id: row.id,
      title: row.name,
      number: null,
      about: phones[0] ?? row.emails[0] ?? row.address,
      estimateId: null,
      status: null,
      total: null,
      reasons: explainMatch(
        [
          ...texts("name", [row.name]),
          ...texts("phone", phones),
          ...texts("email", row.emails),
          ...texts("address", [row.address]),
          ...texts("inn", [row.inn]),
          ...texts("note", [row.note]),
          ...texts("crm", row.crmTexts),
        ],
        terms,
      ),
    };
  });
}

async function readProjects({ tx, companyId, terms }: Look, ids: readonly Id[]) {
  const rows = await listFoundProjects(tx, companyId, ids);
  return rows.map((row): SearchHit => ({
    kind: "project",
    id: row.id,
    title: row.title,
    number: null,
    about: row.clientName ?? row.address,
    estimateId: null,
    status: null,
    total: null,
    reasons: explainMatch(
      [
        ...texts("title", [row.title]),
        ...texts("address", [row.address]),
        ...texts("client", [row.clientName]),
        ...texts("phone", numbersOf(row.phones)),
        ...texts("email", row.emails),
        ...texts("note", [row.note]),
      ],
      terms,
    ),
  }));
}

async function readEstimates({ tx, companyId, readerId, terms }: Look, ids: readonly Id[]) {
  const beginnings = wordBeginnings(terms);
  const rows = await listFoundEstimates(tx, companyId, ids, { beginnings, readerId });
  return rows.map((row): SearchHit => ({
    kind: "estimate",
    id: row.id,
    title: row.title || (row.projectTitle ?? ""),
    number: row.number,
    about: [row.title && row.projectTitle, row.clientName].filter(Boolean).join(" · "),
    estimateId: row.id,
    status: row.status,
    total: row.total,
    reasons: explainMatch(
      [
        ...texts("number", [row.number]),
        ...texts("title", [row.title]),
        ...texts("project", [row.projectTitle]),
        ...texts("client", [row.clientName]),
        ...texts("address", [row.projectAddress]),
        ...texts("phone", numbersOf(row.phones)),
        ...texts("email", row.emails),
        ...texts("line", row.lines),
        ...texts("note", [row.notes]),
        ...texts("crm", row.crmTexts),
      ],
      terms,
    ),
  }));
}

async function readDeals({ tx, companyId, readerId, terms }: Look, ids: readonly Id[]) {
  const rows = await listFoundDeals(tx, companyId, ids, readerId);
  return rows.map((row): SearchHit => ({
    kind: "deal",
    id: row.id,
    title: row.title,
    number: null,
    about: [row.clientName, row.number, row.account].filter(Boolean).join(" · "),
    estimateId: row.estimateId,
    status: row.status,
    total: null,
    reasons: explainMatch(
      [
        ...texts("title", [row.title]),
        ...texts("number", [row.number]),
        ...texts("client", [row.clientName]),
        ...texts("phone", row.phones),
        ...texts("crm", [row.crmText]),
      ],
      terms,
    ),
  }));
}

function texts(field: SearchedField["field"], values: readonly (string | null)[]): SearchedField[] {
  return values.flatMap((text) => (text ? [{ field, text }] : []));
}

function numbersOf(phones: readonly Phone[]): string[] {
  return phones.map(({ raw, e164 }) => (e164 ? formatPhone(e164) : raw));
}
