import { findAgreed } from "../../db/approvals.ts";
import type { Sql, Transaction } from "../../db/client.ts";
import { tenantTransaction } from "../../db/transactions.ts";
import { findEstimate } from "../../db/estimates.ts";
import { listExtras } from "../../db/extras.ts";
import { findFrozen, findRevision, listRevisions, type RevisionState } from "../../db/revisions.ts";
import { insertShareLink } from "../../db/share_links.ts";
import { type ApprovedEstimate, type ApprovedPart, pdfNameOf } from "../../domain/crm_push.ts";
import type { Id } from "../../domain/ids.ts";
import { deriveLinkToken } from "../auth/tokens.ts";
import type { DocumentRenderer } from "../documents/renderer.ts";
import { readRevisionDocument } from "../jobs/document_source.ts";
import { withChoice } from "../services/choices.ts";
import { MANY_EXTRAS } from "../services/contracts.ts";
import type { PushSources } from "./pushing.ts";

const MANY = 200;
const YEAR = 365 * 24 * 3600 * 1000; // ms

interface SourceOptions {
  readonly sql: Sql;
  readonly renderer: Pick<DocumentRenderer, "render">;
  /** Null: nobody outside reaches us, deals go without a link. */
  readonly publicUrl: string | null;
  /** See `deriveKey`. */
  readonly linkSecret: Buffer;
  readonly clock: () => Date;
  readonly newId: () => Id;
}

/**
 * The newest approved revision exactly as it was agreed, what was approved on top of it, and their
 * papers. Later edits do not show.
 */
export function createPushSources(options: SourceOptions): PushSources {
  const { sql, renderer, publicUrl } = options;
  return {
    approved: (companyId, estimateId) =>
      tenantTransaction(sql, companyId, (tx) => readApproved(options, tx, companyId, estimateId)),
    async pdf(companyId, approved) {
      const { document } = await tenantTransaction(sql, companyId, async (tx) => {
        const revision = await findRevision(tx, companyId, approved.revisionId);
        if (!revision) throw new Error("the approved revision is gone");
        const status = "approved" as const;
        return readRevisionDocument(tx, companyId, revision, { status, publicUrl });
      });
      const bytes = await renderer.render(document, "pdf");
      const kind = "extras" in approved ? "Утверждённая смета" : "Утверждённая доп. работа";
      const title = `${kind} ${approved.number}, редакция ${approved.revision}`;
      const text = approved.link === null ? title : `${title}\n${approved.link}`;
      return { fileName: pdfNameOf(approved), bytes, text };
    },
  };
}

async function readApproved(
  options: SourceOptions,
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
): Promise<ApprovedEstimate | null> {
  const estimate = await findEstimate(tx, companyId, estimateId);
  // Extra work is a part of its parent's deal.
  if (!estimate || estimate.isRemoved || estimate.extra) return null;
  const part = await readPart(options, tx, companyId, estimateId);
  if (!part) return null;
  const extras: ApprovedPart[] = [];
  for (const extra of await listExtras(tx, companyId, estimateId, MANY_EXTRAS)) {
    const added = extra.isApproved ? await readPart(options, tx, companyId, extra.id) : null;
    if (added) extras.push(added);
  }
  return { ...part, extras };
}

async function readPart(
  options: SourceOptions,
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
): Promise<ApprovedPart | null> {
  const revisions = await listRevisions(tx, companyId, estimateId, { before: null, limit: MANY });
  const newest = revisions.find(({ status }) => status === "approved");
  if (!newest) return null;
  const frozen = await findFrozen(tx, companyId, newest.id);
  const agreed = await findAgreed(tx, companyId, newest.id);
  if (!frozen || !agreed) return null;
  return {
    estimateId,
    revisionId: newest.id,
    revision: newest.revision,
    number: newest.number,
    content: withChoice(frozen.content, new Set(agreed.chosenLines)),
    total: agreed.total,
    link: await makeLink(options, tx, companyId, newest),
  };
}

/** The client's page for people in the CRM, as somebody of the company: it does not count as a visit. */
async function makeLink(
  { publicUrl, linkSecret, clock, newId }: SourceOptions,
  tx: Transaction,
  companyId: Id,
  { id: revisionId, submittedBy }: RevisionState,
): Promise<string | null> {
  if (publicUrl === null) return null;
  const token = deriveLinkToken(companyId, linkSecret, revisionId);
  const createdAt = clock();
  await insertShareLink(tx, companyId, {
    id: newId(),
    revisionId,
    token,
    createdBy: submittedBy.id,
    createdAt,
    expiresAt: new Date(createdAt.getTime() + YEAR),
  });
  return `${publicUrl}/s/${token}?preview=1`;
}
