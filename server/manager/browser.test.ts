import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve, type ServerType } from "@hono/node-server";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { launchBrowser } from "../../bot/simulator/browser.ts";
import type { Live } from "../live/live.ts";
import { startLiveAlone } from "../live/testing_live.ts";
import type { Actor } from "../../domain/access.ts";
import { BROWSER_PATIENCE } from "../routes/testing_browser.ts";
import { newEstimate, submit } from "../services/testing_agreement.ts";
import { createManagerStage, type ManagerStage } from "./testing.ts";
import { findFlaws, findMisfits, picture } from "./testing_layout.ts";
import { fillWithLongNames, indexAll, seedCompany, seedDeals } from "./testing_seed.ts";

vi.setConfig(BROWSER_PATIENCE);

let stage: ManagerStage;
let server: ServerType;
let live: Live;
let browser: Browser;
let url: string;
let estimateId: string;
const problems: string[] = [];

beforeAll(async () => {
  stage = await createManagerStage({ isSecure: false });
  ({ estimateId } = await seedCompany(stage));
  server = serve({ fetch: stage.app.fetch, hostname: "127.0.0.1", port: 0 });
  await new Promise((resolve) => {
    server.once("listening", resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { database } = stage.work;
  live = startLiveAlone({
    sql: database.sql,
    url: database.url,
    publicUrl: url,
    clock: () => stage.work.clock.now,
    log: pino({ level: "silent" }),
  });
  live.attach(server as Server);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await live.stop();
  server.close();
  await stage.close();
});

/** A browser that went through the one-time link. */
async function enter(
  options: BrowserContextOptions = {},
  actor: Actor = stage.people.manager,
): Promise<Page> {
  // The limit of logins is of another test.
  stage.work.clock.now = new Date(stage.work.clock.now.getTime() + 10_000);
  const context = await browser.newContext({ locale: "ru-RU", ...options });
  const page = await context.newPage();
  page.on("console", (message) => problems.push(`${page.url()} ${message.text()}`));
  page.on("pageerror", (error) => problems.push(`${page.url()} ${error.message}`));
  await page.goto(url + (await stage.makeLink(actor)));
  await page.getByRole("button", { name: "Войти" }).click();
  await page.getByRole("heading", { name: "Обзор" }).waitFor();
  return page;
}

function pages(estimateId: string): Record<string, string> {
  return {
    overview: "/manager",
    estimates: "/manager/estimates",
    found: "/manager/estimates?q=демонтаж",
    "found-clients": "/manager/clients?q=6789",
    estimate: `/manager/estimates/${estimateId}`,
    compare: `/manager/estimates/${estimateId}/compare?from=1&to=2`,
    projects: "/manager/projects",
    clients: "/manager/clients",
    team: "/manager/team",
    crm: "/manager/crm",
    notifications: "/manager/notifications",
    calls: "/manager/calls",
    sessions: "/manager/sessions",
    search: "/manager/search",
    everything: "/manager/search?q=константинопольская",
    named: "/manager/search?q=длинноеназвание",
    deal: "/manager/search?q=беседка",
    nothing: `/manager/search?q=${"бетономешалка".repeat(20)}`,
  };
}

describe("the manager's pages in a browser", () => {
  it.each(["light", "dark"] as const)(
    "fit every screen in %s and can be used by everybody",
    async (colorScheme) => {
      const page = await enter({ colorScheme, bypassCSP: true });
      for (const [name, path] of Object.entries(pages(estimateId))) {
        await page.goto(url + path);
        expect(await findFlaws(page, name, colorScheme)).toEqual([]);
      }
      await page.context().close();
    },
    300_000,
  );

  it("fit where nothing is there yet, and where every name is as long as it can be", async () => {
    const nobody = await stage.work.newActor({ name: "Ольга" });
    const verbose = await stage.work.newActor({ name: "Ж".repeat(80) });
    const longId = await fillWithLongNames(stage.work, verbose);
    const title = "Длинноеназваниебезпробелов".repeat(10);
    await seedDeals(stage, [{ remoteId: "1234567890", title }], verbose.companyId);
    for (const [kind, actor] of [
      ["empty", nobody],
      ["long", verbose],
    ] as const) {
      const page = await enter({}, actor);
      for (const [name, path] of Object.entries(pages(longId))) {
        if (kind === "empty" && path.includes(longId)) continue;
        await page.goto(url + path);
        for (const width of [360, 900, 1024, 1250]) {
          expect(await findMisfits(page, `${kind}-${name}-${width}`, width)).toEqual([]);
        }
      }
      await page.context().close();
    }
  }, 300_000);

  it("work without JavaScript: searching, an estimate, an export, going out", async () => {
    const page = await enter({ javaScriptEnabled: false });
    await page.getByRole("link", { name: "Сметы", exact: true }).click();
    await page.getByLabel("Номер, объект, заказчик, телефон, работа").fill("константинапольской");
    await page.getByLabel("Состояние").selectOption("approved");
    await page.getByRole("button", { name: "Показать" }).click();
    await page
      .getByRole("link", { name: /СМ-2026-/ })
      .first()
      .click();
    await page.getByRole("heading", { name: "История изменений" }).waitFor();
    await page.goBack();
    await page.getByRole("button", { name: "CSV" }).click();
    await page.getByText("Считаем сметы").waitFor();
    await page.getByRole("button", { name: "Выйти" }).click();
    await page.getByRole("heading", { name: "Кабинет Смётки" }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/manager/login");
    await page.context().close();
  });

  it("mark why each row of each list was found, without JavaScript", async () => {
    await indexAll(stage);
    const page = await enter({ javaScriptEnabled: false });
    for (const [section, label, words, mark] of [
      ["Сметы", "Номер, объект, заказчик, телефон, работа", "обои", "обоев"],
      ["Объекты", "Название, адрес, заказчик", "ленина", "Ленина"],
      ["Клиенты", "Имя, телефон, почта", "екатерину", "Екатерина"],
    ] as const) {
      await page.getByRole("link", { name: section, exact: true }).click();
      await page.getByLabel(label).fill(words);
      await page.getByRole("button", { name: "Показать" }).click();
      await page.locator("mark").first().waitFor();
      const rows = page.locator("tbody tr");
      expect([section, await rows.count()]).toEqual([
        section,
        await rows.filter({ has: page.locator("mark") }).count(),
      ]);
      expect(await page.locator("mark").allInnerTexts()).toContain(mark);
    }
    await page.context().close();
  });

  it("find everything by the box in their header, from any page, without JavaScript", async () => {
    const page = await enter({ javaScriptEnabled: false });
    await page.getByRole("link", { name: "Команда" }).click();
    await page.getByRole("searchbox", { name: "Найти клиента, объект" }).fill("беседку");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Поиск" }).waitFor();
    expect(await page.locator(".hits li").allInnerTexts()).toEqual([
      expect.stringMatching(/^сделка\s+Беседка у озера[\s\S]*Открыть в CRM$/),
    ]);
    await page.getByRole("searchbox", { name: "Найти клиента, объект" }).fill("6789");
    await page.getByRole("button", { name: "Найти" }).click();
    await page.getByRole("link", { name: "Клиенты" }).last().click();
    await page.getByRole("link", { name: "Екатерина Константинопольская" }).click();
    await page.getByText("Сметы одного заказчика").waitFor();
    await page.context().close();
  });

  it("hear of what changed over the socket, with the cookie alone", async () => {
    // A window of its own: the one that entered may still be opening a socket.
    const page = await (await enter()).context().newPage();
    // While the socket is heard, the page does not look by itself.
    const ready = page
      .waitForEvent("websocket")
      .then((socket) =>
        socket.waitForEvent("framereceived", ({ payload }) => payload.includes('"type":"ready"')),
      );
    await page.goto(`${url}/manager/estimates?status=draft`);
    await ready;
    const { id } = await stage.work.asActor(stage.people.foreman, ({ estimates }) =>
      estimates.create({ projectId: null }),
    );
    live.poke();
    const row = page.locator(`main a[href="/manager/estimates/${id}"]`);
    await expect.poll(() => row.count(), { timeout: 20_000 }).toBe(1);
    await page.context().close();
  });

  it("show what changed without a reload where there are no sockets", async () => {
    const { id } = await newEstimate(stage.work, stage.people.foreman);
    const { id: revisionId } = await submit(stage.work, stage.people.foreman, id, "manager");
    const page = await enter();
    await page.routeWebSocket("**/api/v1/live", (socket) => socket.close());
    await page.clock.install();
    await page.goto(`${url}/manager/estimates/${id}`);
    await page.getByText("на согласовании").first().waitFor();
    // The script knows the page once it has looked the first time.
    await page.waitForResponse((response) => response.request().resourceType() === "fetch");
    await stage.work.asActor(stage.people.manager, ({ agreement }) =>
      agreement.approve({ revisionId }, { channel: "chat" }),
    );
    await expect
      .poll(
        async () => {
          await page.clock.runFor(16_000);
          return page.locator(".facts .badge").first().textContent();
        },
        { timeout: 20_000 },
      )
      .toBe("утверждена");
    await page.context().close();
  });

  it("print on paper what is in them and no navigation", async () => {
    const page = await enter();
    await page.goto(`${url}/manager/estimates/${estimateId}`);
    await page.emulateMedia({ media: "print" });
    expect(await page.getByRole("navigation").first().isVisible()).toBe(false);
    expect(await page.getByText("Демонтаж перегородок").first().isVisible()).toBe(true);
    await page.setViewportSize({ width: 794, height: 1123 });
    await picture(page, "print");
    await page.context().close();
  });

  it("say nothing in the console: the content policy refuses nothing of their own", () => {
    expect(problems).toEqual([]);
  });
});
