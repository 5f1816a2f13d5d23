import { createSimulator } from "../bot/simulator/simulator.ts";

/** A simulated Telegram in a process of its own, so that its work is not counted as the bot's. */
const simulator = createSimulator({
  token: process.env["BOT_TOKEN"] ?? "",
  botUsername: "smetka_bot",
});
const { url } = await simulator.listen({ port: 0 });
for (let id = 1; id <= Number(process.env["PEOPLE"] ?? 1); id += 1) {
  simulator.person({ id, firstName: `Прораб ${id}` }).start();
}
console.log(url);
process.on("SIGTERM", () => process.exit(0));
