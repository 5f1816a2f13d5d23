import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { createTestSimulator, testToken } from "./testing.ts";

const app = "https://smetka.example/app/";

async function start() {
  const made = createTestSimulator();
  const person = made.simulator.person({ firstName: "Алексей", username: "alexey" });
  person.start();
  const menuButton = { type: "web_app", text: "Сметы", web_app: { url: app } };
  await made.call("setChatMenuButton", { menu_button: menuButton });
  return { ...made, person };
}

/** core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app, written anew. */
function isGenuine(initData: string, token: string): boolean {
  const fields = new URLSearchParams(initData);
  const hash = fields.get("hash");
  fields.delete("hash");
  const checked = [...fields]
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join("\n");
  const secret = createHmac("sha256", "WebAppData").update(token).digest();
  return createHmac("sha256", secret).update(checked).digest("hex") === hash;
}

test("the menu button opens the app with signed data in the hash", async () => {
  const { person, clock } = await start();
  const { url, initData } = person.openMiniApp();
  expect(url.startsWith(`${app}#tgWebAppData=`)).toBe(true);
  const hash = new URLSearchParams(new URL(url).hash.slice(1));
  expect(hash.get("tgWebAppData")).toBe(initData);
  expect(hash.get("tgWebAppVersion")).toBe("9.1");
  expect(JSON.parse(hash.get("tgWebAppThemeParams") ?? "")).toHaveProperty("bg_color", "#ffffff");
  expect(isGenuine(initData, testToken)).toBe(true);
  expect(isGenuine(initData, "1:AA-other")).toBe(false);
  const fields = new URLSearchParams(initData);
  expect(JSON.parse(fields.get("user") ?? "")).toMatchObject({ id: person.id, username: "alexey" });
  expect(fields.get("auth_date")).toBe(String(clock.now() / 1000));
});

test("a link with startapp carries its parameter in the data and in the address", async () => {
  const { person } = await start();
  const { url, initData } = person.openMiniApp({ startParameter: "e_12", version: "6.0" });
  expect(new URL(url).searchParams.get("tgWebAppStartParam")).toBe("e_12");
  expect(new URLSearchParams(initData).get("start_param")).toBe("e_12");
  expect(new URLSearchParams(initData).get("query_id")).toBeNull();
  expect(isGenuine(initData, testToken)).toBe(true);
});

test("an app from a reply keyboard sends data, one from an inline button answers a query", async () => {
  const { person, call, refusal, simulator } = await start();
  const keyboard = [[{ text: "Замер", web_app: { url: app } }]];
  await call("sendMessage", { chat_id: person.id, text: "да", reply_markup: { keyboard } });
  const press = person.press("Замер");
  expect(press.launched?.queryId).toBeNull();
  person.sendMiniAppData('{"area":12}', "Замер");
  expect(simulator.updates.all().at(-1)?.message?.web_app_data).toEqual({
    data: '{"area":12}',
    button_text: "Замер",
  });

  const inline_keyboard = [[{ text: "Открыть", web_app: { url: app } }]];
  await call("sendMessage", { chat_id: person.id, text: "да", reply_markup: { inline_keyboard } });
  const answer = {
    web_app_query_id: person.press("Открыть").launched?.queryId,
    result: {
      type: "article",
      id: "1",
      title: "x",
      input_message_content: { message_text: "готово" },
    },
  };
  expect((await call("answerWebAppQuery", answer)).ok).toBe(true);
  expect(person.lastMessage()).toMatchObject({ text: "готово", via_bot: { is_bot: true } });
  expect(await refusal("answerWebAppQuery", answer)).toContain("query is too old");
});

test("a person who came by the app alone can't be written to", async () => {
  const { simulator, refusal } = await start();
  const guest = simulator.person({ firstName: "Иван" });
  guest.openMiniApp({ startParameter: "e_1" });
  expect(await refusal("sendMessage", { chat_id: guest.id, text: "да" })).toBe(
    "403 Forbidden: bot can't initiate conversation with a user",
  );
});
