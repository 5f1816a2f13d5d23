import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eraseKept } from "../../db/erasures.ts";
import type { Actor } from "../../domain/access.ts";
import type { Id } from "../../domain/ids.ts";
import { newId } from "../new_id.ts";
import { createShareStage, hidden, type ShareStage } from "../routes/testing_share.ts";
import { newEstimate, submit } from "./testing_agreement.ts";

/** Where what was agreed stands: the signature, the paper, its source and its log. */
const LEGAL = ["approvals", "estimate_changes", "estimate_revisions", "estimates"];

/** Stands nowhere else. */
const NAME = 'Евстигней "Ключ" Перепёлкин';
const PHONE = "+79031112233";
const RAW_PHONE = "8 (903) 111-22-33";
const EMAIL = "perepelkin@example.ru";
const ADDRESS = "Зелёный проезд, 77";
const SIGNED = "Евстигней Петрович Перепёлкин";
const MARKS = [NAME, "Перепёлкин", PHONE, RAW_PHONE, EMAIL, ADDRESS];

let stage: ShareStage;

beforeAll(async () => {
  stage = await createShareStage();
});
afterAll(() => stage.close());

interface Known {
  readonly owner: Actor;
  readonly clientId: Id;
  readonly draftId: Id;
}

/** A client of whom a company knows something in every place. */
async function newClient(): Promise<Known> {
  const { work } = stage;
  const { sql } = work.database;
  const owner = await work.newActor({ name: "Ольга" });
  const { companyId } = owner;
  const client = await work.asActor(owner, ({ clients }) =>
    clients.create({
      name: NAME,
      kind: "person",
      phones: [{ raw: RAW_PHONE, e164: PHONE }],
      emails: [EMAIL],
      inn: "",
      address: ADDRESS,
      note: `звонить ${NAME}`,
    }),
  );
  const project = await work.asActor(owner, ({ projects }) =>
    projects.create({ title: ADDRESS, address: ADDRESS, clientId: client.id, note: "" }),
  );
  const estimateFor = async (): Promise<Id> => {
    const { id } = await newEstimate(work, owner);
    await work.asActor(owner, ({ estimates }) =>
      estimates.change(id, {
        baseVersion: null,
        source: "bot",
        changes: [
          {
            id: newId(),
            type: "estimate.set",
            set: {
              clientId: client.id,
              projectId: project.id,
              title: `Для ${NAME}`,
              note: `Хозяин: ${NAME}`,
            },
          },
        ],
      }),
    );
    return id;
  };
  const agreedId = await estimateFor();
  await submit(work, owner, agreedId, "client");
  await agreeAsClient(await shareLink(owner, agreedId));
  const draftId = await estimateFor();
  const revision = await submit(work, owner, draftId, "manager");
  await work.asActor(owner, ({ agreement }) =>
    agreement.giveBack({ revisionId: revision.id }, { channel: "chat", reason: "Дорого" }),
  );
  const connectionId = newId();
  await sql`
    insert into crm_connections (company_id, id, kind, account, secrets)
    values (${companyId}, ${connectionId}, 'amocrm', 'x.amocrm.ru', ${Buffer.from("x")})
  `;
  await sql`
    insert into crm_clients (
      company_id, connection_id, entity, remote_id, client_id, sync_data, remote_hash,
      remote_updated_at, seen_at
    )
    values (
      ${companyId}, ${connectionId}, 'contact', '1', ${client.id},
      ${sql.json({ name: NAME, phones: [PHONE], emails: [EMAIL] })}, 'x', now(), now()
    )
  `;
  await sql`
    insert into kept_lists (company_id, id, user_id, text)
    values (${companyId}, ${newId()}, ${owner.userId}, ${`${NAME}\nШтукатурка 10 м2 500`})
  `;
  return { owner, clientId: client.id, draftId };
}

async function shareLink(owner: Actor, id: Id): Promise<string> {
  const link = await stage.work.asActor(owner, ({ sharing }) => sharing.share(id));
  return link.path;
}

async function agreeAsClient(path: string): Promise<void> {
  await stage.post(`${path}/questions`, {
    form: hidden(await (await stage.get(path)).text(), "form"),
    about: "",
    text: `Это ${NAME}, мусор вывозите?`,
    author: SIGNED,
  });
  const page = await (await stage.post(`${path}/choice`, { choice: "1" })).text();
  const agreed = await stage.post(`${path}/agree`, {
    name: SIGNED,
    phone: RAW_PHONE,
    signature: "on",
    personalData: "on",
    choice: "1",
    sha256: hidden(page, "sha256"),
    total: hidden(page, "total"),
  });
  expect(agreed.status).toBe(303);
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
    const { owner, clientId } = await newClient();
    const text = await stage.work.asActor(owner, ({ privacy }) => privacy.export(clientId));
    const data = JSON.parse(text) as Record<string, unknown[]>;
    expect(text).toContain(EMAIL);
    expect(data["card"]).toMatchObject({ name: NAME, phone_numbers: [PHONE] });
    expect(data["approvals"]).toMatchObject([{ name: SIGNED, phone: PHONE }]);
    expect(data["questions"]).toMatchObject([{ author_name: SIGNED }]);
    expect(data["crm"]).toMatchObject([{ sync_data: { name: NAME } }]);
    expect(data["projects"]).toMatchObject([{ address: ADDRESS }]);
    expect(data["estimates"]).toHaveLength(2);

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
    const { owner, clientId } = await newClient();
    const { companyId } = owner;
    const other = await newClient();
    const othersBefore = await tablesWith(other.owner.companyId);
    expect(await tablesWith(companyId)).toEqual(
      expect.arrayContaining([
        "clients",
        "client_contacts",
        "crm_clients",
        "projects",
        "questions",
      ]),
    );
    const erased = await stage.work.asActor(owner, ({ privacy }) => privacy.erase(clientId));
    expect(erased).toEqual({ keptRevisions: 1, keptUntil: "2031-11-22" });
    expect(await tablesWith(companyId)).toEqual(LEGAL);
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

    // A scan of the CRM and a person who types it again change nothing.
    await stage.work.asActor(owner, ({ clients }) => clients.set(clientId, { name: NAME }));
    await stage.work.database.sql`
      update crm_clients
      set sync_data = ${stage.work.database.sql.json({ name: NAME, phones: [PHONE] })}
      where company_id = ${companyId}
    `;
    expect(await tablesWith(companyId)).toEqual(LEGAL);
    const again = stage.work.asActor(owner, ({ privacy }) => privacy.erase(clientId));
    await expect(again).rejects.toMatchObject({ code: "conflict" });
  });

  it("in agreed versions stays five years and then goes as well", async () => {
    const { owner, clientId } = await newClient();
    await stage.work.asActor(owner, ({ privacy }) => privacy.erase(clientId));
    const { sql } = stage.work.database;
    await eraseKept(sql, new Date("2031-11-21T12:00:00Z"));
    expect(await tablesWith(owner.companyId)).toContain("approvals");
    await eraseKept(sql, new Date("2031-11-22T12:00:00Z"));
    expect(await tablesWith(owner.companyId)).toEqual([]);
  });

  it("is not erased while an estimate waits for a decision", async () => {
    const { owner, clientId, draftId } = await newClient();
    await submit(stage.work, owner, draftId, "manager");
    const erasing = stage.work.asActor(owner, ({ privacy }) => privacy.erase(clientId));
    await expect(erasing).rejects.toMatchObject({ code: "conflict" });
  });

  it("is the only reason for which the program may touch what was frozen", async () => {
    const { owner } = await newClient();
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
