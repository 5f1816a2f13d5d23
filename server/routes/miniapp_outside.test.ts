import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { packId } from "../../domain/ids.ts";
import { BROWSER_PATIENCE, createStage, type Stage, type StagePerson } from "./testing_browser.ts";
import { makeEstimate } from "./testing_estimates.ts";

vi.setConfig(BROWSER_PATIENCE);

let stage: Stage;
let person: StagePerson;
let estimateId: string;

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const LONG = { timeout: 60_000 };

beforeAll(async () => {
  stage = await createStage({ isLive: true });
  // Links are made and spent by one clock here.
  stage.work.clock.now = new Date();
});

beforeEach(async () => {
  person = await stage.newPerson();
  estimateId = await makeEstimate(stage.work.asActor, person.actor);
});

afterAll(() => stage?.close());

const makeLink = async () =>
  (await stage.work.asActor(person.actor, ({ logins }) => logins.create("miniapp"))).path;

async function openBrowser(isDark = false): Promise<Page> {
  const context = await stage.browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: "ru-RU",
    colorScheme: isDark ? "dark" : "light",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(LONG.timeout);
  return page;
}

const violations = async (page: Page) => {
  await page.evaluate(axe);
  return await page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run: () => Promise<{ violations: { id: string }[] }> };
    };
    return (await axe.run()).violations.map(({ id }) => id);
  });
};

describe("the app outside Telegram", () => {
  it("opens by a link of the bot, keeps what is typed, stays open, and is left by the button", async () => {
    const page = await openBrowser();
    const path = await makeLink();
    await page.goto(`${stage.url}${path}&open=e_${packId(estimateId)}`);
    await page.getByRole("heading", { name: "Вход в Смётку" }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole("button", { name: "Войти" }).click();
    await page.getByRole("heading", { name: "Ленина 12, кв. 5" }).waitFor();
    expect(new URL(page.url()).hash).toBe("");

    await page.getByRole("button", { name: /^Цена, строка 1:/ }).click();
    await page.keyboard.type("777");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    await page.getByText("Сохранено").waitFor();
    await page.getByRole("button", { name: "Назад" }).click();
    await page.getByRole("heading", { name: "Сметы" }).waitFor();

    // A new window has no token: the login of the browser gives it one.
    const later = await page.context().newPage();
    await later.goto(`${stage.url}/app/`);
    await later.getByRole("button", { name: /Ленина 12/ }).click(LONG);
    await later.getByRole("button", { name: /^Цена, строка 1: 777/ }).waitFor(LONG);
    await later.close();

    await page.getByRole("button", { name: "Настройки" }).click();
    await page.getByRole("heading", { name: "Входы в браузере" }).waitFor();
    await page.getByText(/Chrome, Linux/).waitFor();
    await page.getByRole("button", { name: "Выйти в этом браузере" }).click();
    await page.getByRole("heading", { name: "Откройте Смётку в Telegram" }).waitFor();
    await page.getByText("💻 В браузере").waitFor();
    expect(await page.evaluate(async () => (await indexedDB.databases()).length)).toBe(0);

    await page.goto("about:blank");
    await page.goto(stage.url + path);
    await page.getByRole("button", { name: "Войти" }).click();
    await page.getByText("Ссылка одноразовая").waitFor();
    await page.context().close();
  });

  it("says so when the login was ended elsewhere, and is dark where the system is", async () => {
    const page = await openBrowser(true);
    await page.goto(stage.url + (await makeLink()));
    await page.getByRole("button", { name: "Войти" }).click();
    await page.getByRole("heading", { name: "Сметы" }).waitFor();
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
      "rgb(19, 20, 21)",
    );
    expect(await violations(page)).toEqual([]);
    await stage.work.database.sql`
      update sessions set revoked_at = now()
      where user_id = ${person.actor.userId} and kind = 'browser'
    `;
    await page.getByRole("heading", { name: "Вход в этом браузере закончился" }).waitFor();
    await page.context().close();
  });
});
