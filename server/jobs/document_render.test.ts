import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Fault } from "../../bot/simulator/faults.ts";
import { createSimulator, type Simulator } from "../../bot/simulator/simulator.ts";
import {
  settleIn,
  startTestBot,
  TEST_TOKEN,
  TEST_USERNAME,
  type TestBot,
} from "../../bot/testing.ts";
import { createDelivery } from "../delivery.ts";
import type { DocumentRenderer } from "../documents/renderer.ts";
import { createTestWork, type TestWork } from "../testing.ts";
import { createDocumentRendering } from "./document_render.ts";
import { QUEUES } from "./queues.ts";

const log = pino({ level: "silent" });

let work: TestWork;
let simulator: Simulator;
let bot: TestBot;
let isBroken = false;

/** The files themselves are other tests' business. */
const renderer: DocumentRenderer = {
  render: async (_document, format) => {
    if (isBroken) throw new Error("the renderer is out of memory");
    return new TextEncoder().encode(format);
  },
  close: () => Promise.resolve(),
};

beforeAll(async () => {
  work = await createTestWork();
  simulator = createSimulator({ token: TEST_TOKEN, botUsername: TEST_USERNAME });
  const { url: apiRoot } = await simulator.listen({ port: 0 });
  bot = await startTestBot({ updates: work.updates, apiRoot });
  bot.poll();
});

afterAll(async () => {
  await simulator.settle();
  await bot.stop();
  await simulator.close();
  await work.close();
});

async function withEstimate() {
  const foreman = await settleIn(simulator.person({ firstName: "Алексей" }));
  foreman.sendText("Стяжка 10 м2 900");
  await foreman.waitFor("Создать смету из этого?");
  foreman.press("✅ Создать смету");
  await foreman.waitFor("Список сохранён");
  foreman.press("Без объекта");
  await foreman.waitFor("Понятно");
  foreman.press(foreman.buttons().flat()[0] ?? "");
  await foreman.waitFor(/СМ-\d{4}-\d{4} · черновик/);
  await simulator.settle();
  return foreman;
}

/** Does what was ordered, as a worker would; true for each order that came to its end. */
async function renderOrdered(): Promise<boolean[]> {
  const handle = createDocumentRendering({
    sql: work.database.sql,
    renderer,
    delivery: createDelivery(bot.api, log),
    publicUrl: null,
    log,
  });
  const jobs = await work.board.boss.fetch("document.render", { batchSize: 100 });
  const context = { signal: AbortSignal.timeout(60_000), attempt: 3, isLastAttempt: true };
  const ends: boolean[] = [];
  for (const job of jobs) {
    const order = QUEUES["document.render"].schema.parse(job.data);
    ends.push(
      await handle(order, context).then(
        () => true,
        () => false,
      ),
    );
  }
  return ends;
}

type Foreman = Awaited<ReturnType<typeof withEstimate>>;

/** What the chat shows of it: the notice, the file, the apology. */
function shown(foreman: Foreman): string[] {
  return foreman.messages().flatMap(({ text, document }) => {
    if (document) return [document.file_name ?? "file"];
    return /^(Готовлю|Не получилось)/.exec(text ?? "")?.slice(0, 1) ?? [];
  });
}

async function order(foreman: Foreman, label: string): Promise<string> {
  const answer = await foreman.press(label).answer();
  await simulator.settle();
  return answer.text ?? "";
}

describe("«📄 PDF»", () => {
  it("takes «Готовлю…» away when the file has come", async () => {
    const foreman = await withEstimate();
    expect(await order(foreman, "📄 PDF")).toBe("Готовлю PDF.");
    expect(shown(foreman)).toEqual(["Готовлю"]);
    expect(await renderOrdered()).toEqual([true]);
    expect(shown(foreman)).toEqual([expect.stringMatching(/^СМ-.*\.pdf$/)]);
  });

  it("tapped twice makes one file, and the second tap is told so", async () => {
    const foreman = await withEstimate();
    await order(foreman, "📄 PDF");
    expect(await order(foreman, "📄 PDF")).toBe("Уже готовлю PDF.");
    expect(await order(foreman, "📊 Excel")).toBe("Готовлю Excel.");
    expect(shown(foreman)).toEqual(["Готовлю", "Готовлю"]);
    expect(await renderOrdered()).toEqual([true, true]);
    expect(shown(foreman)).toHaveLength(2);
    expect(await order(foreman, "📄 PDF")).toBe("Готовлю PDF.");
    await renderOrdered();
  });

  const refusals: readonly (readonly [name: string, fault: Fault])[] = [
    [
      "can't be deleted",
      { kind: "refuse", code: 400, description: "Bad Request: message can't be deleted" },
    ],
    [
      "is gone",
      { kind: "refuse", code: 400, description: "Bad Request: message to delete not found" },
    ],
  ];
  it.each(refusals)("comes all the same when the notice %s", async (_name, fault) => {
    const foreman = await withEstimate();
    await order(foreman, "📄 PDF");
    simulator.faults.next("deleteMessage", fault);
    expect(await renderOrdered()).toEqual([true]);
    expect(shown(foreman).filter((each) => each.endsWith(".pdf"))).toHaveLength(1);
  });

  it("that can't be made is told of, and «Готовлю…» goes as well", async () => {
    const foreman = await withEstimate();
    await order(foreman, "📄 PDF");
    isBroken = true;
    expect(await renderOrdered()).toEqual([false]);
    isBroken = false;
    expect(shown(foreman)).toEqual(["Не получилось"]);
  });
});
