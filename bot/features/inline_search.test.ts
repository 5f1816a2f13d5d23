import type { InlineKeyboardMarkup } from "grammy/types";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../../server/new_id.ts";
import { createTestWork, type TestWork } from "../../server/testing.ts";
import { createSimulator, type Simulator } from "../simulator/simulator.ts";
import {
  demandNoSurprises,
  flat,
  settleIn,
  startTestBot,
  TEST_TOKEN,
  TEST_USERNAME,
  type TestBot,
} from "../testing.ts";

let work: TestWork;
let simulator: Simulator;
let bot: TestBot;

beforeAll(async () => {
  work = await createTestWork();
  simulator = createSimulator({ token: TEST_TOKEN, botUsername: TEST_USERNAME });
  const { url } = await simulator.listen({ port: 0 });
  bot = await startTestBot({ updates: work.updates, apiRoot: url });
  bot.poll();
});

afterAll(async () => {
  await simulator.settle();
  demandNoSurprises(simulator.calls);
  await bot.stop();
  await simulator.close();
  await work.close();
});

async function foremanWithEstimate() {
  const foreman = await settleIn(simulator.person({ firstName: "Алексей" }));
  foreman.press("👥 Клиенты");
  await foreman.waitFor("Клиентов пока нет");
  foreman.press("➕ Новый клиент");
  await foreman.waitFor("Кто это?");
  foreman.sendText("Пётр Сидоров, тел. 8(912)345-67-89");
  await foreman.waitFor("📞 +7 912 345 67 89");
  foreman.sendText("Укладка плитки 22 м2 2200\nШтукатурка стен 10 м2 500");
  await foreman.waitFor("Создать смету из этого?");
  foreman.press("✅ Создать смету");
  await foreman.waitFor("Для какого объекта смета?");
  foreman.press("Без объекта");
  await foreman.waitFor("Понятно: 2 строки");
  foreman.press("✅ Добавить 2 строки");
  await foreman.waitFor(/СМ-\d{4}-0001 · черновик/);
  return foreman;
}

/** A member with a client, an object of his and an estimate of it. */
async function foremanWithObject() {
  const foreman = await foremanWithEstimate();
  const { companyId } = await actorOf(foreman.id);
  await work.database.sql.begin(async (tx) => {
    const [client] = await tx`select id from clients where company_id = ${companyId}`;
    const projectId = newId();
    await tx`
      insert into projects (company_id, id, title, address, client_id)
      values (
        ${companyId}, ${projectId}, 'Дача', 'Лесная 7', ${String(client?.["id"])}
      )
    `;
    await tx`
      update estimates set project_id = ${projectId}, client_id = ${String(client?.["id"])}
      where company_id = ${companyId}
    `;
  });
  return foreman;
}

async function actorOf(telegramId: number): Promise<{ companyId: string }> {
  const [row] = await work.database.sql`
    select active_company_id as id from telegram_users where telegram_id = ${telegramId}
  `;
  return { companyId: String(row?.["id"]) };
}

type Foreman = Awaited<ReturnType<typeof foremanWithEstimate>>;

/** Types «@бот words» and sends the first result that fits into a chat; the message there. */
async function choose(foreman: Foreman, words: string, fits: RegExp, chatKey: string) {
  const query = foreman.typeInline(words);
  const results = await query.results();
  const chosen = results.find((result) => "title" in result && fits.test(result.title ?? ""));
  if (!chosen) throw new Error(`nothing like ${String(fits)} in ${JSON.stringify(results)}`);
  foreman.chooseResult(query.id, chosen.id, chatKey);
  return foreman.waitFor((message) => message.via_bot !== undefined, { chatKey });
}

function linkOf(message: { reply_markup?: InlineKeyboardMarkup }): string {
  const [button] = message.reply_markup?.inline_keyboard[0] ?? [];
  return button && "url" in button ? button.url : "";
}

/** Presses the link under the message as a person's Telegram does. */
function follow(person: Foreman, link: string): void {
  expect(link).toMatch(new RegExp(`^https://t\\.me/${TEST_USERNAME}\\?start=[ecp]_[\\w-]{22}$`));
  person.start(link.split("start=")[1] ?? "");
}

describe("«@бот слово»", () => {
  it("offers a member what he may see, and nobody else anything", async () => {
    const foreman = await foremanWithEstimate();
    const query = foreman.typeInline("Седоров");
    const results = await query.results();
    expect(results).toMatchObject([{ title: expect.stringContaining("Пётр Сидоров") }]);
    expect(await foreman.typeInline("плитки").results()).toHaveLength(1);
    expect(await foreman.typeInline("").results()).toHaveLength(1);
    const stranger = simulator.person({ firstName: "Чужой" });
    expect(await stranger.typeInline("Сидоров").results()).toEqual([]);
    const answer = simulator.calls.all().findLast(({ method }) => method === "answerInlineQuery");
    expect(answer?.parameters).toMatchObject({ cache_time: 0, is_personal: true });
  });

  it("shows in another chat the estimate without people, and opens its card for members", async () => {
    const foreman = await foremanWithObject();
    const friend = simulator.person({ firstName: "Друг" });
    const chatKey = foreman.chatWith(friend.id);
    const sent = await choose(foreman, "плитки", /СМ-\d{4}-0001/, chatKey);
    expect(flat(sent)).toBe(`${sent.text?.split("\n")[0]}\nДача\nчерновик, 53 400,00 ₽`);
    expect(sent.text).toMatch(/^СМ-\d{4}-0001\n/);
    expect(sent.reply_markup?.inline_keyboard).toMatchObject([[{ text: "Открыть в Смётке" }]]);

    follow(foreman, linkOf(sent));
    expect(flat(await foreman.waitFor(/СМ-\d{4}-0001 · черновик/))).toContain("ИТОГО 53 400,00 ₽");
    // Whoever is of no company is asked for one; of another one, is told that there is nothing.
    follow(friend, linkOf(sent));
    await friend.waitFor("Как называется");
    const stranger = await settleIn(simulator.person({ firstName: "Чужой" }));
    follow(stranger, linkOf(sent));
    const refused = await stranger.waitFor(/нет|не найден/i);
    expect(flat(refused)).not.toMatch(/Дача|Сидоров|53 400/);
  });

  it("names a client or an object, keeps the phone and the address, and opens the card", async () => {
    const foreman = await foremanWithObject();
    const friend = simulator.person({ firstName: "Друг" });
    const chatKey = foreman.chatWith(friend.id);
    const client = await choose(foreman, "Сидоров", /👤/, chatKey);
    expect(client.text).toBe("Пётр Сидоров");
    follow(foreman, linkOf(client));
    await foreman.waitFor("📞 +7 912 345 67 89");
    const project = await choose(foreman, "Лесная", /🏗/, chatKey);
    expect(project.text).toBe("Дача");
    follow(foreman, linkOf(project));
    expect(flat(await foreman.waitFor("Лесная 7"))).toContain("Дача");
    const stranger = await settleIn(simulator.person({ firstName: "Чужой" }));
    for (const link of [linkOf(client), linkOf(project)]) {
      follow(stranger, link);
      const refused = await stranger.waitFor(/нет|не найден/i);
      expect(flat(refused)).not.toMatch(/Дача|Сидоров|345|Лесная/);
    }
  });

  it("opens the card at once in the chat with the bot, and is no answer to a question", async () => {
    const foreman = await foremanWithObject();
    foreman.press("👥 Клиенты");
    await foreman.waitFor("Чтобы найти");
    foreman.press("➕ Новый клиент");
    await foreman.waitFor("Кто это?");
    const own = await choose(foreman, "плитки", /СМ-\d{4}-0001/, `bot:${foreman.id}`);
    const card = await foreman.waitFor(/СМ-\d{4}-0001 · черновик/);
    expect(card.message_id).toBeGreaterThan(own.message_id);
    await simulator.settle();
    const { companyId } = await actorOf(foreman.id);
    const [row] = await work.database.sql`
      select
        (select count(*)::int from clients where company_id = ${companyId}) as clients,
        (select count(*)::int from estimates where company_id = ${companyId}) as estimates
    `;
    expect(row).toEqual({ clients: 1, estimates: 1 });
  });

  it("says nothing of its own in a group about what a member sends there", async () => {
    const foreman = await foremanWithObject();
    const group = simulator.group({ title: "Бригада", members: [foreman] });
    group.addBot(foreman);
    await simulator.settle();
    // As if it were a command.
    const { companyId } = await actorOf(foreman.id);
    await work.database.sql`update projects set title = '/дача' where company_id = ${companyId}`;
    const before = simulator.calls.all().filter(({ method }) => method === "sendMessage").length;
    const sent = await choose(foreman, "Лесная", /🏗/, group.chatKey);
    expect(sent.text).toBe("/дача");
    await simulator.settle();
    const after = simulator.calls.all().filter(({ method }) => method === "sendMessage").length;
    expect(after).toBe(before);
  });
});
