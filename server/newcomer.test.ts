import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchBrowser } from "../bot/simulator/browser.ts";
import { createTestDatabase, type TestDatabase } from "../db/testing.ts";
import { type Program, startProgram } from "./testing_program.ts";

const LIST = readFileSync(
  new URL("../domain/quick_add/fixtures/01-bathroom.txt", import.meta.url),
  "utf8",
);

let database: TestDatabase;
let program: Program;
let browser: Browser;
let page: Page;
let dataDir: string;

beforeAll(async () => {
  database = await createTestDatabase();
  dataDir = await mkdtemp(join(tmpdir(), "smetka-newcomer-"));
  program = await startProgram({ DATA_DIR: dataDir, DATABASE_URL: database.url });
  await program.ready();
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 400, height: 860 }, locale: "ru-RU" });
  page.setDefaultTimeout(10_000);
});

afterAll(async () => {
  await browser.close();
  await program.end("SIGTERM");
  await rm(dataDir, { recursive: true, force: true });
  await database.drop();
});

async function press(name: string | RegExp): Promise<void> {
  const button = page.getByRole("button", { name, exact: typeof name === "string" });
  await button.filter({ visible: true }).last().click();
}

async function send(text: string): Promise<void> {
  const box = page.getByRole("textbox").filter({ visible: true }).last();
  await box.fill(text);
  await box.press("Enter");
}

async function see(text: string | RegExp): Promise<void> {
  await page.getByText(text).filter({ visible: true }).last().waitFor();
}

describe("a newcomer on the printed address", () => {
  it("makes the first estimate out of a pasted list and gets its PDF and Excel file", async () => {
    const address = /http:\/\/\S+/.exec(program.output())?.[0] ?? "";
    await page.goto(address);
    await press("Запустить");
    await see("Как называется ваша компания или бригада?");
    await send("Бригада Алексея");
    await see("Готово.");
    await press("➕ Новая смета");
    await see("Для какого объекта смета?");
    await press("➕ Новый объект");
    await send("Ленина 12, кв. 5");
    await see("Кто заказчик?");
    await send("Иван Петров 8 916 123-45-67");
    await see("Пришлите работы и материалы списком");
    await send(LIST);
    await press(/^✅ Добавить 21 строку$/);
    await see(/СМ-\d{4}-0001/);
    await see(/ИТОГО\s198\s038,00\s₽/);

    for (const [label, beginning] of [
      ["📄 PDF", "%PDF-"],
      ["📊 Excel", "PK"],
    ] as const) {
      await press(label);
      const link = page
        .locator("a[href], button")
        .filter({ hasText: label === "📄 PDF" ? ".pdf" : ".xlsx", visible: true })
        .last();
      await link.waitFor();
      const href = await link.getAttribute("href");
      const file = await page.request.get(new URL(href ?? "", address).href);
      expect((await file.body()).subarray(0, beginning.length).toString("latin1")).toBe(beginning);
    }
  });

  it("opens the estimate in the Mini App", async () => {
    await press("📋 Сметы");
    await press(/СМ-\d{4}-0001/);
    await press("✏️ Открыть");
    const app = page.frameLocator("iframe").last();
    await app.getByText("Сохранено").waitFor();
    const total = await app.getByRole("status").filter({ hasText: "₽" }).first().textContent();
    expect(total?.replace(/\s/g, " ")).toContain("198 038,00 ₽");
  });
});
