import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eraseKept } from "../../db/erasures.ts";
import type { Id } from "../../domain/ids.ts";
import { newId } from "../new_id.ts";
import { createShareStage, type ShareStage } from "../routes/testing_share.ts";
import { submit } from "./testing_agreement.ts";
import {
  ADDRESS,
  EMAIL,
  indexEverything,
  MARKS,
  NAME,
  newKnownClient,
  PHONE,
  SIGNED,
} from "./testing_privacy.ts";

/** Where what was agreed stands: the acts, the signature, the paper, its source and its log. */
const LEGAL = ["acts", "approvals", "estimate_changes", "estimate_revisions", "estimates"];

const EVERYWHERE = [
  "acts",
  "approvals",
  "client_contacts",
  "clients",
  "crm_clients",
  "crm_deals",
  "crm_pushes",
  "dead_letters",
  "estimate_changes",
  "estimate_lines",
  "estimate_revisions",
  "estimate_rooms",
  "estimate_sections",
  "estimates",
  "imported_records",
  "kept_lists",
  "list_exports",
  "payment_stages",
  "payments",
  "projects",
  "questions",
  "repeatable_requests",
  "search_documents",
  "telegram_notifications",
];

let stage: ShareStage;

beforeAll(async () => {
  stage = await createShareStage();
});
afterAll(() => stage.close());

async function photosOf(companyId: Id): Promise<number> {
  const rows = await stage.work.database.sql`
    select from line_photos where company_id = ${companyId}
  `;
  return rows.length;
}

/** The tables of the company in which one of the marks stands. */
async function tablesWith(companyId: Id): Promise<string[]> {
  const { sql } = stage.work.database;
  const tables = await sql<{ name: string }[]>`
    select pg_class.relname as name
    from pg_class
    join pg_attribute on pg_attribute.attrelid = pg_class.oid
    where pg_class.relkind in ('r', 'p') and not pg_class.relispartition
      and pg_class.relnamespace = 'public'::regnamespace
      and pg_attribute.attname = 'company_id'
    order by 1
  `;
  // As JSON writes them, too.
  const marks = MARKS.flatMap((mark) => [mark, JSON.stringify(mark).slice(1, -1)]);
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await sql`
      select
      from ${sql(name)} as given
      where company_id = ${companyId}
        and exists (select from unnest(${marks}::text[]) as mark where strpos(given::text, mark) > 0)
      limit 1
    `;
    if (rows.length > 0) found.push(name);
  }
  return found;
}

describe("a client's personal data", () => {
  it("is given out whole to the owner only", async () => {
    const { owner, clientId } = await newKnownClient(stage);
    const text = await stage.work.asActor(owner, ({ privacy }) => privacy.export(clientId));
    const data = JSON.parse(text) as Record<string, unknown[]>;
    expect(text).toContain(EMAIL);
    expect(data["card"]).toMatchObject({ name: NAME, phone_numbers: [PHONE] });
    expect(data["approvals"]).toMatchObject([{ name: SIGNED, phone: PHONE }]);
    expect(data["questions"]).toMatchObject([{ author_name: SIGNED }]);
    expect(data["crm"]).toMatchObject([{ sync_data: { name: NAME } }]);
    expect(data["projects"]).toMatchObject([{ address: ADDRESS }]);
    expect(data["estimates"]).toHaveLength(3);
    expect(data["acts"]).toMatchObject([{ accepted_by: NAME }, { accepted_by: NAME }]);
    expect(data["payments"]).toMatchObject([{ title: `От ${NAME}` }]);

    const { companyId } = owner;
    for (const role of ["manager", "foreman"] as const) {
      const person = await stage.work.newActor({ companyId, role });
      const asked = stage.work.asActor(person, ({ privacy }) => privacy.export(clientId));
      await expect(asked).rejects.toMatchObject({ code: "forbidden" });
      const erasing = stage.work.asActor(person, ({ privacy }) => privacy.erase(clientId));
      await expect(erasing).rejects.toMatchObject({ code: "forbidden" });
    }
    const stranger = stage.people.stranger;
    const foreign = stage.work.asActor(stranger, ({ privacy }) => privacy.erase(clientId));
    await expect(foreign).rejects.toMatchObject({ code: "not_found" });
  });

  it("is erased everywhere but in what was agreed, and does not come back", async () => {
    const { owner, clientId, agreedId } = await newKnownClient(stage);
    const { companyId } = owner;
    const other = await newKnownClient(stage);
    const othersBefore = await tablesWith(other.owner.companyId);
    expect(othersBefore).toEqual(EVERYWHERE);
    expect(await photosOf(companyId)).toBe(2);
    const erased = await stage.work.asActor(owner, ({ privacy }) => privacy.erase(clientId));
    expect(erased).toEqual({ keptRevisions: 1, keptUntil: "2031-11-22" });
    expect(await tablesWith(companyId)).toEqual(LEGAL);
    expect(await photosOf(companyId)).toBe(1);
    const [left] = await stage.work.database.sql`
      select
        (
          select array_agg(distinct status) from estimates
          where company_id = ${companyId} and strpos(title || note, 'Перепёлкин') > 0
        ) as estimates,
        (
          select array_agg(distinct status) from estimate_revisions
          where company_id = ${companyId} and strpos(document, 'Перепёлкин') > 0
        ) as revisions
    `;
    expect(left).toEqual({ estimates: ["approved"], revisions: ["approved"] });
    expect(await tablesWith(other.owner.companyId)).toEqual(othersBefore);

    // Only what was signed is found from now on.
    await indexEverything(stage, companyId);
    const { found } = await stage.work.asActor(owner, async ({ search }) => ({
      found: await search.find({ text: "Перепёлкин" }),
    }));
    expect(found).toMatchObject({ items: [{ kind: "estimate", id: agreedId }] });

    // A scan of the CRM and a person who types it again change nothing.
    await stage.work.asActor(owner, ({ clients }) => clients.set(clientId, { name: NAME }));
    await stage.work.database.sql`
      update crm_clients
      set sync_data = ${stage.work.database.sql.json({ name: NAME, phones: [PHONE] })}
      where company_id = ${companyId}
    `;
    expect(await tablesWith(companyId)).toEqual([...LEGAL, "search_documents"]);
    const again = stage.work.asActor(owner, ({ privacy }) => privacy.erase(clientId));
    await expect(again).rejects.toMatchObject({ code: "conflict" });
  });

  it("in agreed versions stays five years and then goes as well", async () => {
    const { owner, clientId } = await newKnownClient(stage);
    await stage.work.asActor(owner, ({ privacy }) => privacy.erase(clientId));
    const { sql } = stage.work.database;
    await eraseKept(sql, new Date("2031-11-21T12:00:00Z"));
    expect(await tablesWith(owner.companyId)).toContain("approvals");
    await eraseKept(sql, new Date("2031-11-22T12:00:00Z"));
    expect(await tablesWith(owner.companyId)).toEqual([]);
  });

  it("is not erased while an estimate waits for a decision", async () => {
    const { owner, clientId, draftId } = await newKnownClient(stage);
    await submit(stage.work, owner, draftId, "manager");
    const erasing = stage.work.asActor(owner, ({ privacy }) => privacy.erase(clientId));
    await expect(erasing).rejects.toMatchObject({ code: "conflict" });
  });

  it("is the only reason for which the program may touch what was frozen", async () => {
    const { owner } = await newKnownClient(stage);
    const { companyId } = owner;
    const touching = stage.work.database.sql.begin(async (tx) => {
      await tx`
        select set_config('role', 'smetka_app', true),
          set_config('app.company_id', ${companyId}, true), set_config('app.erasing', 'on', true)
      `;
      await tx`update estimate_revisions set document = '{}' where company_id = ${companyId}`;
    });
    await expect(touching).rejects.toMatchObject({ code: "SM001" });
    const foreign = stage.work.database.sql.begin(async (tx) => {
      await tx`
        select set_config('role', 'smetka_app', true),
          set_config('app.company_id', ${stage.people.owner.companyId}, true)
      `;
      const clientsOf = await tx`
        select kept_revisions
        from erase_client(${companyId}, ${newId()}, now(), interval '5 years')
      `;
      return [...clientsOf];
    });
    expect(await foreign).toEqual([{ kept_revisions: null }]);
  });
});

describe("the page about personal data", () => {
  it("is open to everybody, and the client's page leads to it", async () => {
    const page = await stage.get("/privacy");
    expect(page.status).toBe(200);
    const text = await page.text();
    expect(text).toContain("152-ФЗ");
    expect(text).toContain("🔒 Персональные данные");
  });
});
