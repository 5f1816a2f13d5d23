import type { AddressInfo } from "node:net";
import { serve, type ServerType } from "@hono/node-server";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchBrowser } from "../../bot/simulator/browser.ts";
import { shareWithClient, submit } from "../services/testing_agreement.ts";
import { newContract, newExtra } from "../services/testing_contracts.ts";
import { createShareStage, type ShareStage } from "./testing_share.ts";

/** The smallest PNG. */
const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

let stage: ShareStage;
let server: ServerType;
let browser: Browser;
let url: string;
const problems: string[] = [];

beforeAll(async () => {
  stage = await createShareStage();
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

async function open(token: string, options: object = {}): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 390, height: 800 }, ...options });
  page.on("console", (message) => problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(error.message));
  await page.goto(`${url}/s/${token}`);
  return page;
}

function totalOf(page: Page) {
  return page.locator("[data-total]").first();
}

async function fill(page: Page): Promise<void> {
  await page.getByLabel("Ваше имя и фамилия").fill("Иван Петров");
  await page.getByLabel("Телефон", { exact: true }).fill("8 912 345-67-89");
  await page.getByLabel("Согласен(на), подписываю").check();
  await page.getByLabel("Разрешаю хранить эти данные").check();
}

function agreeButton(page: Page) {
  return page.getByRole("button", { name: "Согласовать", exact: true });
}

async function statusOf(id: string) {
  const card = await stage.work.asActor(stage.people.owner, ({ estimates }) => estimates.card(id));
  return card.status;
}

describe("the client's page in a browser", () => {
  it("follows the choice at once, takes a question and the agreement", async () => {
    const { token, id, revision, unchosenId } = await shareWithClient(
      stage.work,
      stage.people.foreman,
    );
    const page = await open(token);
    expect(await page.getByRole("button", { name: "Пересчитать" }).isVisible()).toBe(false);
    await page.getByLabel("Подсветка").check();
    await expect.poll(() => totalOf(page).textContent()).toBe("199\u00a0452,32\u00a0₽");
    expect(await page.locator("#words-signature").textContent()).toContain("199\u00a0452,32");
    expect(await page.locator("#summary .final").textContent()).toContain("199\u00a0452,32");

    await page.getByRole("link", { name: "Спросить" }).first().click();
    expect(await page.locator("[data-about]").textContent()).toBe(
      "Демонтаж перегородок из пеноблока",
    );
    await page.getByLabel("Ваш вопрос").fill("Мусор вывозите?");
    await page.getByRole("button", { name: "Задать вопрос" }).click();
    await page.getByText("Вопрос отправлен подрядчику").waitFor();
    await page.getByText("Мусор вывозите?").waitFor();

    await page.getByLabel("Подсветка").check();
    await expect.poll(() => totalOf(page).textContent()).toBe("199\u00a0452,32\u00a0₽");
    await fill(page);
    await agreeButton(page).click();
    await page.getByText("Смета согласована").waitFor();
    expect(await statusOf(id)).toBe("approved");
    const [evidence] = await stage.work.database.sql`
      select address
      from approvals
      where revision_id = ${revision.id}
    `;
    expect(evidence).toEqual({ address: "127.0.0.1" });
    const { content } = await stage.work.asActor(stage.people.foreman, ({ estimates }) =>
      estimates.content(id),
    );
    expect(content.lines.get(unchosenId)?.isChosen).toBe(true);
    const {
      items: [link],
    } = await stage.work.asActor(stage.people.foreman, ({ sharing }) => sharing.links(id));
    expect(link?.viewCount).toBeGreaterThan(0);
    await page.close();
  });

  it("works without JavaScript", async () => {
    const { token, id } = await shareWithClient(stage.work, stage.people.foreman);
    const page = await open(token, { javaScriptEnabled: false });
    await page.getByLabel("Подсветка").check();
    await fill(page);
    await page.getByRole("button", { name: "Пересчитать" }).click();
    expect(await totalOf(page).textContent()).toBe("199\u00a0452,32\u00a0₽");
    expect(await page.getByLabel("Ваше имя и фамилия").inputValue()).toBe("Иван Петров");
    // A tick without «Пересчитать»: the new sum is shown before anything is agreed.
    await page.getByLabel("Тёплый пол").uncheck();
    await agreeButton(page).click();
    await page.getByText("Итог изменился").waitFor();
    expect(await statusOf(id)).toBe("submitted");
    expect(await totalOf(page).textContent()).toBe("196\u00a0736,26\u00a0₽");
    await agreeButton(page).click();
    await page.getByText("Смета согласована").waitFor();
    expect(await statusOf(id)).toBe("approved");
    await page.close();
  });

  it("of extra work works without JavaScript, its photo and a question included", async () => {
    const { work, people } = stage;
    const id = await newExtra(work, people.foreman, await newContract(work, people));
    await work.asActor(people.foreman, ({ extras }) => extras.addPhoto(id, PICTURE));
    await submit(work, people.foreman, id, "client");
    const { path } = await work.asActor(people.foreman, ({ sharing }) => sharing.share(id));
    const page = await open(path.slice("/s/".length), { javaScriptEnabled: false });
    await page.getByText("Причина: Заказчик добавил розетки").waitFor();
    const photo = page.locator("img").first();
    expect((await photo.boundingBox())?.width).toBeGreaterThan(0);
    expect(await photo.getAttribute("alt")).toBeTruthy();
    await page.getByLabel("Ваш вопрос").fill("Сколько розеток?");
    await page.getByRole("button", { name: "Задать вопрос" }).click();
    await page.getByText("Сколько розеток?").waitFor();
    await fill(page);
    await agreeButton(page).click();
    await page.getByText("согласована", { exact: false }).first().waitFor();
    expect(await statusOf(id)).toBe("approved");
    await page.close();
  });

  it("fits phones and screens, light and dark, and can be used by everybody", async () => {
    const { token } = await shareWithClient(stage.work, stage.people.foreman);
    for (const width of [320, 390, 1280]) {
      for (const colorScheme of ["light", "dark"] as const) {
        const page = await open(token, { viewport: { width, height: 700 }, colorScheme });
        const scrolls = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(scrolls).toBe(width);
        await page.close();
        const checked = await open(token, {
          viewport: { width, height: 700 },
          colorScheme,
          bypassCSP: true,
        });
        await checked.addScriptTag({ content: axe.source });
        const found = await checked.evaluate(async () => {
          const { axe: checker } = window as unknown as { axe: typeof axe };
          const { violations } = await checker.run();
          return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
        });
        expect(found).toEqual([]);
        await checked.close();
      }
    }
  });

  it("says nothing in the console: the content policy refuses nothing of its own", () => {
    // A form that is sent back is told by the browser itself.
    expect(problems.filter((text) => !text.includes("status of 409"))).toEqual([]);
  });
});
