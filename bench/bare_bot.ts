import { serve } from "@hono/node-server";
import { Bot, webhookCallback } from "grammy";
import { Hono } from "hono";

/** The floor: grammY and Hono, one reply per update, no database. */
const bot = new Bot(process.env["BOT_TOKEN"] ?? "", {
  client: { apiRoot: process.env["TELEGRAM_API_ROOT"] ?? "" },
});
bot.on("message", (ctx) => ctx.reply(`Вы написали: ${ctx.message.text ?? ""}`.slice(0, 4096)));
await bot.init();
const app = new Hono();
app.post("/telegram/webhook", webhookCallback(bot, "hono"));
serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) => {
  console.log(`http://127.0.0.1:${port}`);
});
process.on("SIGTERM", () => process.exit(0));
