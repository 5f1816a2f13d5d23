import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launchBrowser } from "../bot/simulator/browser.ts";
import { createTestDatabase, type TestDatabase } from "../db/testing.ts";
import { type Program, startProgram } from "./testing_program.ts";

let database: TestDatabase;
let program: Program;
let browser: Browser;
let page: Page;
let dataDir: string;

beforeAll(async () => {
  database = await createTestDatabase();
  dataDir = await mkdtemp(join(tmpdir(), "smetka-demo-"));
  program = await start();
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

async function start(): Promise<Program> {
  const started = await startProgram({ DATA_DIR: dataDir, DATABASE_URL: database.url });
  await started.ready();
  return started;
}

function addressOf(started: Program): string {
  return /http:\/\/\S+/.exec(started.output())?.[0] ?? "";
}

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

async function seeDeal(): Promise<void> {
  const portal = await browser.newPage({ locale: "ru-RU" });
  await portal.goto(new URL("/bitrix24", addressOf(program)).href);
  const deal = portal.locator("article").filter({ hasText: /СМ-\d{4}-0001/ });
  await deal
    .getByText(/9\s900,00\s₽/)
    .first()
    .waitFor();
  await deal.getByText("Товары и работы: 2").waitFor();
  await deal.getByText(/ред\. 1\.pdf/).waitFor();
  expect(await deal.count()).toBe(1);
  expect(await portal.locator("#contacts li").count()).toBeGreaterThan(5);
  await portal.close();
}

it("shows a newcomer the deal of an approved estimate, also after a restart", async () => {
  await page.goto(addressOf(program));
  await press("Запустить");
  await see("Как называется ваша компания или бригада?");
  await press("Пропустить");
  await see("Готово.");
  await press("➕ Новая смета");
  await press("Без объекта");
  await see("Пришлите работы и материалы списком");
  await send("Стяжка пола 10 м2 900\nПлинтус 9 м 100");
  await press("✅ Добавить 2 строки");
  await press("📤 На согласование");
  await press("Всё равно отправить");
  await press("Руководителю");
  await press("ОК");
  await press("✅ Утвердить");
  await see(/утверждена/);
  await seeDeal();
  expect(await program.end("SIGTERM")).toBe(0);
  program = await start();
  await seeDeal();
});
