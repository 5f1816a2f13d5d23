import { z } from "zod";
import type { Id } from "../domain/ids.ts";
import type { ShareLink } from "../domain/sharing.ts";
import type { Transaction } from "./client.ts";
import { hashToken } from "./token_hashes.ts";
import type { ListPart } from "./paging.ts";

const linkRow = z
  .object({
    id: z.string(),
    revision_id: z.string(),
    revision: z.number(),
    created_by_name: z.string(),
    created_at: z.date(),
    expires_at: z.date(),
    revoked_at: z.date().nullable(),
    first_viewed_at: z.date().nullable(),
    last_viewed_at: z.date().nullable(),
    view_count: z.number(),
  })
  .transform((row): ShareLink => ({
    id: row.id,
    revisionId: row.revision_id,
    revision: row.revision,
    createdByName: row.created_by_name,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    isRevoked: row.revoked_at !== null,
    firstViewedAt: row.first_viewed_at,
    lastViewedAt: row.last_viewed_at,
    viewCount: row.view_count,
  }));
const linkRows = z.array(linkRow);

/** A token that is there already is left alone: links for a CRM are made by rule, not by chance. */
export async function insertShareLink(
  tx: Transaction,
  companyId: Id,
  link: {
    id: Id;
    revisionId: Id;
    token: string;
    createdBy: Id;
    createdAt: Date;
    expiresAt: Date;
  },
): Promise<void> {
  await tx`
    insert into share_links (
      company_id, id, revision_id, token_hash, created_by, created_at, expires_at
    )
    values (
      ${companyId}, ${link.id}, ${link.revisionId}, ${hashToken(link.token)}, ${link.createdBy},
      ${link.createdAt}, ${link.expiresAt}
    )
    on conflict (company_id, token_hash) do nothing
  `;
}

function selectLinks(tx: Transaction, companyId: Id) {
  return tx`
    select
      share_links.id, share_links.revision_id, revisions.revision, users.name as created_by_name,
      share_links.created_at, share_links.expires_at, share_links.revoked_at,
      share_links.first_viewed_at, share_links.last_viewed_at, share_links.view_count
    from share_links
    join estimate_revisions as revisions
      on revisions.company_id = share_links.company_id and revisions.id = share_links.revision_id
    join users on users.user_id = share_links.created_by
    where share_links.company_id = ${companyId}
  `;
}

/** Also one that is over: the caller judges. */
export async function findShareLink(
  tx: Transaction,
  companyId: Id,
  token: string,
): Promise<ShareLink | null> {
  const [row] = await tx`
    ${selectLinks(tx, companyId)} and share_links.token_hash = ${hashToken(token)}
  `;
  return row ? linkRow.parse(row) : null;
}

/** Of an estimate's revisions, newest first, see `ListPart`. */
export async function listShareLinks(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  { before, limit }: ListPart,
): Promise<ShareLink[]> {
  const rows = await tx`
    ${selectLinks(tx, companyId)} and revisions.estimate_id = ${estimateId}
      ${before ? tx`and share_links.id < ${before}` : tx``}
    order by share_links.id desc
    limit ${limit + 1}
  `;
  return linkRows.parse(rows);
}

const openedRow = z.object({ estimate_id: z.string() });

/** The estimate of a link; null when there is no such link. */
export async function findEstimateOfLink(
  tx: Transaction,
  companyId: Id,
  id: Id,
): Promise<Id | null> {
  const [row] = await tx`
    select revisions.estimate_id
    from share_links
    join estimate_revisions as revisions
      on revisions.company_id = share_links.company_id and revisions.id = share_links.revision_id
    where share_links.company_id = ${companyId} and share_links.id = ${id}
  `;
  return row ? openedRow.parse(row).estimate_id : null;
}

/** False when there is no such link or it is revoked already. */
export async function revokeShareLink(
  tx: Transaction,
  companyId: Id,
  id: Id,
  at: Date,
): Promise<boolean> {
  const result = await tx`
    update share_links
    set revoked_at = ${at}
    where company_id = ${companyId} and id = ${id} and revoked_at is null
  `;
  return result.count > 0;
}

const viewsRow = z.object({ view_count: z.number() });

/** Counts an opening by the client; true when it was the first. */
export async function countShareLinkView(
  tx: Transaction,
  companyId: Id,
  id: Id,
  at: Date,
): Promise<boolean> {
  const [row] = await tx`
    update share_links
    set view_count = view_count + 1, last_viewed_at = ${at},
      first_viewed_at = coalesce(first_viewed_at, ${at})
    where company_id = ${companyId} and id = ${id}
    returning view_count
  `;
  return row !== undefined && viewsRow.parse(row).view_count === 1;
}
