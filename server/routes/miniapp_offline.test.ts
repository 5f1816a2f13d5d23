import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { revokeSessionsOf } from "../../db/sessions.ts";
import { groupLines } from "../../domain/estimate/estimate.ts";
import { packId } from "../../domain/ids.ts";
import { BROWSER_PATIENCE, createStage, type Stage, type StagePerson } from "./testing_browser.ts";
import { makeEstimate } from "./testing_estimates.ts";

vi.setConfig(BROWSER_PATIENCE);

let stage: Stage;
let person: StagePerson;
let estimateId: string;

beforeAll(async () => {
  stage = await createStage();
});

beforeEach(async () => {
  person = await stage.newPerson();
  estimateId = await makeEstimate(stage.work.asActor, person.actor);
});

afterAll(() => stage?.close());

const LONG = { timeout: 20_000 };
const startParam = () => `e_${packId(estimateId)}`;
const total = (page: Page) => page.getByRole("button", { name: /ИТОГО/ });
const price = (page: Page) => page.getByRole("button", { name: /^Цена, строка 1:/ });

async function firstPrice(): Promise<bigint | undefined> {
  const { content } = await stage.work.asActor(person.actor, ({ estimates }) =>
    estimates.content(estimateId),
  );
  return groupLines(content).flatMap((group) => group.lines)[0]?.price;
}

/** Until a reload would not need the network. */
async function isKept(page: Page): Promise<void> {
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null, null, LONG);
}

describe("without a network", () => {
  it("the app opens with the list, an estimate and a client as they were, and sends later", async () => {
    const client = await stage.work.asActor(person.actor, ({ clients }) =>
      clients.create({
        kind: "person",
        name: "Анна Кравец",
        phones: [],
        emails: [],
        inn: "",
        address: "Ленина 12",
        note: "",
      }),
    );
    const page = await stage.open(person, { keepsShell: true });
    await page.getByRole("button", { name: /Ленина 12/ }).click();
    await total(page).waitFor();
    await page.goBack();
    await page.getByRole("button", { name: "Заказчики" }).click();
    await page.getByRole("button", { name: client.name }).click();
    await page.getByRole("textbox", { name: "Адрес" }).waitFor();
    await isKept(page);
    // What was seen is written a moment later.
    await page.waitForTimeout(800);

    await page.context().setOffline(true);
    await page.reload();
    const address = page.getByRole("textbox", { name: "Адрес" });
    await address.waitFor(LONG);
    expect(await address.inputValue()).toBe("Ленина 12");
    expect(await address.isDisabled()).toBe(true);
    await page
      .getByText(/Показано, как было/)
      .first()
      .waitFor();
    await page.goBack();
    await page.getByRole("button", { name: client.name }).waitFor(LONG);
    await page.goBack();
    await page.getByRole("button", { name: /Ленина 12/ }).click(LONG);
    await price(page).click();
    await page.keyboard.type("345");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: /Нет связи: 1/ }).waitFor(LONG);

    await page.context().setOffline(false);
    await expect.poll(firstPrice, LONG).toBe(34_500n);
    await page.close();
  });

  it("a change outlives the app's death and the end of the session, and goes out once", async () => {
    const page = await stage.open(person, { startParam: startParam() });
    await total(page).waitFor();
    await page.context().setOffline(true);
    await price(page).click();
    await page.keyboard.type("888");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: /Нет связи: 1/ }).waitFor(LONG);
    const before = await countChanges();
    const window = await page.context().newPage();
    await page.close();
    const { companyId, userId } = person.actor;
    await revokeSessionsOf(stage.work.database.sql, companyId, userId);
    await window.context().setOffline(false);
    const later = await stage.open(person, { beside: window });
    await expect.poll(firstPrice, LONG).toBe(88_800n);
    await later.getByRole("button", { name: /Ленина 12/ }).click();
    await later.getByRole("button", { name: "Сохранено" }).waitFor(LONG);
    expect(await countChanges()).toBe(before + 1);
    await later.context().close();
  });
});

async function countChanges(): Promise<number> {
  const [row] = await stage.work.database.sql<{ count: number }[]>`
    select count(*)::int as count from estimate_changes where estimate_id = ${estimateId}
  `;
  return row?.count ?? 0;
}

describe("a network that does not answer", () => {
  it("does not keep what was seen from the screen at the second opening", async () => {
    const page = await stage.open(person, { startParam: startParam(), keepsShell: true });
    await price(page).waitFor();
    await isKept(page);
    // What was seen is written a moment later.
    await page.waitForTimeout(800);

    const silence = stage.holdAnswers();
    await page.reload({ waitUntil: "commit" });
    await total(page).waitFor(LONG);
    // Not even the page was waited for.
    expect(silence.asked).not.toContain("/app/");
    await price(page).click();
    await page.keyboard.type("777");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Отправляется" }).waitFor();
    expect(await price(page).textContent()).toBe("777,00");

    silence.release();
    await expect.poll(firstPrice, LONG).toBe(77_700n);
    await page.close();
  });
});

describe("a new build", () => {
  it("is found at an opening, which begins with the old one", async () => {
    const site = await startBuilds();
    const page = await stage.open(person, { keepsShell: true, url: site.url });
    await page.getByRole("heading", { name: "Сметы" }).waitFor();
    await isKept(page);
    site.release();
    await page.reload();
    await expect.poll(() => entryOf(page), LONG).toBe(site.next);
    await page.getByRole("heading", { name: "Сметы" }).waitFor(LONG);
    await page.context().close();
    site.server.close();
  });

  it("takes the place of an open page of the old one as soon as it is there", async () => {
    const site = await startBuilds();
    const page = await stage.open(person, { keepsShell: true, url: site.url });
    await page.getByRole("heading", { name: "Сметы" }).waitFor();
    await isKept(page);
    expect(await entryOf(page)).toBe(site.entry);
    site.release();
    const reloaded = page.waitForEvent("framenavigated", LONG);
    await page.evaluate(() => window.dispatchEvent(new Event("online")));
    await reloaded;
    await expect.poll(() => entryOf(page), LONG).toBe(site.next);
    await page.getByRole("heading", { name: "Сметы" }).waitFor(LONG);
    expect(await page.evaluate(() => caches.keys())).toHaveLength(1);
    await page.context().close();
    site.server.close();
  });
});

async function entryOf(page: Page): Promise<string> {
  const html = await page.evaluate(() => document.documentElement.outerHTML).catch(() => "");
  return entryIn(html);
}

function entryIn(html: string): string {
  return /assets\/(index-[\w-]+)\.js/.exec(html)?.[1] ?? "";
}

/** The stage's site behind another address, where the app's main file gets another name on `release`. */
async function startBuilds() {
  const entry = entryIn(await (await fetch(`${stage.url}/app/`)).text());
  const next = "index-NextBuild";
  let isReleased = false;
  const server: Server = createServer((request, response) => {
    const forward = async () => {
      const path = (request.url ?? "").replace(next, entry);
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const answer = await fetch(stage.url + path, {
        method: request.method ?? "GET",
        headers: {
          authorization: request.headers.authorization ?? "",
          "content-type": request.headers["content-type"] ?? "application/json",
        },
        ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
      });
      const text = await answer.text();
      for (const name of ["content-type", "cache-control", "content-security-policy"]) {
        const value = answer.headers.get(name);
        if (value !== null) response.setHeader(name, value);
      }
      response.writeHead(answer.status);
      response.end(isReleased ? text.replaceAll(entry, next) : text);
    };
    forward().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const release = () => {
    isReleased = true;
  };
  return { server, url, entry, next, release };
}
