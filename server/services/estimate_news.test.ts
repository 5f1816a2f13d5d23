import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Actor } from "../../domain/access.ts";
import type { Id } from "../../domain/ids.ts";
import { kopecks } from "../../domain/money.ts";
import { createTestWork, type TestWork } from "../testing.ts";
import { listAllTold, newPeople, submit, type TestPeople } from "./testing_agreement.ts";

let work: TestWork;
let people: TestPeople;

beforeAll(async () => {
  work = await createTestWork();
});

beforeEach(async () => {
  people = await newPeople(work);
});

afterAll(() => work.close());

async function create(actor: Actor): Promise<Id> {
  const card = await work.asActor(actor, ({ estimates }) =>
    estimates.create({ projectId: null, title: "Кухня" }),
  );
  return card.id;
}

function addLine(actor: Actor, id: Id, price: bigint) {
  const line = { name: "Стяжка", unit: "м²", quantity: 10_000_000n, kind: "work" as const };
  return work.asActor(actor, ({ estimates }) =>
    estimates.addList(
      id,
      [{ title: null, kind: "work", lines: [{ ...line, price: kopecks(price) }] }],
      { source: "bot" },
    ),
  );
}

async function told(): Promise<string[]> {
  const rows = await listAllTold(work, people.owner.companyId);
  return rows
    .map(({ kind, name, content }) => `${kind} ${name}: ${String(content["total"])}`)
    .toSorted();
}

/** As if the minute was over: what gathered was sent. */
async function sendGathered(): Promise<void> {
  await work.database.sql`
    update telegram_notifications set status = 'sent' where company_id = ${people.owner.companyId}
  `;
}

it("tells leaders of a new estimate with what came into it, once, and never the author", async () => {
  const id = await create(people.foreman);
  await addLine(people.foreman, id, 100_00n);
  await addLine(people.foreman, id, 50_00n);
  expect(await told()).toEqual([
    "created Ольга Владелица: 150.00",
    "created Пётр Начальник: 150.00",
  ]);
});

it("keeps the author of what was created when somebody else goes on", async () => {
  const id = await create(people.foreman);
  await addLine(people.manager, id, 100_00n);
  const rows = await listAllTold(work, people.owner.companyId);
  expect(rows.find(({ name }) => name === "Ольга Владелица")).toMatchObject({
    kind: "created",
    content: { byName: "Фёдор Прораб", total: "100.00" },
  });
});

it("gathers later changes into one message per person and estimate", async () => {
  const id = await create(people.foreman);
  const other = await create(people.foreman);
  await sendGathered();
  for (const price of [1n, 2n, 3n]) await addLine(people.foreman, id, price * 100n);
  await addLine(people.foreman, other, 700n);
  expect((await told()).filter((row) => row.startsWith("changed"))).toEqual([
    "changed Ольга Владелица: 6.00",
    "changed Ольга Владелица: 7.00",
    "changed Пётр Начальник: 6.00",
    "changed Пётр Начальник: 7.00",
  ]);
  const [row] = await work.database.sql`
    select count, not_before > clock_timestamp() as is_gathering
    from telegram_notifications
    where estimate_id = ${id} and kind = 'changed'
  `;
  expect(row).toEqual({ count: 3, is_gathering: true });
});

it("tells the foreman what others did with his estimate", async () => {
  const id = await create(people.foreman);
  await sendGathered();
  await addLine(people.manager, id, 100_00n);
  expect((await told()).filter((row) => row.startsWith("changed"))).toEqual([
    "changed Ольга Владелица: 100.00",
    "changed Фёдор Прораб: 100.00",
  ]);
});

it("tells of a copy once, with its sum", async () => {
  const id = await create(people.foreman);
  await addLine(people.foreman, id, 100_00n);
  await sendGathered();
  await work.asActor(people.foreman, ({ estimates }) => estimates.duplicate(id));
  const rows = await work.database.sql`
    select kind, count, content ->> 'total' as total
    from telegram_notifications
    where company_id = ${people.owner.companyId} and status = 'waiting'
  `;
  expect(rows).toEqual([
    { kind: "created", count: 1, total: "100.00" },
    { kind: "created", count: 1, total: "100.00" },
  ]);
});

it("lets what gathers go first when something else comes about the same estimate", async () => {
  const id = await create(people.foreman);
  const other = await create(people.foreman);
  await addLine(people.foreman, id, 100_00n);
  await submit(work, people.foreman, id);
  const rows = await work.database.sql`
    select kind, estimate_id = ${other} as is_other, not_before <= clock_timestamp() as is_due
    from telegram_notifications
    join telegram_users using (telegram_id)
    where company_id = ${people.owner.companyId} and user_id = ${people.owner.userId}
    order by id
  `;
  expect(rows).toEqual([
    { kind: "created", is_other: false, is_due: true },
    { kind: "created", is_other: true, is_due: false },
    { kind: "submitted", is_other: false, is_due: true },
  ]);
});

it("records nothing when the change is refused", async () => {
  const id = await create(people.foreman);
  await sendGathered();
  await expect(addLine(people.otherForeman, id, 100n)).rejects.toMatchObject({
    code: "not_found",
  });
  expect((await told()).filter((row) => row.startsWith("changed"))).toEqual([]);
});
