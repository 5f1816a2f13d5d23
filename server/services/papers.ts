import type { Id } from "../../domain/ids.ts";
import { findChosenDocument, listDecisions } from "../../db/approvals.ts";
import type { Sql } from "../../db/client.ts";
import { tenantTransaction } from "../../db/transactions.ts";
import { findCompany } from "../../db/companies.ts";
import { findFrozen, findRevision, findRevisionByHash } from "../../db/revisions.ts";
import { readFrozen } from "../documents/frozen_document.ts";
import type { PaperCheck } from "./client_contract.ts";

export async function verifyPaper(sql: Sql, sha256: string): Promise<PaperCheck | null> {
  const found = await findRevisionByHash(sql, sha256);
  return found && readPaper(sql, found);
}

async function readPaper(
  sql: Sql,
  { companyId, revisionId }: { companyId: Id; revisionId: Id },
): Promise<PaperCheck | null> {
  return tenantTransaction(sql, companyId, async (tx) => {
    const [company, revision, frozen, chosen, decisions] = await Promise.all([
      findCompany(tx, companyId),
      findRevision(tx, companyId, revisionId),
      findFrozen(tx, companyId, revisionId),
      findChosenDocument(tx, companyId, revisionId),
      listDecisions(tx, companyId, [revisionId]),
    ]);
    if (!company || !revision || !frozen) return null;
    const document = readFrozen(chosen ?? frozen.document);
    return {
      sha256: revision.sha256,
      status: revision.status,
      number: document.number,
      revision: document.revision,
      date: document.date,
      contractor: document.contractor.fullName || document.contractor.name,
      total: document.total,
      replacedBy: revision.replacedBy,
      approvals: decisions
        .filter(({ decision }) => decision === "approved")
        .map(({ side, decidedAt }) => ({ side, at: decidedAt })),
      timezone: company.timezone,
    };
  });
}
