import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchBrowser } from "../bot/simulator/browser.ts";
import { readPdf } from "./documents/testing_pdf.ts";
import { type Clone, startClone } from "./testing_clone.ts";

const LIST = readFileSync(
  new URL("../domain/quick_add/fixtures/01-bathroom.txt", import.meta.url),
  "utf8",
);
const INSTALLING = 660_000; // ms, more than the clone waits by itself

let clone: Clone;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  clone = await startClone();
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 400, height: 860 }, locale: "ru-RU" });
  page.setDefaultTimeout(20_000);
}, INSTALLING);

afterAll(async () => {
  await browser.close();
  await clone.close();
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

async function fileOf(ending: string): Promise<Uint8Array> {
  const link = page.locator("a[href], button").filter({ hasText: ending, visible: true }).last();
  await link.waitFor();
  const href = await link.getAttribute("href");
  const file = await page.request.get(new URL(href ?? "", clone.address).href);
  return file.body();
}

describe("a newcomer with an empty folder", () => {
  it("gets the program running with the first command of the README", () => {
    expect(clone.command).toBe("npm ci && npm start");
    expect(clone.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/?$/);
  });

  it("makes the first estimate out of a pasted list and gets its PDF and Excel file", async () => {
    await page.goto(clone.address);
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

    await press("📄 PDF");
    const printed = (await readPdf(await fileOf(".pdf"))).map(({ text }) => text).join("\n");
    expect(printed.replace(/\s/g, " ")).toContain("198 038,00");
    await press("📊 Excel");
    expect(Buffer.from(await fileOf(".xlsx")).toString("latin1", 0, 2)).toBe("PK");
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

  it("ends it with Ctrl+C, and the terminal complains of nothing", async () => {
    const shown = await clone.interrupt();
    expect(shown).toContain("Остановить: Ctrl+C");
    // No trace of an error that nobody expected.
    expect(shown).not.toMatch(/^\s+at .+:\d+:\d+/m);
  });
});
