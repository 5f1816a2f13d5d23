import {
  conversations,
  createConversation,
  type ConversationFlavor,
  type Conversation,
} from "@grammyjs/conversations";
import { createAdaptorServer } from "@hono/node-server";
import { Bot, InlineKeyboard, InputFile, Keyboard, webhookCallback, type Context } from "grammy";
import { Hono } from "hono";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createSimulator, type Simulator } from "./simulator.ts";

type MyContext = ConversationFlavor<Context>;

const token = "5000000001:AAFirstTestToken";
let simulator: Simulator;
let bot: Bot<MyContext>;

beforeEach(async () => {
  simulator = createSimulator({ token, botUsername: "smetka_bot", botName: "Смётка" });
  const { url } = await simulator.listen({ port: 0 });
  bot = new Bot<MyContext>(token, { client: { apiRoot: url } });
});

afterEach(async () => {
  await bot.stop();
  await simulator.close();
});

async function askName(conversation: Conversation<MyContext>, context: Context) {
  await context.reply("Как вас зовут?");
  const { message } = await conversation.waitFor("message:text", { collationKey: "name" });
  await context.reply(`Здравствуйте, ${message.text}!`);
}

function startBot() {
  addHandlers();
  void bot.start();
}

function addHandlers() {
  bot.use(conversations());
  bot.use(createConversation(askName));
  bot.command("name", (context) => context.conversation.enter("askName"));
  bot.command("start", (context) =>
    context.reply("Меню", { reply_markup: new Keyboard().text("Смета").requestContact("Телефон") }),
  );
  bot.command("card", (context) =>
    context.reply("<b>Смета</b> & счёт".replace("&", "&amp;"), {
      parse_mode: "HTML",
      reply_markup: new InlineKeyboard().text("PDF", "pdf").text("Ещё", "more"),
    }),
  );
  bot.callbackQuery("pdf", async (context) => {
    await context.answerCallbackQuery("Готовлю");
    await context.replyWithDocument(new InputFile(Buffer.from("%PDF-"), "Смета № 1.pdf"));
  });
  bot.on("message:contact", (context) => context.reply(context.message.contact.phone_number));
  bot.on("message:text", (context) => context.reply(`echo ${context.message.text}`));
}

test("carries a grammY bot: text, keyboards, presses, files", async () => {
  startBot();
  const foreman = simulator.person({ firstName: "Алексей", phone: "79001112233" });
  foreman.start();
  await foreman.waitFor("Меню");
  expect(foreman.keyboard()).toEqual([["Смета", "Телефон"]]);

  foreman.press("Смета");
  await foreman.waitFor("echo Смета");
  foreman.press("Телефон");
  await foreman.waitFor("79001112233");

  foreman.command("card");
  const card = await foreman.waitFor("Смета & счёт");
  expect(card.entities).toEqual([{ type: "bold", offset: 0, length: 5 }]);
  const answer = await foreman.press("PDF").answer();
  expect(answer.text).toBe("Готовлю");
  const file = await foreman.waitFor((message) => message.document !== undefined);
  expect(file.document).toMatchObject({ file_name: "Смета № 1.pdf", mime_type: "application/pdf" });
  expect(Buffer.from(foreman.download(file)).toString()).toBe("%PDF-");
  expect(simulator.calls.unknown()).toEqual([]);
});

test("carries the same bot over a webhook with a secret", async () => {
  addHandlers();
  const app = new Hono();
  app.post("/hook", webhookCallback(bot, "hono", { secretToken: "s3cret" }));
  const server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await bot.api.setWebhook(`http://127.0.0.1:${port}/hook`, { secret_token: "s3cret" });
  const foreman = simulator.person({ firstName: "Алексей" });
  foreman.command("name");
  await foreman.waitFor("Как вас зовут?");
  foreman.sendText("Пётр");
  await foreman.waitFor("Здравствуйте, Пётр!");
  await simulator.settle();
  expect(simulator.calls.refused()).toEqual([]);
  await simulator.close();
  server.close();
});

test("sees calls made inside a conversation, which a grammY transformer does not", async () => {
  startBot();
  const foreman = simulator.person({ firstName: "Алексей" });
  foreman.command("name");
  await foreman.waitFor("Как вас зовут?");
  foreman.sendText("Пётр");
  await foreman.waitFor("Здравствуйте, Пётр!");
  await simulator.settle();
  expect(simulator.calls.of("sendMessage")).toHaveLength(2);
});
