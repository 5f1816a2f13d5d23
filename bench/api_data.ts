import { parseQuantity } from "../domain/quantity.ts";
import { kopecks } from "../domain/money.ts";
import type { ListedSection } from "../domain/services.ts";
import { tenantTransaction } from "../db/transactions.ts";
import { insertMembership } from "../db/memberships.ts";
import { insertSession } from "../db/sessions.ts";
import { makeToken } from "../server/auth/tokens.ts";
import { newId } from "../server/new_id.ts";
import type { Bench } from "./database.ts";

const DRAFTS = 200;
const FROZEN = 50;
const LINES = 100;
/** One person may ask 1 200 times a minute. */
const PEOPLE = 40;

export interface Kept {
  readonly id: string;
  /** Of the client's page; empty for a draft. */
  readonly path: string;
  /** Empty for a draft. */
  readonly revisionId: string;
}

export interface ApiStage {
  readonly companyId: string;
  readonly drafts: readonly Kept[];
  readonly frozen: readonly Kept[];
  /** Tokens of the Mini App's sessions. */
  readonly people: readonly string[];
}

/** Estimates of a hundred lines in ten sections, some of them before the client. */
export async function prepareApi(bench: Bench): Promise<ApiStage> {
  const { asActor, actor } = bench;
  const drafts: Kept[] = [];
  const frozen: Kept[] = [];
  for (let index = 0; index < DRAFTS + FROZEN; index += 1) {
    const id = await createLong(bench);
    if (index < DRAFTS) {
      drafts.push({ id, path: "", revisionId: "" });
      continue;
    }
    const submitted = await asActor(actor, ({ agreement }) =>
      agreement.submit(id, { audience: "client", acceptWarnings: true }),
    );
    if (submitted.outcome !== "submitted") throw new Error(`not submitted: ${submitted.outcome}`);
    const { path } = await asActor(actor, ({ sharing }) => sharing.share(id));
    frozen.push({ id, path, revisionId: submitted.revision.id });
  }
  const people = await openSessions(bench);
  // Nothing is known of new tables: plans would be by chance, which a living database is past in a minute.
  await bench.sql`vacuum analyze`;
  return { companyId: actor.companyId, drafts, frozen, people };
}

async function createLong({ asActor, actor }: Bench): Promise<string> {
  const { id } = await asActor(actor, ({ estimates }) => estimates.create({ projectId: null }));
  const sections: ListedSection[] = Array.from({ length: 10 }, (_, section) => ({
    title: `Помещение ${section + 1}`,
    kind: "work",
    lines: Array.from({ length: LINES / 10 }, (_unused, line) => ({
      name: `Укладка плитки на стены с затиркой швов, ряд ${line + 1}`,
      unit: "м²",
      quantity: parseQuantity(`${line + 1}.5`) ?? 0n,
      price: kopecks(BigInt(120_000 + line * 1000)),
      kind: "work" as const,
    })),
  }));
  await asActor(actor, ({ estimates }) => estimates.addList(id, sections, { source: "bot" }));
  return id;
}

async function openSessions({ sql, actor: { companyId } }: Bench): Promise<string[]> {
  const tokens: string[] = [];
  for (let index = 0; index < PEOPLE; index += 1) {
    const userId = newId();
    await sql`insert into users (user_id, name) values (${userId}, 'Начальник')`;
    await sql`
      insert into telegram_users (telegram_id, user_id, first_name)
      values (${700_000_000 + index}, ${userId}, 'Начальник')
    `;
    await tenantTransaction(sql, companyId, (tx) =>
      insertMembership(tx, companyId, { userId, role: "manager" }),
    );
    const token = makeToken();
    const expiresAt = new Date(Date.now() + 3_600_000);
    await insertSession(sql, token, { companyId, userId, kind: "miniapp", expiresAt });
    tokens.push(token);
  }
  return tokens;
}
