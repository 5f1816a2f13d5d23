import { z } from "zod";
import { type Actor, ROLES, seesOnlyOwn } from "../domain/access.ts";
import type { Id } from "../domain/ids.ts";
import type { Person, TelegramSender } from "../domain/services.ts";
import type { Queryable, Transaction } from "./client.ts";

const openedRow = z.object({
  is_repeat: z.boolean(),
  user_id: z.string().nullable(),
  user_name: z.string().nullable(),
  company_id: z.string().nullable(),
  user_role: z.enum(ROLES).nullable(),
  memberships: z
    .array(z.object({ companyId: z.string(), companyName: z.string(), role: z.enum(ROLES) }))
    .nullable(),
  /** Pairs: an object with a key of each chat's own would be a new shape to V8 with every chat. */
  states: z.array(z.tuple([z.string(), z.unknown()])).nullable(),
  has_contracts: z.boolean(),
});

export interface OpenedUpdate {
  readonly isRepeat: boolean;
  readonly person: Person | null;
  /** All rows of `chat_state` whose key is the chat's id or begins with it and a colon. */
  readonly chatStates: ReadonlyMap<string, unknown>;
  /** Whether the person has approved estimates in the company. */
  readonly hasContracts: boolean;
}

const SEES_ONLY_OWN = ROLES.filter((role) => seesOnlyOwn({ role }));

/**
 * Opens an update in one round trip: locks the chat (waits at most 8 s), notes the update, finds or
 * makes the person, puts on the tenant role and the company. See `open_update` in the migrations.
 */
export async function openUpdate(
  tx: Transaction,
  update: {
    botId: number;
    updateId: number;
    chatId: number | null;
    sender: TelegramSender | null;
    newUserId: Id;
  },
): Promise<OpenedUpdate> {
  const { sender, chatId } = update;
  const [row] = await tx`
    select
      is_repeat, user_id, user_name, company_id, user_role, memberships, has_contracts,
      (select jsonb_agg(jsonb_build_array(key, value)) from jsonb_each(states)) as states
    from open_update(
      ${update.botId}, ${update.updateId}, ${chatId}, ${sender?.id ?? null},
      ${sender?.username ?? null}, ${sender?.firstName ?? null}, ${sender?.lastName ?? null},
      ${sender?.languageCode ?? null}, ${chatId === null ? null : String(chatId)},
      ${update.newUserId}, ${SEES_ONLY_OWN}
    )
  `;
  const opened = openedRow.parse(row);
  return {
    isRepeat: opened.is_repeat,
    chatStates: new Map(opened.states),
    hasContracts: opened.has_contracts,
    person: sender && opened.user_id ? personOf(opened.user_id, opened, sender) : null,
  };
}

function personOf(userId: Id, row: z.output<typeof openedRow>, sender: TelegramSender): Person {
  const actor: Actor | null =
    row.company_id && row.user_role
      ? { companyId: row.company_id, userId, role: row.user_role }
      : null;
  return {
    userId,
    telegramId: sender.id,
    name: row.user_name ?? sender.firstName,
    memberships: row.memberships ?? [],
    actor,
  };
}

/** From here on the transaction works for this company. */
export async function enterCompany(tx: Transaction, companyId: Id): Promise<void> {
  await tx`select set_config('app.company_id', ${companyId}, true)`;
}

const companyRow = z.object({ company_id: z.string().nullable() });

/** The company that a message of the program was about, as long as the person belongs to it. */
export async function findCompanyOfMessage(
  tx: Transaction,
  telegramId: number,
  messageId: number,
): Promise<Id | null> {
  const [row] = await tx`select company_of_message(${telegramId}, ${messageId}) as company_id`;
  return companyRow.parse(row).company_id;
}

export async function setActiveCompany(
  tx: Transaction,
  telegramId: number,
  companyId: Id,
): Promise<void> {
  await tx`
    update telegram_users
    set active_company_id = ${companyId}
    where telegram_id = ${telegramId}
  `;
}

/** False after the person blocked the bot. */
export async function setTelegramActive(
  tx: Transaction,
  telegramId: number,
  isActive: boolean,
): Promise<void> {
  await tx`
    update telegram_users
    set is_active = ${isActive}
    where telegram_id = ${telegramId} and is_active <> ${isActive}
  `;
}

/** Counts one more failure of an update and returns how many there were. */
export async function countUpdateFailure(
  sql: Queryable,
  failure: { botId: number; updateId: number; error: string },
): Promise<number> {
  const [row] = await sql`
    insert into telegram_update_failures as failures (bot_id, update_id, attempts, error)
    values (${failure.botId}, ${failure.updateId}, 1, ${failure.error})
    on conflict (bot_id, update_id) do update
    set attempts = failures.attempts + 1, error = excluded.error, failed_at = now()
    returning attempts
  `;
  return z.object({ attempts: z.number() }).parse(row).attempts;
}

/** Notes an update as handled without handling it: it failed too often. */
export async function giveUpUpdate(sql: Queryable, botId: number, updateId: number): Promise<void> {
  await sql`
    insert into telegram_updates (bot_id, update_id)
    values (${botId}, ${updateId})
    on conflict do nothing
  `;
}

/** As the owner of the tables. Telegram repeats nothing that is older than a day. Returns how many went, `limit` while more may be left. */
export async function deleteUpdatesBefore(
  sql: Queryable,
  moment: Date,
  limit: number,
): Promise<number> {
  const seen = await sql`
    delete from telegram_updates
    where (bot_id, update_id) in (
      select bot_id, update_id
      from telegram_updates
      where received_at < ${moment}
      limit ${limit}
    )
  `;
  const failed = await sql`
    delete from telegram_update_failures
    where (bot_id, update_id) in (
      select bot_id, update_id
      from telegram_update_failures
      where failed_at < ${moment}
      limit ${limit}
    )
  `;
  return Math.max(seen.count, failed.count);
}
