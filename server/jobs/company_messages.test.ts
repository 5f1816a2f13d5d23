import { afterAll, beforeAll, expect, it } from "vitest";
import type { Simulator } from "../../bot/simulator/simulator.ts";
import { settleIn } from "../../bot/testing.ts";
import { newId } from "../new_id.ts";
import { startTestChat, type TestChat } from "./testing_chat.ts";

type Person = ReturnType<Simulator["person"]>;

let chat: TestChat;
let isPaperOut = true;
const rendered: object[] = [];

beforeAll(async () => {
  chat = await startTestChat({
    "document.render": async (payload) => {
      if (isPaperOut) throw new Error("out of paper");
      rendered.push(payload);
    },
  });
});

afterAll(() => chat.close());

async function inviteBy(owner: Person, label: string): Promise<string> {
  owner.command("team");
  await owner.waitFor((message) => owner.buttons(message).flat().includes(label));
  owner.press(label);
  const link = await owner.waitFor("Приглашение в команду");
  return /start=(join_[\w-]+)/.exec(link.text ?? "")?.[1] ?? "";
}

/** A person who owns a company and leads another one, whose foreman is here, too. */
async function leaderOfTwo(): Promise<{ leader: Person; foreman: Person }> {
  const { simulator } = chat;
  const owner = await settleIn(simulator.person({ firstName: "Ольга" }));
  const leader = await settleIn(simulator.person({ firstName: "Пётр" }));
  leader.start(await inviteBy(owner, "➕ Пригласить руководителя"));
  await leader.waitFor("роль: руководитель");
  const foreman = simulator.person({ firstName: "Алексей" });
  foreman.start(await inviteBy(owner, "➕ Пригласить прораба"));
  await foreman.waitFor("роль: прораб");
  return { leader, foreman };
}

async function switchTo(person: Person, company: string): Promise<void> {
  person.command("settings");
  await person.waitFor("Настройки");
  person.press("🔀 Другая компания");
  const list = await person.waitFor("С какой компанией работаем?");
  const label = person
    .buttons(list)
    .flat()
    .find((text) => text.includes(company));
  person.press(label ?? "", { message: list });
  await person.waitFor(`Теперь вы работаете с компанией «Бригада: ${company}»`);
  await chat.simulator.settle();
}

async function submit(foreman: Person): Promise<void> {
  foreman.command("new");
  await foreman.waitFor("Для какого объекта смета?");
  foreman.press("Без объекта");
  await foreman.waitFor("Пришлите работы");
  foreman.sendText("Стяжка 10 м2 900");
  await foreman.waitFor("Понятно");
  foreman.press(foreman.buttons().flat()[0] ?? "");
  await foreman.waitFor(/СМ-\d{4}-\d{4} · черновик/);
  foreman.press("📤 На согласование");
  await foreman.waitFor("⚠️ Не указан заказчик.");
  foreman.press("Всё равно отправить");
  await foreman.waitFor("Кому отправить смету");
  foreman.press("Руководителю");
  await foreman.waitFor("· на согласовании");
  await chat.simulator.settle();
}

async function untilSentTo(person: Person): Promise<void> {
  const countWaiting = async () => {
    const [row] = await chat.work.database.sql`
      select count(*)::int as count
      from telegram_notifications
      where telegram_id = ${person.id} and kind = 'submitted' and status = 'waiting'
    `;
    return row?.["count"];
  };
  await expect.poll(countWaiting, { timeout: 20_000 }).toBe(0);
}

it("names the company to a person of two, and its buttons work there", async () => {
  const { leader, foreman } = await leaderOfTwo();
  await switchTo(leader, "Пётр");
  leader.command("settings");
  await leader.waitFor("Настройки");
  await submit(foreman);
  const card = await leader.waitFor("просит утвердить смету");
  expect(card.text).toMatch(/^🏢 Бригада: Ольга\n/);
  await untilSentTo(leader);
  leader.press("✅ Утвердить", { message: card });
  await leader.waitFor("Теперь вы работаете с компанией «Бригада: Ольга»");
  const told = await foreman.waitFor(/Смета СМ-\d{4}-\d{4} утверждена!/);
  // Whoever has one company knows which one it is.
  expect(told.text).not.toContain("🏢");
});

it("leaves nothing of a removed person's screen that works", async () => {
  const { leader, foreman } = await leaderOfTwo();
  await submit(foreman);
  const card = await leader.waitFor("просит утвердить смету");
  await untilSentTo(leader);
  const { sql } = chat.work.database;
  const [row] = await sql`
    select memberships.company_id, memberships.user_id
    from memberships
    join telegram_users on telegram_users.user_id = memberships.user_id
    where telegram_users.telegram_id = ${leader.id} and memberships.role = 'manager'
  `;
  const companyId = String(row?.["company_id"]);
  const [owner] = await sql`
    select user_id from memberships where company_id = ${companyId} and role = 'owner'
  `;
  const actor = { companyId, userId: String(owner?.["user_id"]), role: "owner" } as const;
  leader.press("↩️ На доработку", { message: card });
  await leader.waitFor("Что исправить в смете");
  await chat.simulator.settle();
  await chat.work.asActor(actor, ({ team }) => team.remove(String(row?.["user_id"])));
  // The open question, and then the buttons: they are of a company that is none of theirs any more.
  leader.sendText("Дорого");
  await chat.simulator.settle();
  leader.press("✅ Утвердить", { message: card });
  await chat.simulator.settle();
  const [estimate] = await sql`
    select status from estimates where company_id = ${companyId}
  `;
  expect(estimate?.["status"]).toBe("submitted");
});

it("brings work that died to its owner, whose «Повторить» runs it again once", async () => {
  const owner = await settleIn(chat.simulator.person({ firstName: "Мария" }));
  await chat.simulator.settle();
  const [row] = await chat.work.database.sql`
    select active_company_id from telegram_users where telegram_id = ${owner.id}
  `;
  const payload = { companyId: String(row?.["active_company_id"]), documentId: newId() };
  await chat.work.board.boss.send("document.render", payload, { retryLimit: 0 });
  const told = await owner.waitFor("Не получилось: подготовка документа");
  isPaperOut = false;
  const first = await owner.press("Повторить", { message: told }).answer();
  expect(first.text).toContain("Запустили ещё раз.");
  await expect.poll(() => rendered, { timeout: 20_000 }).toEqual([payload]);
});
