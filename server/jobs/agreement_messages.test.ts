import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createSendingApi } from "../../bot/outgoing.ts";
import { createSimulator, type Simulator } from "../../bot/simulator/simulator.ts";
import {
  demandNoSurprises,
  settleIn,
  startTestBot,
  TEST_TOKEN,
  TEST_USERNAME,
  type TestBot,
} from "../../bot/testing.ts";
import { tenantTransaction } from "../../db/transactions.ts";
import { insertQuestion } from "../../db/questions.ts";
import { createNotificationSending } from "../delivery.ts";
import { newId } from "../new_id.ts";
import { createNotify } from "../services/notify.ts";
import { createTestWork, type TestWork } from "../testing.ts";
import type { Handlers } from "./queues.ts";
import { startWorkers, type Workers } from "./job_workers.ts";
import { createTelegramNotify, type TelegramNotify } from "./telegram_notify.ts";

const log = pino({ level: "silent" });

let work: TestWork;
let simulator: Simulator;
let bot: TestBot;
let notify: TelegramNotify;
let workers: Workers;

beforeAll(async () => {
  work = await createTestWork();
  simulator = createSimulator({ token: TEST_TOKEN, botUsername: TEST_USERNAME });
  const { url: apiRoot } = await simulator.listen({ port: 0 });
  const { sql } = work.database;
  const api = createSendingApi({ token: TEST_TOKEN, apiRoot });
  notify = createTelegramNotify({
    sql,
    botId: Number(TEST_TOKEN.split(":")[0]),
    send: createNotificationSending({ api, sql, asActor: work.asActor }),
    log,
  });
  // Documents are another test's business: their jobs wait here.
  const idle = () => Promise.resolve();
  const handlers = {
    "telegram.notify": notify.handle,
    "document.render": idle,
    "catalogue.learn": idle,
  } as unknown as Handlers;
  workers = startWorkers({ sql, board: work.board, handlers, log });
  notify.start();
  bot = await startTestBot({ updates: work.updates, apiRoot });
  bot.poll();
});

afterAll(async () => {
  await simulator.settle();
  demandNoSurprises(simulator.calls);
  await bot.stop();
  await notify.stop();
  await workers.stop(5_000);
  await simulator.close();
  await work.close();
});

type Person = ReturnType<Simulator["person"]>;

/** An owner, and a foreman whose first estimate was sent to the owner. */
async function submitted(): Promise<{ owner: Person; foreman: Person }> {
  const owner = await settleIn(simulator.person({ firstName: "Пётр", lastName: "Главный" }));
  owner.command("team");
  await owner.waitFor((message) => owner.buttons(message).flat().length > 3);
  owner.press("➕ Пригласить прораба");
  const link = await owner.waitFor("Приглашение в команду");
  const foreman = simulator.person({ firstName: "Алексей" });
  foreman.start(/start=(join_[\w-]+)/.exec(link.text ?? "")?.[1] ?? "");
  await foreman.waitFor("роль: прораб");
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
  // The card is shown inside the update's transaction: its commit comes after it.
  await simulator.settle();
  return { owner, foreman };
}

it("brings the card to the manager, and his approval to the foreman", async () => {
  const { owner, foreman } = await submitted();
  const card = await owner.waitFor("Алексей просит утвердить смету СМ-2026-0001");
  expect(card.text).toContain("СМ-2026-0001 · на согласовании");
  expect(card.text).toContain("ИТОГО 9\u00a0000,00\u00a0₽");
  expect(owner.buttons(card)[0]).toEqual(["✅ Утвердить", "↩️ На доработку"]);
  owner.press("✅ Утвердить", { message: card });
  const told = await foreman.waitFor("✅ Смета СМ-2026-0001 утверждена!");
  expect(told.text).toContain("Утвердил руководитель: Пётр Главный, 22.11.2026");
});

it("brings the reason to the foreman", async () => {
  const { owner, foreman } = await submitted();
  const card = await owner.waitFor("просит утвердить");
  owner.press("↩️ На доработку", { message: card });
  await owner.waitFor("Что исправить в смете");
  owner.sendText("Дорого, снизьте цену");
  const told = await foreman.waitFor("↩️ Смета СМ-2026-0001 на доработке: Дорого, снизьте цену");
  expect(told.text).toContain("Пётр Главный");
});

it("takes a reply to the client's question for its answer, whatever else is open", async () => {
  const { foreman } = await submitted();
  const [row] = await work.database.sql`
    select revisions.company_id, revisions.id, revisions.estimate_id, submitted_by
    from estimate_revisions as revisions
    join telegram_users on telegram_users.user_id = revisions.submitted_by
    where telegram_users.telegram_id = ${foreman.id}
  `;
  const companyId = String(row?.["company_id"]);
  const questionId = newId();
  await tenantTransaction(work.database.sql, companyId, async (tx) => {
    const question = {
      id: questionId,
      revisionId: String(row?.["id"]),
      line: null,
      text: "А грунтовка входит?",
      authorName: "Ирина",
      askedAt: new Date(),
    };
    await insertQuestion(tx, companyId, question);
    const enqueue = work.board.enqueueIn(tx, () => undefined);
    const tell = createNotify({ tx, companyId, now: new Date(), newId, enqueue });
    await tell(
      "question",
      {
        estimateId: String(row?.["estimate_id"]),
        revisionId: String(row?.["id"]),
        revision: 1,
        number: "СМ-2026-0001",
        title: "",
        total: "9000.00",
        questionId,
        byName: "Ирина",
        lineName: null,
        text: "А грунтовка входит?",
      },
      { to: { userIds: [String(row?.["submitted_by"])] }, by: null },
    );
  });
  const asked = await foreman.waitFor("А грунтовка входит?");
  foreman.command("new");
  await foreman.waitFor("Для какого объекта смета?");
  foreman.sendText("Да, в два слоя", { replyTo: asked });
  await foreman.waitFor("Ответ записан");
  await simulator.settle();
  const [answered] = await work.database.sql`select answer from questions where id = ${questionId}`;
  expect(answered?.["answer"]).toBe("Да, в два слоя");
  foreman.sendText("Ленина 5");
  await foreman.waitFor("Кто заказчик?");
});
