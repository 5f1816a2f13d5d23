import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestWork, type TestWork } from "../server/testing.ts";
import { COMMANDS } from "./texts_common.ts";
import { createSimulator, type Simulator } from "./simulator/simulator.ts";
import { BATHROOM, settleIn, startTestBot, TEST_TOKEN, TEST_USERNAME } from "./testing.ts";

let work: TestWork;
let simulator: Simulator;
let apiRoot: string;

beforeAll(async () => {
  work = await createTestWork();
});

afterAll(() => work.close());

beforeEach(async () => {
  simulator = createSimulator({
    token: TEST_TOKEN,
    botUsername: TEST_USERNAME,
    allowInsecureMiniApp: true,
  });
  apiRoot = (await simulator.listen({ port: 0 })).url;
});

afterEach(() => simulator.close());

describe("the bot's profile", () => {
  it("has commands, texts and the Mini App as menu button", async () => {
    const miniAppUrl = "http://127.0.0.1:8080/app/";
    const bot = await startTestBot({ updates: work.updates, apiRoot, miniAppUrl });
    const person = simulator.person({ firstName: "Иван" });
    expect(bot.username()).toBe(TEST_USERNAME);
    expect(person.menuButton()).toEqual({
      type: "web_app",
      text: "Сметы",
      web_app: { url: miniAppUrl },
    });
    expect(person.commands().map(({ command }) => command)).toEqual(
      COMMANDS.map(({ command }) => command),
    );
    for (const method of ["setMyDescription", "setMyShortDescription"]) {
      expect(simulator.calls.of(method)).toHaveLength(1);
    }
  });

  it("that can't be published does not keep the bot from starting", async () => {
    simulator.faults.next("setMyCommands", { kind: "refuse", code: 400, description: "no" });
    simulator.faults.next("setMyDescription", { kind: "refuse", code: 429, description: "no" });
    await startTestBot({ updates: work.updates, apiRoot });
    expect(simulator.calls.of("setMyShortDescription")).toHaveLength(1);
  });

  it("a Mini App that Telegram would refuse is left out", async () => {
    simulator.faults.clear();
    const person = simulator.person({ firstName: "Иван" });
    await startTestBot({ updates: work.updates, apiRoot, miniAppUrl: null });
    expect(person.menuButton().type).not.toBe("web_app");
  });
});

describe("with a Mini App", () => {
  it("«✏️ Открыть» leads to the estimate, and /help says nothing of its absence", async () => {
    const miniAppUrl = "http://127.0.0.1:8080/app/";
    const bot = await startTestBot({ updates: work.updates, apiRoot, miniAppUrl });
    bot.poll();
    const foreman = await settleIn(simulator.person({ firstName: "Иван", id: 910_000_001 }));
    foreman.sendText(BATHROOM);
    await foreman.waitFor("Создать смету из этого?");
    foreman.press("✅ Создать смету");
    await foreman.waitFor("Для какого объекта");
    foreman.press("Без объекта");
    await foreman.waitFor("Понятно");
    foreman.press("✅ Добавить 4 строки");
    await foreman.waitFor(/СМ-2026-0001/);
    await simulator.settle();
    const opened = foreman.press("✏️ Открыть");
    expect(opened.kind).toBe("mini_app");
    const [row] = await work.database.sql`
      select estimates.id from estimates
      join telegram_users on active_company_id = company_id
      where telegram_id = ${foreman.id}
    `;
    const hex = String(row?.["id"]).replaceAll("-", "");
    const packed = Buffer.from(hex, "hex").toString("base64url");
    expect(opened.url).toContain(`tgWebAppStartParam=e_${packed}`);
    foreman.command("help");
    const help = await foreman.waitFor("Как сделать смету");
    expect(help.text).not.toContain("не подключён");
    await bot.stop();
  });
});
