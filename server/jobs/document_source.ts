import { findActOfDocument } from "../../db/act_documents.ts";
import { findAct } from "../../db/acts.ts";
import { findChosenDocument } from "../../db/approvals.ts";
import { findClient } from "../../db/clients.ts";
import type { Transaction } from "../../db/client.ts";
import { findCompany } from "../../db/companies.ts";
import { type EstimateState, findEstimate } from "../../db/estimates.ts";
import { listAdjustments, listLines, listSections } from "../../db/estimate_lines.ts";
import { findProject } from "../../db/projects.ts";
import { findRevisionOfDocument } from "../../db/revision_documents.ts";
import {
  findFrozen,
  findRevision,
  findRevisionByNumber,
  type RevisionState,
} from "../../db/revisions.ts";
import type { ActForm } from "../../domain/acts.ts";
import type { Content } from "../../domain/estimate/estimate.ts";
import { isEditable } from "../../domain/estimate/status.ts";
import { CALC_VERSION, totalsOf } from "../../domain/estimate/totals.ts";
import type { Id } from "../../domain/ids.ts";
import {
  buildEstimateDocument,
  type DocumentStatus,
  type Verification,
} from "../documents/estimate_document.ts";
import type { Printable } from "../documents/renderer.ts";
import { readDocumentExtra, readDocumentPictures } from "../services/extra_papers.ts";
import { readActPaper } from "../services/act_papers.ts";
import { readFrozen, thawDocument } from "../documents/frozen_document.ts";

/** What an ordered document shows, and of which version of the estimate. */
export interface DocumentSource {
  readonly document: Printable;
  readonly version: number;
}

/**
 * A draft is printed from its rows. What was submitted is printed from what was frozen then, so that
 * a mended rule, a renamed company or another client never change an issued paper.
 */
export async function readDocumentSource(
  tx: Transaction,
  companyId: Id,
  order: { id: Id; estimateId: Id },
  publicUrl: string | null,
): Promise<DocumentSource> {
  const paper = await findActOfDocument(tx, companyId, order.id);
  if (paper) return readActSource(tx, companyId, paper);
  const [state, revisionId] = await Promise.all([
    findEstimate(tx, companyId, order.estimateId),
    findRevisionOfDocument(tx, companyId, order.id),
  ]);
  if (!state) throw new Error("the estimate of an ordered document is gone");
  const revision = revisionId
    ? await findRevision(tx, companyId, revisionId)
    : await findFrozenState(tx, companyId, state);
  if (!revision) return readDraft(tx, companyId, state);
  const status = revisionId ? revision.status : state.status;
  return readRevisionDocument(tx, companyId, revision, { status, publicUrl });
}

/** A signed act is printed from what was frozen then, a draft as it is now. */
async function readActSource(
  tx: Transaction,
  companyId: Id,
  { actId, form }: { actId: Id; form: ActForm },
): Promise<DocumentSource> {
  const state = await findAct(tx, companyId, actId);
  if (!state) throw new Error("the act of an ordered document is gone");
  const act = await readActPaper({ tx, actor: { companyId } }, state);
  return { document: { form, act }, version: state.version };
}

async function findFrozenState(
  tx: Transaction,
  companyId: Id,
  state: EstimateState,
): Promise<RevisionState | null> {
  if (isEditable(state.status)) return null;
  return findRevisionByNumber(tx, companyId, state.id, state.revision);
}

/** One revision as the client agreed to it: with his choice where he made one. */
export async function readRevisionDocument(
  tx: Transaction,
  companyId: Id,
  revision: RevisionState,
  { status, publicUrl }: { status: DocumentStatus; publicUrl: string | null },
): Promise<DocumentSource> {
  const [frozen, chosen] = await Promise.all([
    findFrozen(tx, companyId, revision.id),
    findChosenDocument(tx, companyId, revision.id),
  ]);
  if (!frozen) throw new Error("the revision of an ordered document is gone");
  const verification = verifyAt(publicUrl, revision.sha256);
  const agreed = readFrozen(chosen ?? frozen.document);
  const pictures = await readDocumentPictures(tx, companyId, revision.estimateId, agreed.extra);
  const document = thawDocument(agreed, { status, verification, pictures });
  return { document, version: revision.version };
}

function verifyAt(publicUrl: string | null, hash: string): Verification | null {
  return publicUrl === null ? null : { url: `${publicUrl}/v/${hash}`, hash };
}

async function readDraft(
  tx: Transaction,
  companyId: Id,
  state: EstimateState,
): Promise<DocumentSource> {
  const [company, sections, lines, adjustments] = await Promise.all([
    findCompany(tx, companyId),
    listSections(tx, companyId, state.id),
    listLines(tx, companyId, state.id),
    listAdjustments(tx, companyId, state.id),
  ]);
  if (!company) throw new Error("the company of an ordered document is gone");
  const { projectId, clientId } = state.header;
  const project = projectId ? await findProject(tx, companyId, projectId) : null;
  const client = clientId ? await findClient(tx, companyId, clientId) : null;
  const content: Content = {
    header: state.header,
    sections: new Map(sections.map(({ section }) => [section.id, section])),
    lines: new Map(lines.map((line) => [line.id, line])),
    adjustments: new Map(adjustments.map((adjustment) => [adjustment.id, adjustment])),
    // A document shows the numbers that they gave.
    rooms: new Map(),
  };
  const document = buildEstimateDocument({
    extra: await readDocumentExtra(tx, companyId, state),
    company,
    client,
    project,
    number: state.number,
    revision: state.revision - 1,
    status: state.status,
    content,
    totals: totalsOf(content),
    calcVersion: CALC_VERSION,
    verification: null,
  });
  const pictures = await readDocumentPictures(tx, companyId, state.id, document.extra);
  return { document: { ...document, pictures }, version: state.version };
}
