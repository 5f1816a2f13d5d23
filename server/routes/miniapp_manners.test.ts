import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { groupLines } from "../../domain/estimate/estimate.ts";
import { packId } from "../../domain/ids.ts";
import { kopecks } from "../../domain/money.ts";
import { newId } from "../new_id.ts";
import {
  BROWSER_PATIENCE,
  createStage,
  postedEvents,
  receiveEvent,
  type Stage,
  type StagePerson,
} from "./testing_browser.ts";
import { listSample, makeEstimate } from "./testing_estimates.ts";
import { menu, press } from "./testing_look.ts";

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

async function open(id = estimateId): Promise<Page> {
  const page = await stage.open(person, { startParam: `e_${packId(id)}` });
  await page.getByRole("button", { name: /ИТОГО/ }).waitFor();
  return page;
}

const price = (page: Page, line: number) =>
  page.getByRole("button", { name: new RegExp(`^Цена, строка ${line}:`) });

/** The last word to Telegram of this name. */
async function lastOf(page: Page, name: string) {
  const posted = await postedEvents(page);
  return posted.findLast((event) => event.name === name)?.data;
}

const isSaved = (page: Page) => page.getByRole("button", { name: "Сохранено" }).waitFor();

describe("in Telegram the editor", () => {
  it("puts the total on the main button, which opens the totals and leaves room for typing", async () => {
    const page = await open();
    const button = () => lastOf(page, "web_app_setup_main_button");
    await expect.poll(button).toMatchObject({ is_visible: true, is_active: true });
    expect((await button())?.["text"]).toMatch(/^ИТОГО 176.382,00/);
    await receiveEvent(page, "main_button_pressed");
    await page.getByRole("dialog", { name: "Итоги" }).waitFor();
    await page.keyboard.press("Escape");
    await price(page, 1).click();
    await expect.poll(button).toMatchObject({ is_visible: false });
    await page.keyboard.type("750");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    await expect.poll(async () => (await button())?.["text"]).toMatch(/^ИТОГО 177.632,00/);
    await page.context().close();
  });

  it("keeps swipes for its rows, taps the phone, and lets the swipe go with the screen", async () => {
    const page = await open();
    const swipes = () => lastOf(page, "web_app_setup_swipe_behavior");
    await expect.poll(swipes).toEqual({ allow_vertical_swipe: false });
    await price(page, 1).click();
    await page.keyboard.type("750");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    await press(page, "Отменить действие");
    const tap = await lastOf(page, "web_app_trigger_haptic_feedback");
    expect(tap).toEqual({ type: "impact", impact_style: "light" });
    await isSaved(page);
    await receiveEvent(page, "back_button_pressed");
    await expect.poll(swipes).toEqual({ allow_vertical_swipe: true });
    await page.context().close();
  });

  it("stays clear of what the phone and Telegram cover", async () => {
    const page = await open();
    const padding = () =>
      page.locator(".bar").evaluate((bar) => Number.parseFloat(getComputedStyle(bar).paddingTop));
    const before = await padding();
    const sides = { bottom: 0, left: 0, right: 0 };
    await receiveEvent(page, "safe_area_changed", { top: 40, ...sides });
    await receiveEvent(page, "content_safe_area_changed", { top: 20, ...sides });
    await expect.poll(padding).toBe(before + 60);
    await page.context().close();
  });

  it("says the total aloud when a value is taken over, not at every key", async () => {
    const page = await open();
    const said = () => page.locator("output").textContent();
    expect(await said()).toMatch(/^ИТОГО 176.382,00/);
    await price(page, 1).click();
    await page.keyboard.type("750");
    await expect.poll(() => page.locator("[data-total]").textContent()).toMatch(/177.632,00/);
    expect(await said()).toMatch(/^ИТОГО 176.382,00/);
    await page.keyboard.press("Enter");
    await expect.poll(said).toMatch(/^ИТОГО 177.632,00/);
    await page.context().close();
  });

  it("moves nothing for people who asked for that", async () => {
    const page = await open();
    const animation = () =>
      page.evaluate(() => {
        const row = document.body.appendChild(document.createElement("div"));
        row.className = "loading-row";
        const { animationName } = getComputedStyle(row);
        row.remove();
        return animationName;
      });
    expect(await animation()).not.toBe("none");
    await page.emulateMedia({ reducedMotion: "reduce" });
    expect(await animation()).toBe("none");
    await page.context().close();
  });
});

describe("a copy", () => {
  it("is made of a line, of a section and of the whole estimate", async () => {
    const page = await open();
    const names = async () => {
      const { content } = await stage.work.asActor(person.actor, ({ estimates }) =>
        estimates.content(estimateId),
      );
      return groupLines(content).map(({ lines }) => lines.map(({ name }) => name.split(" ")[0]));
    };
    const [first, ...others] = await names();
    await press(page, "Действия со строкой 1");
    await page.getByRole("dialog").getByRole("button", { name: "Копия" }).click();
    await isSaved(page);
    const longer = [first?.[0], ...(first ?? [])];
    await expect.poll(names).toEqual([longer, ...others]);
    await press(page, "Действия с разделом Демонтаж");
    await page.getByRole("dialog").getByRole("button", { name: "Копия" }).click();
    await isSaved(page);
    await expect.poll(names).toEqual([longer, longer, ...others]);
    await menu(page, "Копия сметы");
    await page.getByText(/СМ-2026-0002 · черновик/).waitFor();
    expect(await page.locator("[data-total]").textContent()).toMatch(/217.997,00/);
    await page.context().close();
  });
});

describe("the sums of an estimate", () => {
  it("show each section, and works and materials as a picture", async () => {
    const page = await open();
    await page.getByText("25 365,00 ₽").waitFor();
    const picture = page.getByRole("img", { name: "Работы 80 %, материалы 20 %" });
    await picture.first().waitFor();
    expect(await picture.count()).toBe(1);
    await page.context().close();
  });

  it("show what is left of them, once every line has its cost", async () => {
    const [section] = listSample();
    const list = section ? [{ ...section, lines: section.lines.slice(0, 1) }] : [];
    const id = await makeEstimate(stage.work.asActor, person.actor, list);
    const page = await open(id);
    await menu(page, "Показать себестоимость");
    await page.getByText("Себестоимость указана не у всех строк").waitFor();
    const { content } = await stage.work.asActor(person.actor, ({ estimates }) =>
      estimates.content(id),
    );
    const [lineId = ""] = content.lines.keys();
    const cost = kopecks(40_000n);
    await stage.work.asActor(person.actor, ({ estimates }) =>
      estimates.change(id, {
        baseVersion: null,
        source: "bot",
        changes: [{ id: newId(), type: "line.set", lineId, set: { cost } }],
      }),
    );
    await page.evaluate(() => window.dispatchEvent(new Event("online")));
    // 12,5 × (650 − 400)
    await page.locator(".line-amount", { hasText: /3.125,00/ }).waitFor();
    const margin = page.locator("dl > div").filter({ hasText: "Маржа" });
    expect(await margin.textContent()).toMatch(/3.125,00/);
    await page.context().close();
  });
});
