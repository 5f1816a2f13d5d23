import { tenantTransaction } from "../../db/transactions.ts";
import { deleteCrmDraft, findCrmDraft } from "../../db/crm_drafts.ts";
import { findRole } from "../../db/memberships.ts";
import { type CrmAccess, crmAccessSchema } from "../../domain/crm.ts";
import { AppError, forbidden } from "../../domain/errors.ts";
import type { Id } from "../../domain/ids.ts";
import type { CrmChat } from "../crm/chat.ts";
import { connectCrm, type Connected, type ConnectingDependencies } from "../crm/connecting.ts";

/**
 * Tries what an owner entered in the chat, outside of any transaction, and answers there. The keys are
 * deleted with the draft, whatever came of it; a repeat after a crash connects the same account again.
 */
export async function connectDraft(
  dependencies: ConnectingDependencies & { readonly chat: CrmChat },
  { companyId, draftId }: { readonly companyId: Id; readonly draftId: Id },
  signal: AbortSignal,
): Promise<void> {
  const { sql, box, chat } = dependencies;
  const { draft, role } = await tenantTransaction(sql, companyId, async (tx) => {
    const found = await findCrmDraft(tx, companyId, draftId);
    return { draft: found, role: found && (await findRole(tx, companyId, found.createdBy)) };
  });
  if (!draft) return;
  const access = crmAccessSchema.parse(JSON.parse(box.open(draft.access, draft.id)));
  const attempt = async (): Promise<Connected> => {
    if (!role) throw forbidden();
    const actor = { companyId, userId: draft.createdBy, role };
    return connectCrm(dependencies, actor, access satisfies CrmAccess, signal);
  };
  try {
    await chat.connected(draft, access.kind, await attempt());
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    await chat.refused(draft, access.kind, error.message);
  }
  await tenantTransaction(sql, companyId, (tx) => deleteCrmDraft(tx, companyId, draft.id));
}
