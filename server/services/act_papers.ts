import { z } from "zod";
import { ACT_FORMS, type ActForm } from "../../domain/acts.ts";
import { AppError, notFound } from "../../domain/errors.ts";
import { computeTotals } from "../../domain/estimate/totals.ts";
import type { Id } from "../../domain/ids.ts";
import type { DocumentFormat } from "../../domain/documents.ts";
import { insertActDocument } from "../../db/act_documents.ts";
import { type ActState, findActContent } from "../../db/acts.ts";
import { findClient } from "../../db/clients.ts";
import { findEstimate } from "../../db/estimates.ts";
import { listAdjustments } from "../../db/estimate_lines.ts";
import { listExtras } from "../../db/extras.ts";
import { findProject } from "../../db/projects.ts";
import { type ActDocument, buildActDocument, readActDocument } from "../documents/act_document.ts";
import { type Bill, billAct } from "./act_parts.ts";
import { MANY_EXTRAS, readBalance } from "./contracts.ts";
import type { CompanyScope, Scope } from "./scope.ts";
import { readOwnCompany } from "./actor.ts";

const orderSchema = z.strictObject({
  form: z.enum(ACT_FORMS),
  format: z.enum(["pdf", "xlsx"]) satisfies z.ZodType<DocumentFormat>,
  chatId: z.int().nullable(),
});

/** Asks for a paper of an act that the person may see. */
export async function orderActPaper(
  scope: Scope,
  act: ActState,
  paper: { readonly form: ActForm; readonly format: DocumentFormat },
  { chatId }: { readonly chatId: number | null },
): Promise<Id> {
  if (!orderSchema.safeParse({ ...paper, chatId }).success) {
    throw new AppError("invalid", "Можно заказать КС-2 или КС-3, в PDF или Excel.");
  }
  const { tx, actor } = scope;
  const documentId = scope.newId();
  await insertActDocument(tx, actor.companyId, {
    ...paper,
    id: documentId,
    actId: act.id,
    estimateId: act.estimateId,
    version: act.version,
    orderedBy: actor.userId,
    chatId,
  });
  await scope.enqueue("document.render", { companyId: actor.companyId, documentId });
  return documentId;
}

/** What is printed of an act: what was frozen when it was signed, or a draft as it is now. */
export async function readActPaper(scope: CompanyScope, act: ActState): Promise<ActDocument> {
  if (act.status === "draft") return describeAct(scope, act, await billAct(scope, act));
  const content = await findActContent(scope.tx, scope.actor.companyId, act.id);
  if (!content) throw new Error("a signed act has no content");
  return { ...readActDocument(content.document), status: act.status };
}

export async function describeAct(
  scope: CompanyScope,
  act: ActState,
  { parts, before }: Bill,
): Promise<ActDocument> {
  const { tx, actor } = scope;
  const { companyId } = actor;
  const [company, main] = await Promise.all([
    readOwnCompany(scope),
    findEstimate(tx, companyId, act.estimateId),
  ]);
  if (!main) throw notFound("Смета");
  const { projectId, clientId, date } = main.header;
  const [project, client, extras, adjustments] = await Promise.all([
    projectId === null ? null : findProject(tx, companyId, projectId),
    clientId === null ? null : findClient(tx, companyId, clientId),
    listExtras(tx, companyId, main.id, MANY_EXTRAS),
    listAdjustments(tx, companyId, main.id),
  ]);
  const { total } = computeTotals({ ...main.header, sums: main.sums, adjustments });
  const { number, status, periodFrom, periodTo, acceptedBy } = act;
  return buildActDocument({
    company,
    client,
    project,
    act: { number, status, date: act.date, periodFrom, periodTo, acceptedBy },
    contract: { number: main.number, date },
    parts,
    before,
    money: await readBalance(scope, { id: main.id, total }, extras),
  });
}
