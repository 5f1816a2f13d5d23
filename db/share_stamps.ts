import { z } from "zod";
import type { Id } from "../domain/ids.ts";
import type { Queryable } from "./client.ts";
import { hashToken } from "./token_hashes.ts";

const stampRow = z.object({ stamp: z.string() });

/**
 * What tells whether a client's page would be another, in one round trip: the versions of all rows that
 * it is made of, and the day, because prices are promised until one. As the owner of the tables; the
 * company is a part of the link. Null where the link shows nothing, and for extra work, whose page also
 * tells of other estimates.
 */
export async function findPageStamp(
  sql: Queryable,
  companyId: Id,
  token: string,
  now: Date,
): Promise<string | null> {
  const [row] = await sql`
    select concat_ws(' ',
      revisions.id, revisions.xmin, estimates.xmin, companies.xmin,
      (${now}::timestamptz at time zone companies.timezone)::date,
      (
        select string_agg(approvals.xmin::text, ',' order by approvals.id)
        from approvals
        where approvals.company_id = revisions.company_id
          and approvals.revision_id = revisions.id
      ), '/',
      (
        select string_agg(questions.xmin::text, ',' order by questions.id)
        from estimate_revisions as asked
        join questions
          on questions.company_id = asked.company_id and questions.revision_id = asked.id
        where asked.company_id = revisions.company_id
          and asked.estimate_id = revisions.estimate_id
      )
    ) as stamp
    from share_links
    join estimate_revisions as revisions
      on revisions.company_id = share_links.company_id and revisions.id = share_links.revision_id
    join estimates
      on estimates.company_id = revisions.company_id and estimates.id = revisions.estimate_id
      and estimates.kind = 'main' and estimates.removed_at is null
    join companies on companies.company_id = share_links.company_id
    where share_links.company_id = ${companyId}
      and share_links.token_hash = ${hashToken(token)}
      and share_links.revoked_at is null
      and share_links.expires_at > ${now}
  `;
  return row ? stampRow.parse(row).stamp : null;
}
