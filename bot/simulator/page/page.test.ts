import axe from "axe-core";
import { Bot, InlineKeyboard, InputFile, Keyboard, type Context } from "grammy";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, BrowserContext, FrameLocator, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { launchBrowser } from "../browser.ts";
import { demoPeople } from "../people.ts";
import { createSimulator, type Simulator } from "../simulator.ts";
import { testToken } from "../testing.ts";

const { foreman, manager, client } = demoPeople;

let browser: Browser;
let appServer: Server;
let appUrl: string;
let simulator: Simulator;
let bot: Bot;
let context: BrowserContext;
let page: Page;
let url: string;

/** A Mini App that shows its launch data and every event, and asks before it is closed. */
const appPage = `<!doctype html><meta charset="utf-8"><h1>Редактор</h1><p id="data"></p><ul></ul><script>
  const post = (eventType, eventData = {}) =>
    parent.postMessage(JSON.stringify({ eventType, eventData }), "*");
  document.querySelector("#data").textContent = new URLSearchParams(location.hash.slice(1)).get("tgWebAppData");
  addEventListener("message", ({ data }) => {
    const { eventType, eventData } = JSON.parse(data);
    const item = document.createElement("li");
    item.textContent = eventType + " " + JSON.stringify(eventData);
    document.querySelector("ul").append(item);
    if (eventType === "main_button_pressed") {
      post("web_app_open_popup", { title: "Сохранить?", message: "Смета изменится", buttons: [
        { id: "yes", type: "default", text: "Да" }, { id: "no", type: "cancel" }] });
    }
    if (eventType === "popup_closed" && eventData.button_id === "yes") {
      post("web_app_setup_closing_behavior", { need_confirmation: false });
      post("web_app_setup_main_button", { is_visible: true, text: "Сохранено", is_active: false });
    }
  });
  post("iframe_ready"); post("web_app_ready"); post("web_app_expand");
  post("web_app_request_theme"); post("web_app_request_safe_area");
  post("web_app_setup_closing_behavior", { need_confirmation: true });
  post("web_app_setup_main_button", { is_visible: true, text: "Сохранить", color: "#1f78d1", text_color: "#ffffff" });
</script>`;

beforeAll(async () => {
  browser = await launchBrowser();
  appServer = createServer((_request, response) => {
    response.setHeader("content-type", "text/html");
    response.end(appPage);
  });
  await new Promise<void>((resolve) => void appServer.listen(0, "127.0.0.1", resolve));
  appUrl = `http://127.0.0.1:${(appServer.address() as AddressInfo).port}/`;
});

afterAll(async () => {
  await browser.close();
  appServer.close();
});

beforeEach(async () => {
  simulator = createSimulator({
    token: testToken,
    botUsername: "smetka_bot",
    botName: "Смётка",
    allowInsecureMiniApp: true,
  });
  ({ url } = await simulator.listen({ port: 0 }));
  bot = new Bot(testToken, { client: { apiRoot: url } });
  addHandlers(bot);
  await bot.api.setMyCommands([{ command: "new", description: "Новая смета" }]);
  void bot.start();
  context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
  page = await context.newPage();
  page.setDefaultTimeout(10_000);
  await page.goto(url);
});

afterEach(async () => {
  await context.close();
  await bot.stop();
  await simulator.close();
});

function addHandlers(bot: Bot): void {
  const menu = new Keyboard().text("➕ Новая смета").requestContact("Телефон").persistent();
  const card = () =>
    new InlineKeyboard()
      .webApp("✏️ Открыть", appUrl)
      .text("📄 PDF", "pdf")
      .row()
      .text("Изменить", "edit")
      .text("Удалить", "alert");
  bot.command("start", async (context: Context & { match?: unknown }) => {
    await context.reply(`Здравствуйте! ${String(context.match)}`.trim(), { reply_markup: menu });
  });
  bot.hears("➕ Новая смета", (context) =>
    context.reply("<b>СМ-2026-0001</b> · <tg-spoiler>черновик</tg-spoiler>", {
      parse_mode: "HTML",
      reply_markup: card(),
    }),
  );
  bot.callbackQuery("pdf", async (context) => {
    await context.answerCallbackQuery("Готовлю PDF");
    await context.replyWithDocument(new InputFile(Buffer.from("%PDF-1.7"), "Смета № 1.pdf"));
  });
  bot.callbackQuery("edit", async (context) => {
    await context.answerCallbackQuery();
    await context.editMessageText("СМ-2026-0001 · утверждена");
  });
  bot.callbackQuery("alert", (context) =>
    context.answerCallbackQuery({ text: "Смета утверждена", show_alert: true }),
  );
  bot.on("inline_query", (context) =>
    context.answerInlineQuery([
      {
        type: "article",
        id: "1",
        title: "СМ-2026-0001",
        input_message_content: { message_text: "Смета для вас: https://t.me/smetka_bot?start=e_1" },
      },
    ]),
  );
  bot.on("message:document", (context) =>
    context.reply(`Файл ${context.message.document.file_name}`),
  );
  bot.on("message:contact", (context) =>
    context.reply(`Номер ${context.message.contact.phone_number}`),
  );
  bot.on("message:voice", (context) => context.reply("Напишите текстом"));
  bot.on("message:text", (context) => context.reply(`Вы написали: ${context.message.text}`));
}

const phoneOf = (person: { id: number }) => page.locator(`[data-person="${person.id}"]`);
const button = (phone: Locator, name: string) => phone.getByRole("button", { name, exact: true });
const log = (phone: Locator) => phone.getByRole("log");

/** Waits until the text is in the chat; throws after the page's time limit. */
async function shows(phone: Locator, text: string | RegExp): Promise<boolean> {
  await log(phone).getByText(text).first().waitFor();
  return true;
}

async function write(phone: Locator, text: string) {
  await phone.getByRole("textbox", { name: "Сообщение" }).fill(text);
  await button(phone, "Отправить").click();
}

async function openCard(phone: Locator) {
  await button(phone, "Запустить").click();
  await button(phone, "➕ Новая смета").click();
  await button(phone, "📄 PDF").waitFor();
}

test("a newcomer starts the bot, presses its buttons, writes and gets a file", async () => {
  const phone = phoneOf(foreman);
  await openCard(phone);
  await button(phone, "📄 PDF").click();
  await phone.getByRole("status").getByText("Готовлю PDF").waitFor();
  const file = phone.getByRole("link", { name: /Смета № 1\.pdf/ });
  expect(await file.getAttribute("target")).toBe("_blank");
  const response = await page.request.get(`${url}/${await file.getAttribute("href")}`);
  expect(response.headers()["content-disposition"]).toMatch(/^inline;/);
  expect(await response.text()).toBe("%PDF-1.7");

  await write(phone, "Штукатурка <b>120</b> м2");
  expect(await shows(phone, "Вы написали: Штукатурка <b>120</b> м2")).toBe(true);
  expect(simulator.calls.unknown()).toEqual([]);
});

test("an edit changes the bubble in its place and drops the keyboard", async () => {
  const phone = phoneOf(foreman);
  await openCard(phone);
  await button(phone, "Изменить").click();
  expect(await shows(phone, "СМ-2026-0001 · утверждена")).toBe(true);
  await log(phone)
    .getByText(/изменено/)
    .waitFor();
  expect(await button(phone, "Изменить").count()).toBe(0);
});

test("an alert must be closed, a spoiler opens on a press", async () => {
  const phone = phoneOf(foreman);
  await openCard(phone);
  await button(phone, "Скрытый текст").click();
  expect(await button(phone, "черновик").count()).toBe(1);
  await button(phone, "Удалить").click();
  const alert = phone.getByRole("alertdialog");
  await alert.getByText("Смета утверждена").waitFor();
  await button(alert, "ОК").click();
  expect(await alert.count()).toBe(0);
});

test("a file from this computer, a contact and a voice message reach the bot", async () => {
  const phone = phoneOf(foreman);
  await openCard(phone);
  await button(phone, "Прикрепить").click();
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    button(phone, "Файл").click(),
  ]);
  await chooser.setFiles({ name: "прайс.csv", mimeType: "text/csv", buffer: Buffer.from("a;1") });
  await phone.getByLabel("Подпись").fill("наш прайс");
  await button(phone.getByRole("alertdialog"), "Отправить").click();
  expect(await shows(phone, "Файл прайс.csv")).toBe(true);

  await button(phone, "Прикрепить").click();
  await button(phone, "Контакт").click();
  await phone.getByRole("button", { name: /Иван Петров/ }).click();
  expect(await shows(phone, `Номер ${client.phone}`)).toBe(true);

  await button(phone, "Телефон").click();
  await button(phone.getByRole("alertdialog"), "Отправить").click();
  expect(await shows(phone, `Номер ${foreman.phone}`)).toBe(true);

  await button(phone, "Голосовое сообщение").click();
  expect(await shows(phone, "Напишите текстом")).toBe(true);
});

test("commands are offered after a slash and the reply keyboard can be hidden", async () => {
  const phone = phoneOf(foreman);
  await openCard(phone);
  await button(phone, "Скрыть кнопки").click();
  expect(await button(phone, "➕ Новая смета").isVisible()).toBe(false);
  await phone.getByRole("textbox", { name: "Сообщение" }).fill("/n");
  await phone.getByRole("button", { name: "/new Новая смета" }).click();
  expect(await shows(phone, "Вы написали: /new")).toBe(true);
});

test("one shares through inline mode, another opens the link in their own phone", async () => {
  const from = phoneOf(foreman);
  await openCard(from);
  await button(from, "К списку чатов").click();
  await button(from, "Новый чат").click();
  await from.getByRole("button", { name: /Иван Петров/ }).click();
  await from.getByRole("textbox", { name: "Сообщение" }).fill("@smetka_bot см");
  await from.getByRole("button", { name: /СМ-2026-0001/ }).click();

  const to = phoneOf(client);
  await button(to, "К списку чатов").click();
  await to.getByRole("button", { name: /Алексей Смирнов/ }).click();
  expect(await shows(to, "через @smetka_bot")).toBe(true);
  await to.getByRole("link", { name: "https://t.me/smetka_bot?start=e_1" }).click();
  await button(to, "Запустить").click();
  expect(await shows(to, "Здравствуйте! e_1")).toBe(true);
});

test("a message can be answered, forwarded, changed and deleted", async () => {
  const phone = phoneOf(manager);
  await openCard(phone);
  await write(phone, "раз");
  const own = log(phone).locator(".is-own").getByText("раз", { exact: true });
  await own.click({ button: "right" });
  await button(phone, "Изменить").last().click();
  await write(phone, "два");
  await log(phone).locator(".is-own").getByText("два", { exact: true }).waitFor();

  const answer = log(phone).getByText("Вы написали: раз");
  await answer.click({ button: "right" });
  await button(phone, "Ответить").click();
  await write(phone, "ответ");
  await log(phone).locator(".head-reply").getByText("Вы написали: раз").waitFor();

  await answer.first().click({ button: "right" });
  await button(phone, "Переслать").click();
  await phone
    .getByRole("button", { name: /Смётка/ })
    .last()
    .click();
  expect(await shows(phone, "Переслано от Смётка")).toBe(true);

  await log(phone).getByText("Вы написали: ответ").click({ button: "right" });
  await phone.getByRole("dialog").getByRole("button", { name: "Удалить" }).click();
  await log(phone).getByText("Вы написали: ответ").waitFor({ state: "detached" });
});

test("a blocked bot can't be written to until it is let in again", async () => {
  const phone = phoneOf(foreman);
  await openCard(phone);
  await button(phone, "Меню чата").click();
  await button(phone, "Заблокировать бота").click();
  await button(phone, "Разблокировать").click();
  await write(phone, "снова здесь");
  expect(await shows(phone, "Вы написали: снова здесь")).toBe(true);
});

test("the Mini App opens with signed data and Telegram's buttons around it", async () => {
  const phone = phoneOf(foreman);
  await openCard(phone);
  await button(phone, "✏️ Открыть").click();
  const app: FrameLocator = phone.frameLocator("iframe");
  await app.getByText("hash=").waitFor();
  await app
    .getByText(/^theme_changed .*"bg_color":"#ffffff"/)
    .first()
    .waitFor();
  await app.getByText(/^safe_area_changed/).waitFor();
  await app
    .getByText(/^viewport_changed/)
    .first()
    .waitFor();

  await button(phone, "Закрыть").click();
  await phone.getByText("Закрыть приложение?").waitFor();
  await button(phone, "Отмена").click();
  await button(phone, "Сохранить").click();
  await button(phone, "Да").click();
  await button(phone, "Сохранено").waitFor();
  expect(await button(phone, "Сохранено").isDisabled()).toBe(true);
  await button(phone, "Закрыть").click();
  await phone.locator("iframe").waitFor({ state: "detached" });
  await button(phone, "📄 PDF").click();
});

test("a link with startapp opens the Mini App of the menu button with its parameter", async () => {
  const menu_button = { type: "web_app", text: "Сметы", web_app: { url: appUrl } } as const;
  await bot.api.setChatMenuButton({ menu_button });
  const phone = phoneOf(client);
  await button(phone, "Меню чата").click();
  await button(phone, "Открыть ссылку t.me").click();
  await phone.getByLabel("Ссылка").fill("https://t.me/smetka_bot?startapp=e_5");
  await button(phone, "Открыть").click();
  await phone.frameLocator("iframe").getByText("start_param=e_5").waitFor();
  expect(simulator.updates.all()).toEqual([]);
});

test("a reload finds everything where it was", async () => {
  const phone = phoneOf(foreman);
  await openCard(phone);
  await page.reload();
  await button(phone, "📄 PDF").waitFor();
  expect(await button(phone, "➕ Новая смета").isVisible()).toBe(true);
});

test("a narrow screen shows one phone and a switch, and nothing runs over the edge", async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  await openCard(phoneOf(foreman));
  expect(await phoneOf(manager).isVisible()).toBe(false);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBe(360);
  await page.getByRole("button", { name: /^Марина/ }).click();
  await button(phoneOf(manager), "Запустить").click();
  expect(await shows(phoneOf(manager), "Здравствуйте!")).toBe(true);
});

test("a person can be added, and everything can begin anew", async () => {
  await openCard(phoneOf(foreman));
  await page.getByRole("button", { name: "Добавить человека" }).click();
  await page.getByLabel("Имя").fill("Пётр");
  await page.getByLabel("Кто это").fill("мастер");
  await page.getByRole("button", { name: "Добавить", exact: true }).click();
  await page.getByRole("heading", { name: "Пётр мастер" }).waitFor();
  await page.getByRole("button", { name: "Начать заново" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Начать заново" }).click();
  await page.getByRole("heading", { name: "Пётр мастер" }).waitFor({ state: "detached" });
  await button(phoneOf(foreman), "Запустить").waitFor();
  expect(await log(phoneOf(foreman)).getByRole("article").count()).toBe(0);
});

test.each(["light", "dark"] as const)("axe finds no fault in the %s theme", async (colorScheme) => {
  await page.emulateMedia({ colorScheme });
  const phone = phoneOf(foreman);
  await openCard(phone);
  await write(phone, "Ленина 12, https://a.ru");
  await log(phone)
    .getByText(/^Вы написали/)
    .waitFor();
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const { axe: auditor } = globalThis as unknown as { axe: typeof axe };
    const found = await auditor.run(document, { runOnly: ["wcag2a", "wcag2aa"] });
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  });
  expect(violations).toEqual([]);
});

test("nothing is loaded from elsewhere", async () => {
  const hosts: string[] = [];
  page.on("request", (request) => hosts.push(new URL(request.url()).host));
  await page.reload();
  await openCard(phoneOf(foreman));
  expect(new Set(hosts)).toEqual(new Set([new URL(url).host]));
});
