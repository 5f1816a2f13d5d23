import { type Sql, tenantTransaction } from "../../db/client.ts";
import { findEstimate } from "../../db/estimates.ts";
import { listLines } from "../../db/estimate_lines.ts";
import { findFrozen, listRevisions } from "../../db/revisions.ts";
import { type ApprovedEstimate, pdfNameOf } from "../../domain/crm_push.ts";
import type { Id } from "../../domain/ids.ts";
import type { DocumentRenderer } from "../documents/renderer.ts";
import { withChoice } from "../services/choices.ts";
import { readDocumentSource } from "../jobs/document_source.ts";
import type { PushSources } from "./pushing.ts";

const MANY = 200;

/** The newest approved revision as it was frozen, and its paper. Later edits do not show. */
export function createPushSources(options: {
  readonly sql: Sql;
  readonly renderer: Pick<DocumentRenderer, "render">;
  readonly publicUrl: string | null;
}): PushSources {
  const { sql, renderer, publicUrl } = options;
  return {
    approved: (companyId, estimateId) => readApproved(sql, companyId, estimateId),
    async pdf(companyId, approved) {
      const order = { id: approved.estimateId, estimateId: approved.estimateId };
      const { document } = await tenantTransaction(sql, companyId, (tx) =>
        readDocumentSource(tx, companyId, order, publicUrl),
      );
      const bytes = await renderer.render(document, "pdf");
      const text = `Утверждённая смета ${approved.number}, редакция ${approved.revision}`;
      return { fileName: pdfNameOf(approved), bytes, text };
    },
  };
}

async function readApproved(
  sql: Sql,
  companyId: Id,
  estimateId: Id,
): Promise<ApprovedEstimate | null> {
  return tenantTransaction(sql, companyId, async (tx) => {
    const estimate = await findEstimate(tx, companyId, estimateId);
    const revisions = await listRevisions(tx, companyId, estimateId, MANY);
    const newest = revisions.find(({ status }) => status === "approved");
    if (!estimate || estimate.isRemoved || !newest) return null;
    const frozen = await findFrozen(tx, companyId, newest.id);
    if (!frozen) return null;
    // An approved estimate is frozen, but for the options that the client chose when agreeing.
    const lines = await listLines(tx, companyId, estimateId);
    const chosen = lines.filter((line) => line.isOptional && line.isChosen);
    return {
      estimateId,
      revision: newest.revision,
      number: newest.number,
      content: withChoice(frozen.content, new Set(chosen.map(({ id }) => id))),
      link: null,
    };
  });
}
