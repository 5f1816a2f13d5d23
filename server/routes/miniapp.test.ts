import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Page } from "playwright-core";
import { packId } from "../../domain/ids.ts";
import { formatMoneyRu } from "../../domain/numbers_ru.ts";
import {
  BROWSER_PATIENCE,
  createStage,
  postedEvents,
  receiveEvent,
  type Stage,
  type StagePerson,
} from "./testing_browser.ts";
import { makeEstimate } from "./testing_estimates.ts";

vi.setConfig(BROWSER_PATIENCE);

let stage: Stage;
let person: StagePerson;
let estimateId: string;

beforeAll(async () => {
  stage = await createStage({ isLive: true });
  person = await stage.newPerson();
  estimateId = await makeEstimate(stage.work.asActor, person.actor);
});

afterAll(async () => {
  await stage?.close();
});

const startParam = () => `e_${packId(estimateId)}`;

async function serverTotal(): Promise<string> {
  const card = await stage.work.asActor(person.actor, (services) =>
    services.estimates.card(estimateId),
  );
  return formatMoneyRu(card.totals.total);
}

async function seesHeading(page: Page, name: string | RegExp): Promise<boolean> {
  const heading = page.getByRole("heading", { name });
  await heading.waitFor();
  return await heading.isVisible();
}

/** The files that were asked for when the content marked by `open` came on the screen. */
async function loadedBefore(page: Page): Promise<string[]> {
  const loaded = await page.waitForFunction(
    () => (window as unknown as { loadedBefore?: string[] }).loadedBefore,
  );
  const addresses = (await loaded.jsonValue()) ?? [];
  return addresses
    .map((address) => new URL(address).pathname)
    .filter((path) => /^\/app\/assets\/.*\.(js|css)$/.test(path));
}

/** Watches for everything that a page must not do. */
function watch(page: Page): { problems: string[]; hosts: Set<string> } {
  const problems: string[] = [];
  const hosts = new Set<string>();
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("request", (request) => hosts.add(new URL(request.url()).origin));
  return { problems, hosts };
}

describe("the Mini App in a browser", () => {
  it("lists the estimates and opens one with the server's total", async () => {
    const page = await stage.open(person);
    const seen = watch(page);
    await page.getByRole("button", { name: /Ленина 12/ }).click();
    expect(await seesHeading(page, "Ленина 12, кв. 5")).toBe(true);
    const total = await serverTotal();
    await page.getByText(total).first().waitFor();
    expect((await page.textContent("body"))?.includes("Штукатурка стен по маякам")).toBe(true);
    expect(seen.problems).toEqual([]);
    expect([...seen.hosts].every((host) => host === stage.url)).toBe(true);
    await page.close();
  });

  it("goes back with Telegram's button and tells Telegram when it shows", async () => {
    const page = await stage.open(person, { startParam: startParam() });
    expect(await seesHeading(page, "Ленина 12, кв. 5")).toBe(true);
    const shown = (await postedEvents(page)).filter(({ name }) => name.includes("back_button"));
    expect(shown.at(-1)?.data).toEqual({ is_visible: true });
    await receiveEvent(page, "back_button_pressed");
    expect(await seesHeading(page, "Сметы")).toBe(true);
    const hidden = (await postedEvents(page)).filter(({ name }) => name.includes("back_button"));
    expect(hidden.at(-1)?.data).toEqual({ is_visible: false });
    await page.close();
  });

  it("stays on the estimate after a reload", async () => {
    const page = await stage.open(person, { startParam: startParam() });
    expect(await seesHeading(page, "Ленина 12, кв. 5")).toBe(true);
    await page.reload();
    expect(await seesHeading(page, "Ленина 12, кв. 5")).toBe(true);
    await page.close();
  });

  it("renders when the client never tells the size of its window", async () => {
    const page = await stage.open(person, { answersViewport: false });
    expect(await seesHeading(page, "Сметы")).toBe(true);
    await page.close();
  });

  it.each(["6.0", "7.0", "8.0"])("works in Telegram %s", async (version) => {
    const page = await stage.open(person, { version, startParam: startParam() });
    const seen = watch(page);
    expect(await seesHeading(page, "Ленина 12, кв. 5")).toBe(true);
    expect(seen.problems).toEqual([]);
    await page.close();
  });

  it("says what to do outside Telegram, with a link to the bot", async () => {
    const page = await stage.openOutside();
    expect(await seesHeading(page, "Откройте Смётку в Telegram")).toBe(true);
    const link = page.getByRole("link", { name: "Открыть бота" });
    expect(await link.getAttribute("href")).toBe("https://t.me/smetka_test_bot");
    await page.close();
  });

  it("says that an estimate of another company is gone", async () => {
    const stranger = await stage.newPerson();
    const page = await stage.open(stranger, { startParam: startParam() });
    expect(await seesHeading(page, "Этой сметы больше нет")).toBe(true);
    await page.close();
  });

  it("asks to be opened again when the launch is older than an hour", async () => {
    const authDate = new Date(Date.now() - 2 * 3600 * 1000);
    const page = await stage.open(person, { authDate });
    expect(await seesHeading(page, /Приложение открыто слишком давно/)).toBe(true);
    await page.close();
  });

  it("follows a change of the theme", async () => {
    const page = await stage.open(person);
    expect(await seesHeading(page, "Сметы")).toBe(true);
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(await background()).toBe("rgb(244, 244, 245)");
    await receiveEvent(page, "theme_changed", {
      theme_params: { bg_color: "#212121", secondary_bg_color: "#0f0f0f", text_color: "#ffffff" },
    });
    await expect.poll(background).toBe("rgb(15, 15, 15)");
    await page.close();
  });
});

describe("the files of the Mini App", () => {
  it("are compressed, kept for ever under their hashes, and the page is not kept", async () => {
    const page = await fetch(`${stage.url}/app/`, { headers: { "Accept-Encoding": "br" } });
    expect(page.headers.get("Cache-Control")).toBe("no-store");
    const html = await page.text();
    const script = /src="(\/app\/assets\/[^"]+)"/.exec(html)?.[1] ?? "";
    const answer = await fetch(`${stage.url}${script}`, { headers: { "Accept-Encoding": "br" } });
    expect(answer.headers.get("Content-Encoding")).toBe("br");
    expect(answer.headers.get("Cache-Control")).toContain("immutable");
    expect(answer.headers.get("Content-Type")).toContain("javascript");
  });

  it("allow Telegram's web client to frame them, and nobody else", async () => {
    const { headers } = await fetch(`${stage.url}/app/`);
    const policy = headers.get("Content-Security-Policy") ?? "";
    expect(policy).toMatch(/frame-ancestors https:\/\/web\.telegram\.org$/);
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain("unsafe");
    expect(headers.get("X-Frame-Options")).toBeNull();
  });

  it("have no lookbehind in a library either, which Safari before 16.4 can't read", () => {
    const directory = new URL("../../miniapp/dist/assets/", import.meta.url);
    const scripts = readdirSync(directory).filter((name) => name.endsWith(".js"));
    expect(scripts.length).toBeGreaterThan(0);
    const guilty = scripts.filter((name) =>
      /\(\?<[=!]/.test(readFileSync(new URL(name, directory), "utf8")),
    );
    expect(guilty).toEqual([]);
  });

  it.each([
    ["the list", undefined, ".card"],
    ["an estimate", startParam, "[data-total]"],
  ])("that the first load of %s fetches are 120 kB at most", async (_, param, content) => {
    const page = await stage.open(person, {
      marks: content,
      ...(param ? { startParam: param() } : {}),
    });
    const paths = await loadedBefore(page);
    expect(paths.some((path) => path.endsWith(".css"))).toBe(true);
    const sizes = paths.map(async (path) => {
      const headers = { "Accept-Encoding": "identity" };
      const file = await (await fetch(`${stage.url}${path}`, { headers })).arrayBuffer();
      return gzipSync(file, { level: 9 }).length;
    });
    const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    expect(total).toBeGreaterThan(50_000);
    expect(total).toBeLessThanOrEqual(120_000);
    await page.close();
  });

  it("are only what was built", async () => {
    for (const path of ["../package.json", "%2e%2e/package.json", ".sources", "assets/", "x.js"]) {
      expect((await fetch(`${stage.url}/app/${path}`)).status).toBe(404);
    }
  });
});
