import { z } from "zod";
import { ROLES } from "../domain/access.ts";
import type { Id } from "../domain/ids.ts";
import type { Person } from "../domain/services.ts";
import type { Queryable } from "./client.ts";

const personRow = z
  .object({
    user_id: z.string(),
    telegram_id: z.coerce.number(),
    name: z.string(),
    active_company_id: z.string().nullable(),
    memberships: z.array(
      z.object({ companyId: z.string(), companyName: z.string(), role: z.enum(ROLES) }),
    ),
  })
  .transform((row): Person => {
    const chosen =
      row.memberships.find(({ companyId }) => companyId === row.active_company_id) ??
      row.memberships[0];
    return {
      userId: row.user_id,
      telegramId: row.telegram_id,
      name: row.name,
      memberships: row.memberships,
      actor: chosen
        ? { companyId: chosen.companyId, userId: row.user_id, role: chosen.role }
        : null,
    };
  });

/**
 * The person behind a Telegram account, with the company that they work for right now. Runs as the
 * owner of the tables, before the company is known. Null: never wrote to the bot.
 */
export async function findPersonByTelegram(
  sql: Queryable,
  telegramId: number,
): Promise<Person | null> {
  const [row] = await sql`
    select
      telegram_users.user_id, telegram_users.telegram_id, users.name,
      telegram_users.active_company_id,
      coalesce((
        select jsonb_agg(jsonb_build_object(
          'companyId', memberships.company_id, 'companyName', companies.name,
          'role', memberships.role
        ) order by memberships.created_at, memberships.company_id)
        from memberships
        join companies on companies.company_id = memberships.company_id
        where memberships.user_id = telegram_users.user_id and memberships.removed_at is null
      ), '[]'::jsonb) as memberships
    from telegram_users
    join users on users.user_id = telegram_users.user_id
    where telegram_users.telegram_id = ${telegramId}
  `;
  return row ? personRow.parse(row) : null;
}

/** The companies that a person belongs to, in order of joining, for doors outside the chat. */
export async function listPersonCompanies(
  sql: Queryable,
  userId: Id,
): Promise<Person["memberships"]> {
  const rows = await sql`
    select
      memberships.company_id as "companyId", companies.name as "companyName", memberships.role
    from memberships
    join companies on companies.company_id = memberships.company_id
    where memberships.user_id = ${userId} and memberships.removed_at is null
    order by memberships.created_at, memberships.company_id
    limit ${MANY_COMPANIES}
  `;
  return companyRows.parse([...rows]);
}

const MANY_COMPANIES = 100;
const companyRow = z.object({
  companyId: z.string(),
  companyName: z.string(),
  role: z.enum(ROLES),
});
const companyRows = z.array(companyRow);
