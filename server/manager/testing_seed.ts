import { indexSearch } from "../../db/search.ts";
import type { Actor } from "../../domain/access.ts";
import { kopecks } from "../../domain/money.ts";
import { newId } from "../new_id.ts";
import { newEstimate, submit } from "../services/testing_agreement.ts";
import type { TestWork } from "../testing.ts";
import type { ManagerStage } from "./testing.ts";

/** A company with a year behind it: estimates in every state, a CRM with trouble, messages. */
export async function seedCompany(stage: ManagerStage): Promise<{ estimateId: string }> {
  const { work, people } = stage;
  const { sql } = work.database;
  const { foreman, otherForeman, manager, owner } = people;
  const { companyId } = owner;
  const client = await work.asActor(foreman, ({ clients }) =>
    clients.create({
      name: "Екатерина Константинопольская",
      kind: "person",
      phones: [{ raw: "8 912 345-67-89", e164: "+79123456789" }],
      emails: ["ekaterina@example.ru"],
      inn: "",
      address: "",
      note: "",
    }),
  );
  const project = await work.asActor(foreman, ({ projects }) =>
    projects.create({
      title: "Квартира на Ленина, 12",
      address: "Екатеринбург, ул. Ленина, 12, кв. 5",
      clientId: client.id,
      note: "",
    }),
  );
  let estimateId = "";
  for (let index = 0; index < 9; index += 1) {
    const actor = index % 3 === 0 ? otherForeman : foreman;
    const { id } = await newEstimate(work, actor);
    await sql`
      update estimates
      set date = ${`2026-${String(3 + index).padStart(2, "0")}-10`}, project_id = ${project.id},
        client_id = ${client.id}
      where company_id = ${companyId} and id = ${id}
    `;
    if (index === 8) continue;
    const revision = await submit(work, actor, id, index % 2 === 0 ? "manager" : "client");
    const reference = { revisionId: revision.id };
    if (index === 7) continue;
    if (index === 6) {
      await work.asActor(manager, ({ agreement }) =>
        agreement.giveBack(reference, { channel: "chat", reason: "Нет вывоза мусора" }),
      );
      continue;
    }
    await work.asActor(manager, ({ agreement }) =>
      agreement.approve(reference, { channel: "chat" }),
    );
    if (index !== 2) continue;
    estimateId = id;
    await work.asActor(actor, ({ agreement }) => agreement.revise(reference));
    const { content } = await work.asActor(actor, ({ estimates }) => estimates.content(id));
    const [line] = content.lines.values();
    if (!line) throw new Error("an estimate without lines");
    const price = (line.price * 2n) as typeof line.price;
    await work.asActor(actor, ({ estimates }) =>
      estimates.change(id, {
        baseVersion: null,
        source: "miniapp",
        changes: [{ id: newId(), type: "line.set", lineId: line.id, set: { price } }],
      }),
    );
    await submit(work, actor, id);
  }
  await seedExchange(stage, estimateId);
  await seedDeals(stage, [
    {
      remoteId: "70",
      title: "Екатерина Константинопольская, ремонт",
      estimateId,
      outcome: "won",
      amount: "205673.76",
    },
    { remoteId: "71", title: "Беседка у озера", amount: "145000.00", clients: ["contact 7"] },
  ]);
  return { estimateId };
}

interface SeededDeal {
  readonly remoteId: string;
  readonly title: string;
  readonly estimateId?: string;
  readonly outcome?: "open" | "won" | "lost";
  readonly amount?: string;
  /** "contact 7" */
  readonly clients?: readonly string[];
}

/** Deals as the CRM of the company told of them; makes a connection where there is none. */
export async function seedDeals(
  stage: ManagerStage,
  deals: readonly SeededDeal[],
  companyId = stage.people.owner.companyId,
): Promise<void> {
  const { sql } = stage.work.database;
  const pipeline = {
    id: "1",
    name: "Общая",
    stages: [{ id: "NEW", name: "Замер", outcome: "open" }],
  };
  await sql`
    insert into crm_connections (company_id, id, kind, account, secrets, settings)
    select ${companyId}, ${newId()}, 'bitrix24', 'remont.bitrix24.ru', '\\x00', '{}'
    where not exists (select from crm_connections where company_id = ${companyId})
  `;
  const [connection] = await sql`
    update crm_connections set settings = ${sql.json({ pipelines: [pipeline] })}
    where company_id = ${companyId}
    returning id
  `;
  const connectionId = String(connection?.["id"]);
  await sql`
    insert into crm_clients (
      company_id, connection_id, entity, remote_id, sync_data, remote_hash, remote_updated_at,
      seen_at
    )
    values (
      ${companyId}, ${connectionId}, 'contact', '7', ${sql.json({ name: "Аркадий Озёрный" })},
      'x', now(), now()
    )
    on conflict do nothing
  `;
  for (const { remoteId, title, estimateId, outcome, amount, clients } of deals) {
    const data = sql.json({
      title,
      pipelineId: "1",
      stageId: "NEW",
      outcome: outcome ?? "open",
      amount: amount ?? null,
      currency: "RUB",
      clients: clients ?? [],
    });
    await sql`
      insert into crm_deals (
        company_id, connection_id, remote_id, estimate_id, sync_data, remote_hash,
        remote_updated_at, seen_at
      )
      values (
        ${companyId}, ${connectionId}, ${remoteId}, ${estimateId ?? null}, ${data}, 'x', now(),
        now()
      )
    `;
  }
  await indexAll(stage, companyId);
}

/** One estimate with two versions, in which no text is shorter than it may be. */
export async function fillWithLongNames(work: TestWork, actor: Actor): Promise<string> {
  const long = (length: number) => "Длинноеназваниебезпробелов".repeat(40).slice(0, length);
  const client = await work.asActor(actor, ({ clients }) =>
    clients.create({
      name: long(200),
      kind: "organisation",
      phones: [{ raw: "8 912 345-67-89 доб. 1234567890", e164: "+79123456789" }],
      emails: [`${"a".repeat(60)}@${"b".repeat(60)}.ru`],
      inn: "6670123456",
      address: long(300),
      note: long(500),
    }),
  );
  const project = await work.asActor(actor, ({ projects }) =>
    projects.create({ title: long(200), address: long(300), clientId: client.id, note: long(500) }),
  );
  const { id } = await newEstimate(work, actor);
  await work.asActor(actor, ({ estimates }) =>
    estimates.change(id, {
      baseVersion: null,
      source: "miniapp",
      changes: [
        {
          id: newId(),
          type: "estimate.set",
          set: { title: long(200), projectId: project.id, clientId: client.id, note: long(500) },
        },
      ],
    }),
  );
  const line = {
    name: long(500),
    unit: "м²",
    quantity: 123_456_789_012n,
    price: kopecks(1_234_567_89n),
    kind: "work" as const,
  };
  await work.asActor(actor, ({ estimates }) =>
    estimates.addList(id, [{ title: long(200), kind: "work", lines: [line] }], { source: "bot" }),
  );
  const revision = await submit(work, actor, id, "manager");
  await work.asActor(actor, ({ agreement }) =>
    agreement.giveBack({ revisionId: revision.id }, { channel: "chat", reason: long(500) }),
  );
  await submit(work, actor, id, "manager");
  return id;
}

/** As the worker does it all the time. */
export async function indexAll(
  { work, people }: ManagerStage,
  companyId = people.owner.companyId,
): Promise<void> {
  await work.database.sql.begin(async (tx) => {
    while ((await indexSearch(tx, companyId, 200)) > 0);
  });
}

async function seedExchange({ work, people }: ManagerStage, estimateId: string): Promise<void> {
  const { sql } = work.database;
  const { companyId } = people.owner;
  const connectionId = newId();
  const { now } = work.clock;
  const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
  await sql`
    insert into crm_connections (company_id, id, kind, account, secrets, last_event_at)
    values (
      ${companyId}, ${connectionId}, 'bitrix24', 'remont.bitrix24.ru', ${Buffer.from("x")},
      ${ago(7)}
    )
  `;
  await sql`
    insert into crm_syncs (
      company_id, connection_id, clients, deals, state, started_at, finished_at, complete_at
    )
    values (
      ${companyId}, ${connectionId}, 1240, 318, 'done', ${ago(50)}, ${ago(48)}, ${ago(48)}
    )
  `;
  await sql`
    insert into crm_pushes (company_id, connection_id, estimate_id, state, revision, attempts, error)
    values (
      ${companyId}, ${connectionId}, ${estimateId}, 'failed', 1, 4,
      'Битрикс24 не нашёл воронку: её удалили'
    )
  `;
  for (let index = 0; index < 12; index += 1) {
    await sql`
      insert into integration_logs (
        company_id, id, connection_id, system, operation, status, error, duration_ms,
        request_bytes, response_bytes, correlation_id, created_at
      )
      values (
        ${companyId}, ${newId()}, ${connectionId}, 'bitrix24', 'crm.item.list',
        ${index === 3 ? 503 : 200}, ${index === 3 ? "сервер CRM не ответил" : null},
        ${120 + index * 31}, 240, ${18_000 + index * 900}, ${newId()}, ${ago(index * 11)}
      )
    `;
  }
  await sql`
    update telegram_notifications
    set status = 'sent', attempts = 1, delivered_at = created_at + interval '2 seconds'
    where company_id = ${companyId}
  `;
  await sql`
    update telegram_notifications
    set status = 'failed', attempts = 4, error = 'человек заблокировал бота', delivered_at = null
    where company_id = ${companyId} and kind = 'returned'
  `;
}
