import { serve } from "@hono/node-server";
import { Bot, webhookCallback } from "grammy";
import { Hono } from "hono";

const BUTTONS = [
  [{ text: "✅ Создать смету", callback_data: "l.new:AaIs2lThcn6jhr4ZNyfU2Q" }],
  [
    { text: "✏️ Исправить", callback_data: "l.fix:AaIs2lThcn6jhr4ZNyfU2Q" },
    { text: "✖️ Отмена", callback_data: "l.drop:AaIs2lThcn6jhr4ZNyfU2Q" },
  ],
];

/**
 * The floor: grammY and Hono, one reply per update, no database. To every message it says what ours says to
 * a list of one line, with the same buttons: a longer answer costs both sides more.
 */
const bot = new Bot(process.env["BOT_TOKEN"] ?? "", {
  client: { apiRoot: process.env["TELEGRAM_API_ROOT"] ?? "" },
});
bot.on("message", (ctx) =>
  ctx.reply(answerTo(ctx.message.text ?? ""), {
    parse_mode: "HTML",
    link_preview_options: { is_disabled: true },
    reply_markup: { inline_keyboard: BUTTONS },
  }),
);
await bot.init();
const app = new Hono();
app.post("/telegram/webhook", webhookCallback(bot, "hono"));
serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) => {
  console.log(`http://127.0.0.1:${port}`);
});
process.on("SIGTERM", () => process.exit(0));

function answerTo(text: string): string {
  return (
    `<b>Понятно: 1 строка</b>\n\n1. ${text.slice(0, 2000)} = 3 884,50 ₽\n\n` +
    "Работы 3 884,50 ₽ · Материалы 0,00 ₽\n<b>ИТОГО 3 884,50 ₽</b>\n\n<b>Создать смету из этого?</b>"
  );
}
