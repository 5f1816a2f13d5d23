import { z } from "zod";
import type { Id } from "../domain/ids.ts";
import type { Transaction } from "./client.ts";

/** A message that shows the progress of a scan. */
export interface CrmWatcher {
  readonly chatId: number;
  readonly messageId: number;
}

const watcherRow = z
  .object({ chat_id: z.coerce.number(), message_id: z.coerce.number() })
  .transform((row): CrmWatcher => ({ chatId: row.chat_id, messageId: row.message_id }));
const watcherRows = z.array(watcherRow);

/** The newest message of a chat is the one that moves. */
export async function putCrmWatcher(
  tx: Transaction,
  companyId: Id,
  connectionId: Id,
  { chatId, messageId }: CrmWatcher,
): Promise<void> {
  await tx`
    insert into crm_watchers (company_id, connection_id, chat_id, message_id)
    values (${companyId}, ${connectionId}, ${chatId}, ${messageId})
    on conflict (company_id, connection_id, chat_id) do update
    set message_id = excluded.message_id, shown_at = null
  `;
}

/** Those that were not changed for so many seconds; from now on they were. Over all processes. */
export async function takeDueCrmWatchers(
  tx: Transaction,
  companyId: Id,
  connectionId: Id,
  seconds: number,
): Promise<CrmWatcher[]> {
  const rows = await tx`
    update crm_watchers
    set shown_at = clock_timestamp()
    where company_id = ${companyId} and connection_id = ${connectionId}
      and (shown_at is null or shown_at <= clock_timestamp() - make_interval(secs => ${seconds}))
    returning chat_id, message_id
  `;
  return watcherRows.parse([...rows]);
}

/** The scan is over: nobody watches any more. */
export async function endCrmWatchers(
  tx: Transaction,
  companyId: Id,
  connectionId: Id,
): Promise<CrmWatcher[]> {
  const rows = await tx`
    delete from crm_watchers
    where company_id = ${companyId} and connection_id = ${connectionId}
    returning chat_id, message_id
  `;
  return watcherRows.parse([...rows]);
}
