import { z } from "zod";
import type { Id } from "../domain/ids.ts";
import type { Transaction } from "./client.ts";

const MANY_KINDS = 100;

/** Kinds that a person does not want to hear of in this company. */
export async function listMutes(
  tx: Transaction,
  companyId: Id,
  userId: Id,
): Promise<ReadonlySet<string>> {
  const rows = await tx`
    select kind
    from notification_mutes
    where company_id = ${companyId} and user_id = ${userId}
    limit ${MANY_KINDS}
  `;
  const parsed = z.array(z.object({ kind: z.string() })).parse([...rows]);
  return new Set(parsed.map((row) => row.kind));
}

export async function putMute(
  tx: Transaction,
  companyId: Id,
  userId: Id,
  kind: string,
): Promise<void> {
  await tx`
    insert into notification_mutes (company_id, user_id, kind)
    values (${companyId}, ${userId}, ${kind})
    on conflict do nothing
  `;
}

export async function removeMute(
  tx: Transaction,
  companyId: Id,
  userId: Id,
  kind: string,
): Promise<void> {
  await tx`
    delete from notification_mutes
    where company_id = ${companyId} and user_id = ${userId} and kind = ${kind}
  `;
}
