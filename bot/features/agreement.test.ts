import { afterAll, beforeAll, describe, expect, it } from "vitest";
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
  const publicUrl = "https://smetka.example";
  bot = await startTestBot({ updates: work.updates, apiRoot: url, publicUrl });
  bot.poll();
});

afterAll(async () => {
  await simulator.settle();
  demandNoSurprises(simulator.calls);
  await bot.stop();
  await simulator.close();
  await work.close();
});

type Person = ReturnType<Simulator["person"]>;

/** An owner and a foreman of one company; the foreman came by an invitation. */
async function newTeam(): Promise<{ owner: Person; foreman: Person }> {
  const owner = await settleIn(simulator.person({ firstName: "Пётр", lastName: "Главный" }));
  const foreman = simulator.person({ firstName: "Алексей" });
  foreman.start(await inviteBy(owner, "➕ Пригласить прораба"));
  await foreman.waitFor("роль: прораб");
  return { owner, foreman };
}

async function inviteBy(owner: Person, label: string): Promise<string> {
  owner.press("⚙️ Настройки");
  await owner.waitFor("Настройки");
  owner.press("👷 Команда");
  await owner.waitFor((message) => owner.buttons(message).flat().includes(label));
  owner.press(label);
  const link = await owner.waitFor("Приглашение в команду");
  return /start=(join_[\w-]+)/.exec(link.text ?? "")?.[1] ?? "";
}

/** The card of a new estimate is the last thing on the screen. */
async function addEstimate(foreman: Person, list = "Стяжка 10 м2 900"): Promise<void> {
  foreman.command("new");
  await foreman.waitFor("Для какого объекта смета?");
  foreman.press("Без объекта");
  await foreman.waitFor("Пришлите работы");
  foreman.sendText(list);
  await foreman.waitFor("Понятно");
  foreman.press(foreman.buttons().flat()[0] ?? "");
  await foreman.waitFor(/СМ-\d{4}-\d{4} · черновик/);
}

async function submit(foreman: Person, whom: "Руководителю" | "Заказчику"): Promise<void> {
  foreman.press("📤 На согласование");
  await foreman.waitFor("⚠️ Не указан заказчик.");
  foreman.press("Всё равно отправить");
  await foreman.waitFor("Кому отправить смету");
  foreman.press(whom);
  await foreman.waitFor("на согласовании");
}

/** Finds the newest estimate in the list: no message brings it in these tests. */
async function openNewest(owner: Person): Promise<void> {
  owner.command("estimates");
  const list = await owner.waitFor("Сметы");
  owner.press(owner.buttons(list)[0]?.[0] ?? "");
  await owner.waitFor((message) => owner.buttons(message).flat().includes("⋯ Ещё"));
}

async function countNotes(owner: Person, kind: string): Promise<number> {
  await simulator.settle();
  const [row] = await work.database.sql`
    select count(*)::int as count
    from telegram_notifications
    join telegram_users on active_company_id = telegram_notifications.company_id
    where telegram_users.telegram_id = ${owner.id} and kind = ${kind}
  `;
  return Number(row?.["count"]);
}

describe("«📤 На согласование»", () => {
  it("stops at what must be mended and names the line", async () => {
    const { foreman } = await newTeam();
    await addEstimate(foreman, "Стяжка 10 м2 900\nШтукатурка 5 м2");
    foreman.press("📤 На согласование");
    const problems = await foreman.waitFor("пока отправить нельзя");
    expect(problems.text).toContain("⛔ «Штукатурка»: нет цены.");
    expect(foreman.buttons(problems).flat()).not.toContain("Всё равно отправить");
  });

  it("goes to the manager, is approved by him and is frozen", async () => {
    const { owner, foreman } = await newTeam();
    await addEstimate(foreman);
    await submit(foreman, "Руководителю");
    expect(foreman.buttons().flat()).toEqual(
      expect.arrayContaining(["⏪ Отозвать", "🔁 Новая версия"]),
    );
    expect(foreman.buttons().flat()).not.toContain("✅ Утвердить");
    expect(await countNotes(owner, "submitted")).toBe(1);
    await openNewest(owner);
    const press = owner.press("✅ Утвердить");
    expect((await press.answer()).text).toBe("Смета СМ-2026-0001 утверждена.");
    const card = await owner.waitFor("· утверждена");
    expect(card.text).toContain("версия 1 · утверждена: Пётр Главный, 22.11.2026");
    expect(owner.buttons(card).flat()).toContain("🔁 Новая версия");
    expect(owner.buttons(card).flat()).not.toContain("➕ Строки");
    expect(await countNotes(owner, "approved")).toBe(1);
  });

  it("tells the second of two deciders what the first one did", async () => {
    const { owner, foreman } = await newTeam();
    const manager = simulator.person({ firstName: "Мария" });
    manager.start(await inviteBy(owner, "➕ Пригласить руководителя"));
    await manager.waitFor("роль: руководитель");
    await addEstimate(foreman);
    await submit(foreman, "Руководителю");
    await openNewest(owner);
    await openNewest(manager);
    await owner.press("✅ Утвердить").answer();
    const late = await manager.press("↩️ На доработку").answer();
    expect(late.text).toContain("версия 1 · утверждена: Пётр Главный");
    await manager.waitFor("· утверждена");
  });

  it("goes back with a reason, and the foreman edits again", async () => {
    const { owner, foreman } = await newTeam();
    await addEstimate(foreman);
    await submit(foreman, "Руководителю");
    await openNewest(owner);
    owner.press("↩️ На доработку");
    await owner.waitFor("Что исправить в смете СМ-2026-0001?");
    owner.sendPhoto();
    await owner.waitFor("А я жду причину текстом");
    owner.sendText("Дорого, снизьте цену");
    await owner.waitFor("вернулась на доработку");
    expect(await countNotes(owner, "returned")).toBe(1);
    await openNewest(foreman);
    expect(foreman.buttons().flat()).toContain("➕ Строки");
  });

  it("gives the client a link, as a button of Telegram and as a plain address", async () => {
    const { foreman } = await newTeam();
    await addEstimate(foreman);
    await submit(foreman, "Заказчику");
    const link = await foreman.waitFor("Ссылка на смету");
    const address = /https:\/\/smetka\.example\/s\/[\w-]+/.exec(link.text ?? "")?.[0] ?? "";
    const [share] = link.reply_markup?.inline_keyboard[0] ?? [];
    const url = share && "url" in share ? new URL(share.url) : null;
    expect(url?.origin).toBe("https://t.me");
    expect(url?.searchParams.get("url")).toBe(address);
    foreman.press("🚫 Отозвать ссылку");
    await foreman.waitFor("Ссылка отозвана");
  });

  it("opens the next version and compares it with the one before", async () => {
    const { foreman } = await newTeam();
    await addEstimate(foreman);
    await submit(foreman, "Руководителю");
    const revise = foreman.press("🔁 Новая версия");
    expect((await revise.answer()).text).toContain("Открыта версия 2");
    await foreman.waitFor("· черновик");
    foreman.press("➕ Строки");
    await foreman.waitFor((message) => foreman.buttons(message).flat().includes("✖️ Отмена"));
    foreman.sendText("Грунтовка 10 м2 50");
    await foreman.waitFor("Понятно");
    foreman.press(foreman.buttons().flat()[0] ?? "");
    await foreman.waitFor("ИТОГО 9\u00a0500,00");
    foreman.press("⋯ Ещё");
    await foreman.waitFor((message) => foreman.buttons(message).flat().includes("🕘 История"));
    foreman.press("🕘 История");
    const history = await foreman.waitFor("Версии");
    expect(history.text).toContain("версия 1 · заменена: Алексей");
    foreman.press("🔍 Версия 1 → сейчас");
    const comparison = flat(await foreman.waitFor("Добавлено"));
    expect(comparison).toContain("было 9 000,00 ₽ → стало 9 500,00 ₽ (+500,00 ₽)");
    expect(comparison).toContain("+ Грунтовка: 500,00 ₽");
  });
});

describe("«👷 Команда»", () => {
  it("changes roles, removes people and is not for foremen", async () => {
    const { owner, foreman } = await newTeam();
    expect(owner.commands().map(({ command }) => command)).toContain("team");
    expect(foreman.commands().map(({ command }) => command)).not.toContain("team");
    foreman.press("⚙️ Настройки");
    const settings = await foreman.waitFor("Настройки");
    expect(foreman.buttons(settings).flat()).not.toContain("👷 Команда");
    owner.command("team");
    await owner.waitFor("• Алексей · прораб");
    owner.press("Алексей · прораб");
    await owner.waitFor("Роль: прораб");
    owner.press("Сделать: руководитель");
    await owner.waitFor("Роль: руководитель");
    foreman.command("team");
    await foreman.waitFor("• Пётр Главный · владелец");
    expect(foreman.commands().map(({ command }) => command)).toContain("team");
    owner.press("🗑 Удалить из команды");
    await owner.waitFor("Доступ пропадёт сразу");
    owner.press("Да, удалить");
    await owner.waitFor("Команда");
    foreman.command("estimates");
    await foreman.waitFor("Как называется ваша компания");
  });

  it("keeps its last owner", async () => {
    const { owner } = await newTeam();
    owner.command("team");
    await owner.waitFor("Команда");
    owner.press("🚪 Выйти из команды");
    await owner.waitFor("Выйти из команды?");
    expect((await owner.press("Да, выйти").answer()).text).toContain("последний владелец");
  });

  it("says why an invitation does not work", async () => {
    const owner = await settleIn(simulator.person({ firstName: "Пётр" }));
    const payload = await inviteBy(owner, "➕ Пригласить прораба");
    const first = simulator.person({ firstName: "Первый" });
    first.start(payload);
    await first.waitFor("роль: прораб");
    const second = simulator.person({ firstName: "Второй" });
    second.start(payload);
    await second.waitFor("Это приглашение уже использовано");
    second.start("join_nonsense");
    const refused = await second.waitFor("Это приглашение недействительно");
    expect(refused.text).toContain("Попросите новую у того, кто вас пригласил");
  });

  it("lets a person of two companies switch between them", async () => {
    const { owner } = await newTeam();
    const guest = await settleIn(simulator.person({ firstName: "Гость" }));
    await addEstimate(guest);
    guest.start(await inviteBy(owner, "➕ Пригласить прораба"));
    await guest.waitFor("роль: прораб");
    guest.command("estimates");
    await guest.waitFor("Смет пока нет");
    guest.command("settings");
    await guest.waitFor("Настройки");
    guest.press("🔀 Другая компания");
    await guest.waitFor("С какой компанией работаем?");
    guest.press("Бригада: Гость · владелец");
    await guest.waitFor("Теперь вы работаете с компанией «Бригада: Гость».");
    guest.command("estimates");
    const list = await guest.waitFor("Сметы");
    expect(guest.buttons(list)[0]?.[0]).toContain("СМ-2026-0001");
  });
});
