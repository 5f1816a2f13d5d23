import { expect } from "vitest";
import { indexSearch } from "../../db/search.ts";
import type { Actor } from "../../domain/access.ts";
import type { Id } from "../../domain/ids.ts";
import { kopecks } from "../../domain/money.ts";
import { QUANTITY_ONE, type Quantity } from "../../domain/quantity.ts";
import { newId } from "../new_id.ts";
import { hidden, type ShareStage } from "../routes/testing_share.ts";
import { newEstimate, submit } from "./testing_agreement.ts";
import { done } from "./testing_contracts.ts";

/** Stands nowhere else. */
export const NAME = 'Евстигней "Ключ" Перепёлкин';
export const PHONE = "+79031112233";
const RAW_PHONE = "8 (903) 111-22-33";
export const EMAIL = "perepelkin@example.ru";
export const ADDRESS = "Зелёный проезд, 77";
export const SIGNED = "Евстигней Петрович Перепёлкин";
/** The last ones as the search writes them: folded, and a phone from behind. */
export const MARKS = [
  NAME,
  "Перепёлкин",
  PHONE,
  RAW_PHONE,
  EMAIL,
  ADDRESS,
  "перепелкин",
  "3322111309",
];

export interface Known {
  readonly owner: Actor;
  readonly clientId: Id;
  readonly draftId: Id;
  readonly agreedId: Id;
}

/** A client of whom a company knows something in every place. */
export async function newKnownClient(stage: ShareStage): Promise<Known> {
  const { work } = stage;
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
  await agreeAsClient(stage, await shareLink(stage, owner, agreedId));
  const draftId = await estimateFor();
  const revision = await submit(work, owner, draftId, "manager");
  await work.asActor(owner, ({ agreement }) =>
    agreement.giveBack({ revisionId: revision.id }, { channel: "chat", reason: "Дорого" }),
  );
  await addFollowing(stage, owner, agreedId);
  const things = { companyId, userId: owner.userId, clientId: client.id, agreedId, draftId };
  await addRecords(stage, things);
  await indexEverything(stage, companyId);
  return { owner, clientId: client.id, draftId, agreedId };
}

/** Writes the documents of the search. */
export async function indexEverything({ work }: ShareStage, companyId: Id): Promise<void> {
  await work.database.sql.begin(async (tx) => {
    while ((await indexSearch(tx, companyId, 200)) > 0);
  });
}

/** What comes after the agreement: extra work, an act, a draft of the next one, money and its plan. */
async function addFollowing({ work }: ShareStage, owner: Actor, agreedId: Id): Promise<void> {
  await work.asActor(owner, async ({ extras, acts, payments, estimates }) => {
    const extraId = await extras.create(agreedId, { reason: `Попросил ${NAME}` });
    const line = {
      name: `Розетка, ${ADDRESS}`,
      unit: "шт",
      quantity: QUANTITY_ONE,
      price: kopecks(45_000n),
      kind: "work" as const,
    };
    const title = `Кабинет, ${NAME}`;
    await estimates.addList(extraId, [{ title, kind: "work", lines: [line] }], { source: "bot" });
    const taken = (await acts.remainder(agreedId)).flatMap(({ estimateId, sections }) =>
      sections.flatMap(({ lines }) =>
        lines.map(({ id, left }) => ({
          estimateId,
          lineId: id,
          quantity: (left / 2n) as Quantity,
        })),
      ),
    );
    const act = done(await acts.create(agreedId, { acceptedBy: NAME, take: taken }));
    done(await acts.sign(act.id, { version: null }));
    done(await acts.create(agreedId, { acceptedBy: NAME, take: "everything" }));
    const amount = kopecks(100_000n);
    await payments.add(agreedId, { kind: "advance", title: `От ${NAME}`, amount });
    await payments.addStage(agreedId, {
      title: `${NAME} обещал`,
      size: { kind: "amount", amount },
      dueOn: null,
    });
  });
}

interface Things {
  readonly companyId: Id;
  readonly userId: Id;
  readonly clientId: Id;
  readonly agreedId: Id;
  readonly draftId: Id;
}

/** What CRMs, imports, pasted lists, messages and files have of the client. */
async function addRecords(stage: ShareStage, things: Things): Promise<void> {
  const { sql } = stage.work.database;
  const { companyId, userId, clientId, agreedId, draftId } = things;
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
      ${companyId}, ${connectionId}, 'contact', '1', ${clientId},
      ${sql.json({ name: NAME, phones: [PHONE], emails: [EMAIL] })}, 'x', now(), now()
    )
  `;
  await sql`
    insert into crm_deals (
      company_id, connection_id, remote_id, estimate_id, sync_data, remote_hash, remote_updated_at,
      seen_at
    )
    values
      (
        ${companyId}, ${connectionId}, '1', ${draftId}, ${sql.json({ title: ADDRESS })}, 'x', now(),
        now()
      ),
      (
        ${companyId}, ${connectionId}, '2', null, ${sql.json({ title: `Ремонт, ${NAME}` })}, 'x',
        now(), now()
      )
  `;
  await sql`
    insert into crm_pushes (company_id, connection_id, estimate_id, revision, error)
    values (${companyId}, ${connectionId}, ${draftId}, 1, ${`Нет ${NAME}`})
  `;
  await sql`
    insert into kept_lists (company_id, id, user_id, text)
    values (${companyId}, ${newId()}, ${userId}, ${`${NAME}\nШтукатурка 10 м2 500`})
  `;
  await sql`
    insert into imported_records (company_id, source, kind, source_id, thing_id, extra)
    values
      (${companyId}, 'former', 'client', '1', ${clientId}, ${sql.json({ contact: EMAIL })}),
      (${companyId}, 'former', 'estimate', '1', ${draftId}, ${sql.json({ client_name: NAME })})
  `;
  await sql`
    insert into telegram_notifications (company_id, id, telegram_id, kind, content, estimate_id)
    values
      (${companyId}, ${newId()}, 1, 'x', ${sql.json({ text: ADDRESS })}, ${agreedId}),
      (${companyId}, ${newId()}, 1, 'x', ${sql.json({ text: `Новый заказчик: ${NAME}` })}, null)
  `;
  await sql`
    insert into dead_letters (company_id, id, queue, payload, reason, died_at)
    values (${companyId}, ${newId()}, 'x', ${sql.json({ phone: PHONE })}, ${NAME}, now())
  `;
  const answers = [
    { id: clientId, name: NAME },
    { id: newId(), phone: PHONE },
  ];
  for (const [index, answer] of answers.entries()) {
    await sql`
      insert into repeatable_requests (company_id, user_id, key, digest, status, body, created_at)
      values (
        ${companyId}, ${userId}, ${`k-${index}`}, 'x', 201, ${JSON.stringify(answer)}, now()
      )
    `;
  }
  await sql`
    insert into list_exports (company_id, id, user_id, format, filter)
    values (${companyId}, ${newId()}, ${userId}, 'csv', ${sql.json({ text: NAME })})
  `;
  await sql`
    insert into estimate_rooms (
      company_id, estimate_id, id, position, name, length, width, height, openings
    )
    values (${companyId}, ${draftId}, ${newId()}, 'a0', ${ADDRESS}, 1, 1, 1, '[]')
  `;
  await sql`
    update estimate_lines
    set internal_note = ${`Ключ у ${NAME}`}
    where company_id = ${companyId} and estimate_id = ${draftId}
  `;
  for (const estimateId of [agreedId, draftId]) {
    await sql`
      insert into line_photos (
        company_id, id, estimate_id, line_id, picture, thumbnail, width, height, created_by
      )
      values (${companyId}, ${newId()}, ${estimateId}, ${newId()}, 'x', 'x', 1, 1, ${userId})
    `;
  }
}

async function shareLink({ work }: ShareStage, owner: Actor, id: Id): Promise<string> {
  const link = await work.asActor(owner, ({ sharing }) => sharing.share(id));
  return link.path;
}

async function agreeAsClient(stage: ShareStage, path: string): Promise<void> {
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
