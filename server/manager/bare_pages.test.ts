import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { serve, type ServerType } from "@hono/node-server";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { launchBrowser } from "../../bot/simulator/browser.ts";
import { updateListExport } from "../../db/list_exports.ts";
import { createListRenderer } from "../documents/list_renderer.ts";
import { newId } from "../new_id.ts";
import { BROWSER_PATIENCE } from "../routes/testing_browser.ts";
import { newEstimate } from "../services/testing_agreement.ts";
import { createManagerStage, type ManagerStage } from "./testing.ts";
import { runExports } from "./testing_export.ts";
import { findFlaws } from "./testing_layout.ts";

/*
 * What is seen before one is in, when one may not be in, and while a file is made; the pages of a company
 * are in browser.test.ts.
 */

vi.setConfig(BROWSER_PATIENCE);

let stage: ManagerStage;
let server: ServerType;
let browser: Browser;
let url: string;

beforeAll(async () => {
  stage = await createManagerStage({ isSecure: false });
  server = serve({ fetch: stage.app.fetch, hostname: "127.0.0.1", port: 0 });
  await new Promise((resolve) => {
    server.once("listening", resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  server.close();
  await stage.close();
});
beforeEach(() => {
  // The limits are of one test.
  pass(61_000);
});

function pass(milliseconds: number): void {
  stage.work.clock.now = new Date(stage.work.clock.now.getTime() + milliseconds);
}

async function open(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ locale: "ru-RU", bypassCSP: true, ...options });
  return context.newPage();
}

async function enter(page: Page, actor = stage.people.manager): Promise<void> {
  await page.goto(url + (await stage.makeLink(actor)));
  await page.getByRole("button", { name: "Войти" }).click();
  await page.getByRole("heading", { name: "Обзор" }).waitFor();
}

/** Opens a page that must be told by this status. */
async function expectStatus(page: Page, path: string, status: number): Promise<void> {
  const answer = await page.goto(url + path);
  expect([path, answer?.status()]).toEqual([path, status]);
  expect(answer?.headers()["content-type"]).toMatch(/^text\/html/);
}

describe.each(["light", "dark"] as const)("in %s", (colorScheme) => {
  const flaws = (page: Page, name: string) => findFlaws(page, name, colorScheme);

  it("the pages of logging in fit every screen", async () => {
    const page = await open({ colorScheme });
    await expectStatus(page, "/manager/login", 200);
    expect(await flaws(page, "login")).toEqual([]);
    const link = await stage.makeLink(stage.people.manager);
    await expectStatus(page, link, 200);
    await page.getByRole("button", { name: "Войти" }).waitFor();
    expect(await flaws(page, "login-link")).toEqual([]);
    await stage.post(link);
    await expectStatus(page, link, 410);
    expect(await flaws(page, "login-spent")).toEqual([]);
    await page.context().close();
  });

  it("the pages that refuse fit every screen", async () => {
    const page = await open({ colorScheme });
    const { owner } = stage.people;
    const person = await stage.work.newActor({ companyId: owner.companyId, role: "manager" });
    await enter(page, person);
    await expectStatus(page, `/manager/estimates/${newId()}`, 404);
    expect(await flaws(page, "missing")).toEqual([]);
    await expectStatus(page, "/manager/no/such/page", 404);
    await expectStatus(page, "/manager/estimates?after=nonsense", 400);
    expect(await flaws(page, "invalid")).toEqual([]);
    await stage.work.asActor(owner, ({ team }) => team.setRole(person.userId, "foreman"));
    await expectStatus(page, "/manager", 403);
    expect(await flaws(page, "forbidden")).toEqual([]);
    // There is a way out of it.
    await page.getByRole("button", { name: "Выйти" }).click();
    await page.getByRole("heading", { name: "Кабинет Смётки" }).waitFor();
    await page.context().close();
  });

  it("the page for who hurries fits every screen", async () => {
    const page = await open({ colorScheme });
    // Twenty looks at links a minute.
    for (let count = 0; count < 20; count += 1) await page.request.get(`${url}/manager/login/x`);
    await expectStatus(page, "/manager/login/x", 429);
    expect(await flaws(page, "hurry")).toEqual([]);
    await page.context().close();
  });

  it("the page of a file that is made, ready and failed fits every screen", async () => {
    const page = await open({ colorScheme });
    await enter(page);
    await page.goto(`${url}/manager/estimates`);
    await page.getByRole("button", { name: "Скачать Excel" }).click();
    await page.getByText("Считаем сметы").waitFor();
    expect(await flaws(page, "export-ordered")).toEqual([]);
    const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
    const note = (change: Parameters<typeof updateListExport>[3]) =>
      stage.work.database.sql.begin((tx) =>
        updateListExport(tx, stage.people.manager.companyId, id, change),
      );
    await note({ status: "ordered", done: 12_000, total: 40_000 });
    await page.getByText("Собираем файл").waitFor();
    expect(await flaws(page, "export-running")).toEqual([]);
    await note({ status: "failed", done: 0, total: 0 });
    await page.getByText("Файл сделать не получилось").waitFor();
    expect(await flaws(page, "export-failed")).toEqual([]);
    // Nothing is looked for in haste any more.
    await note({ status: "ready", done: 40_000, total: 40_000, bytes: new Uint8Array([1]) });
    await page.reload();
    await page.getByRole("link", { name: "Скачать Excel" }).waitFor();
    expect(await flaws(page, "export-ready")).toEqual([]);
    await page.context().close();
  });
});

describe("without JavaScript", () => {
  it("a file is ordered, waited for and downloaded: the page looks again by itself", async () => {
    const renderer = createListRenderer();
    const page = await open({ javaScriptEnabled: false });
    await enter(page);
    await newEstimate(stage.work, stage.people.foreman);
    await page.getByRole("link", { name: "Сметы", exact: true }).click();
    await page.getByRole("button", { name: "CSV" }).click();
    await page.getByText("Считаем сметы").waitFor();
    await runExports(stage, renderer);
    await page.getByText("Готово: 1 смета.").waitFor();
    const downloading = page.waitForEvent("download");
    await page.getByRole("link", { name: "Скачать CSV" }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe("Сметы.csv");
    expect(await readFile(await download.path(), "utf8")).toMatch(/СМ-2026-0001/);
    await page.context().close();
    await renderer.close();
  });

  it("one's own way in is closed in the list, and the next page asks to log in", async () => {
    const page = await open({ javaScriptEnabled: false });
    await enter(page, stage.people.owner);
    await page.getByRole("link", { name: "Ольга Владелица" }).click();
    const here = page.getByRole("row").filter({ hasText: "этот вход" });
    await here.getByRole("button", { name: "Выйти" }).click();
    await page.getByRole("heading", { name: "Кабинет Смётки" }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/manager/login");
    await page.goto(`${url}/manager/estimates`);
    expect(new URL(page.url()).pathname).toBe("/manager/login");
    await page.context().close();
  });
});
