import { z } from "zod";
import { type Channel, CHANNELS, type Decision } from "../domain/agreement.ts";
import type { Id } from "../domain/ids.ts";
import { formatMoney, type Kopecks } from "../domain/money.ts";
import type { Transaction } from "./client.ts";
import { moneyColumn } from "./columns.ts";

/** A decision with its whole evidence. Written once and never changed. */
export interface NewApproval extends Decision {
  readonly revisionId: Id;
  readonly sha256: string;
  readonly channel: Channel;
  /** The client's link. */
  readonly linkId: Id | null;
  /** The words that the client agreed to. */
  readonly consent: string;
  /** The optional lines that are in the total. */
  readonly chosenLines: readonly Id[];
  /** The client's document with another choice than was submitted; null: as submitted. */
  readonly document: string | null;
  readonly address: string;
  readonly userAgent: string;
  readonly isOwnDevice: boolean;
}

export async function insertApproval(
  tx: Transaction,
  companyId: Id,
  approval: NewApproval,
): Promise<void> {
  await tx`
    insert into approvals ${tx({
      company_id: companyId,
      id: approval.id,
      revision_id: approval.revisionId,
      sha256: approval.sha256,
      decision: approval.decision,
      side: approval.side,
      channel: approval.channel,
      user_id: approval.userId,
      link_id: approval.linkId,
      name: approval.name,
      phone: approval.phone,
      consent: approval.consent,
      chosen_lines: [...approval.chosenLines],
      document: approval.document,
      total_amount: formatMoney(approval.total),
      reason: approval.reason,
      address: approval.address,
      user_agent: approval.userAgent,
      is_own_device: approval.isOwnDevice,
      decided_at: approval.decidedAt,
    })}
  `;
}

const decisionRow = z
  .object({
    id: z.string(),
    revision_id: z.string(),
    decision: z.enum(["approved", "returned"]),
    side: z.enum(["company", "client"]),
    channel: z.enum(CHANNELS),
    user_id: z.string().nullable(),
    name: z.string(),
    phone: z.string(),
    reason: z.string(),
    total_amount: moneyColumn,
    decided_at: z.date(),
  })
  .transform((row): Decision & { revisionId: Id } => ({
    id: row.id,
    revisionId: row.revision_id,
    decision: row.decision,
    side: row.side,
    channel: row.channel,
    userId: row.user_id,
    name: row.name,
    phone: row.phone,
    reason: row.reason,
    total: row.total_amount,
    decidedAt: row.decided_at,
  }));
const decisionRows = z.array(decisionRow);

/** A revision is returned once at most and approved once by each side. */
const MANY_DECISIONS = 3;

/** Of these revisions, oldest first. */
export async function listDecisions(
  tx: Transaction,
  companyId: Id,
  revisionIds: readonly Id[],
): Promise<(Decision & { revisionId: Id })[]> {
  const rows = await tx`
    select
      id, revision_id, decision, side, channel, user_id, name, phone, reason, total_amount,
      decided_at
    from approvals
    where company_id = ${companyId} and revision_id = any(${[...revisionIds]}::uuid[])
    order by decided_at, id
    limit ${revisionIds.length * MANY_DECISIONS}
  `;
  return decisionRows.parse(rows);
}

/** What the newest approval agreed to; the client's own choice counts before the company's. */
export async function findAgreed(
  tx: Transaction,
  companyId: Id,
  revisionId: Id,
): Promise<{ total: Kopecks; chosenLines: readonly Id[] } | null> {
  const [row] = await tx`
    select total_amount, chosen_lines
    from approvals
    where company_id = ${companyId} and revision_id = ${revisionId} and decision = 'approved'
    order by side = 'client' desc, decided_at desc, id desc
    limit 1
  `;
  if (!row) return null;
  const found = z
    .object({ total_amount: moneyColumn, chosen_lines: z.array(z.string()) })
    .parse(row);
  return { total: found.total_amount, chosenLines: found.chosen_lines };
}

const documentRow = z.object({ document: z.string() });

/**
 * The document with the optional lines that the client chose on approving; null when it is the one
 * that was submitted, or when the client has not approved.
 */
export async function findChosenDocument(
  tx: Transaction,
  companyId: Id,
  revisionId: Id,
): Promise<string | null> {
  const [row] = await tx`
    select document
    from approvals
    where company_id = ${companyId} and revision_id = ${revisionId}
      and decision = 'approved' and document is not null
  `;
  return row ? documentRow.parse(row).document : null;
}
