import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { packId } from "../../domain/ids.ts";
import { kopecks } from "../../domain/money.ts";
import { parseQuantity } from "../../domain/quantity.ts";
import {
  BROWSER_PATIENCE,
  createStage,
  postedEvents,
  type Stage,
  type StagePerson,
} from "./testing_browser.ts";
import { lineOf, listLong, makeEstimate } from "./testing_estimates.ts";
import { heading, look, press } from "./testing_look.ts";

vi.setConfig(BROWSER_PATIENCE);

let stage: Stage;
let owner: StagePerson;
let estimateId: string;

beforeAll(async () => {
  stage = await createStage();
  owner = await stage.newPerson({ role: "owner" });
  estimateId = await makeEstimate(stage.work.asActor, owner.actor);
});

afterAll(() => stage?.close());

/** The sheets come a moment after the estimate, and what they are made of behind them. */
async function untilAllParts(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const parts = performance
      .getEntriesByType("resource")
      .filter((entry) => entry instanceof PerformanceResourceTiming)
      .filter(({ name }) => name.includes("/assets/"));
    const last = Math.max(...parts.map(({ responseEnd }) => responseEnd));
    return parts.some(({ name }) => /\/sheets-/.test(name)) && performance.now() - last > 1500;
  });
}

describe.each([
  ["light", false],
  ["dark", true],
])("in %s", (theme, isDark) => {
  const size = { width: 390, height: 800, isDark };

  it("every screen says what to do where there is nothing yet", async () => {
    const newcomer = await stage.newPerson({ role: "owner" });
    const id = await makeEstimate(stage.work.asActor, newcomer.actor, []);
    const beginner = await stage.newPerson({ role: "owner" });
    const page = await stage.open(beginner, size);
    await heading(page, "Смет пока нет");
    expect(await look(page, `empty-estimates-${theme}`)).toEqual([]);
    for (const [name, title] of [
      ["Заказчики", "Заказчиков пока нет"],
      ["Объекты", "Объектов пока нет"],
      ["Расценки", "Расценок пока нет"],
    ] as const) {
      await press(page, name);
      await heading(page, title);
      expect(await look(page, `empty-${name}-${theme}`)).toEqual([]);
      await page.goBack();
    }
    await page.context().close();
    for (const [part, text] of [
      ["e", "Строка"],
      ["a", "Смету ещё никому не отправляли"],
      ["q", "Вопросов нет"],
      ["d", "Смета ещё не утверждена"],
      ["p", "Смета ещё не утверждена"],
    ] as const) {
      const empty = await stage.open(newcomer, { ...size, startParam: `${part}_${packId(id)}` });
      await empty.getByText(text).first().waitFor();
      expect(await look(empty, `empty-${part}-${theme}`)).toEqual([]);
      await empty.context().close();
    }
  });

  it("every screen says so when its content is not to be had", async () => {
    const stranger = await stage.newPerson({ role: "owner" });
    for (const part of ["e", "a", "q", "c", "o", "d", "p"]) {
      const page = await stage.open(stranger, {
        ...size,
        startParam: `${part}_${packId(estimateId)}`,
      });
      await page.locator(".notice h1, .notice h2").first().waitFor();
      // Asking again would not bring it back.
      expect(await page.getByRole("button", { name: "Повторить" }).count()).toBe(0);
      expect(await page.getByRole("button", { name: "Все сметы" }).count()).toBe(1);
      expect(await look(page, `error-${part}-${theme}`)).toEqual([]);
      await page.context().close();
    }
    const late = new Date(Date.now() - 2 * 3600 * 1000);
    const old = await stage.open(owner, { ...size, authDate: late });
    await heading(old, /Приложение открыто слишком давно/);
    expect(await old.getByRole("button", { name: "Повторить" }).count()).toBe(0);
    expect(await look(old, `error-launch-${theme}`)).toEqual([]);
    await press(old, "Закрыть приложение");
    expect((await postedEvents(old)).at(-1)?.name).toBe("web_app_close");
    await old.context().close();
    const cut = await stage.open(owner, {
      ...size,
      startParam: `e_${packId(estimateId)}`,
      prepare: async (page) => {
        await page.route("**/api/v1/estimates/**", (route) => route.abort());
      },
    });
    await heading(cut, /^Нет связи/);
    expect(await look(cut, `offline-e-${theme}`)).toEqual([]);
    await cut.context().close();
  });

  it("an estimate of 5 000 lines with the longest words and sums has nothing to mend", async () => {
    const long = "Штукатурка стен по маякам с армированием стеклосеткой ".repeat(10).slice(0, 500);
    const [first, ...others] = listLong(5000);
    const [line, ...lines] = first?.lines ?? [];
    if (!first || !line) throw new Error("an empty list");
    const huge = { name: long, unit: "комплект", price: kopecks(123_456_789n) };
    const quantity = parseQuantity("12345.678") ?? line.quantity;
    const changed = {
      ...first,
      title: long.slice(0, 200),
      lines: [{ ...line, ...huge, quantity }],
    };
    const list = [{ ...changed, lines: [...changed.lines, ...lines] }, ...others];
    const id = await makeEstimate(stage.work.asActor, owner.actor, list);
    const page = await stage.open(owner, { ...size, startParam: `e_${packId(id)}` });
    await page.getByText("Работа № 2", { exact: true }).waitFor();
    expect(await look(page, `long-${theme}`)).toEqual([]);
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    await page.getByText("Работа № 5000").waitFor();
    expect(await look(page, `long-end-${theme}`)).toEqual([]);
    await page.context().close();
  });

  it("an estimate that waits for its approval shows the longest words and sums whole", async () => {
    const list = [
      {
        title: "Штукатурка и армирование ".repeat(8).trim(),
        kind: "work" as const,
        lines: [
          lineOf(
            "Штукатурка стен по маякам с армированием стеклосеткой ".repeat(9),
            "м²",
            "12.5",
            650,
          ),
          lineOf("Укладка", "комплект", "6400", 99_999.99),
          lineOf("Стяжка пола", "м²", "159999.984", 99_999.99),
        ],
      },
    ];
    const id = await makeEstimate(stage.work.asActor, owner.actor, list);
    const open = () => stage.open(owner, { ...size, startParam: `e_${packId(id)}` });
    const draft = await open();
    await draft.getByText("Стяжка пола").first().waitFor();
    expect(await look(draft, `huge-${theme}`)).toEqual([]);
    await draft.context().close();
    await stage.work.asActor(owner.actor, ({ agreement }) =>
      agreement.submit(id, { audience: "client", acceptWarnings: true }),
    );
    const page = await open();
    await page.getByText("Стяжка пола").first().waitFor();
    expect(await page.getByText("Строка", { exact: true }).count()).toBe(0);
    expect(await look(page, `huge-frozen-${theme}`)).toEqual([]);
    await page.context().close();
  });

  it("an estimate has nothing to mend without a network and with a number that is none", async () => {
    const id = await makeEstimate(stage.work.asActor, owner.actor);
    const page = await stage.open(owner, { ...size, startParam: `e_${packId(id)}` });
    await page.getByText("Демонтаж перегородок").first().waitFor();
    await untilAllParts(page);
    await page.context().setOffline(true);
    const price = page.getByRole("button", { name: /^Цена, строка 1:/ });
    await price.click();
    await page.keyboard.type("12.345");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").waitFor();
    expect(await look(page, `editor-problem-${theme}`)).toEqual([]);
    await page.getByRole("textbox", { name: "Цена, строка 1" }).fill("700");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: /Нет связи: 1/ }).waitFor();
    expect(await look(page, `editor-offline-${theme}`)).toEqual([]);
    await press(page, /Нет связи: 1/);
    await page.getByRole("dialog").waitFor();
    expect(await look(page, `editor-offline-sheet-${theme}`)).toEqual([]);
    await page.context().close();
  }, 90_000);
});

it.each([320, 390, 1280])("what is typed covers nothing beside it, %i wide", async (width) => {
  const startParam = `e_${packId(estimateId)}`;
  const page = await stage.open(owner, { width, startParam });
  for (const field of ["Единица", "Цена"]) {
    await page
      .getByRole("button", { name: new RegExp(`^${field}, строка 1:`) })
      .first()
      .click();
    const typed = page.getByRole("textbox", { name: `${field}, строка 1` });
    await typed.waitFor();
    const gaps = await typed.evaluate((input) => {
      const box = input.getBoundingClientRect();
      const row = input.closest("li");
      return [...(row?.querySelectorAll(".line-times, .line-amount") ?? [])].map((beside) => {
        const text = document.createRange();
        text.selectNodeContents(beside);
        const { left, right } = text.getBoundingClientRect();
        return Math.max(box.left - right, left - box.right);
      });
    });
    expect(gaps).toHaveLength(2);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0);
    await page.keyboard.press("Escape");
  }
  await page.context().close();
});

it("an end of the session says what helps and loses nothing", async () => {
  const startParam = `e_${packId(await makeEstimate(stage.work.asActor, owner.actor))}`;
  const page = await stage.open(owner, { width: 320, startParam });
  await page.getByText("Демонтаж перегородок").first().waitFor();
  await page.route("**/api/v1/**", (route) =>
    route.fulfill({
      status: 401,
      json: { error: { code: "unauthenticated", message: "Приложение открыто слишком давно." } },
    }),
  );
  await page.getByRole("button", { name: /^Цена, строка 1:/ }).click();
  await page.keyboard.type("777");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await press(page, "Не отправлено: 1 изменение");
  const sheet = page.getByRole("dialog");
  await sheet.getByText(/сохранено на этом телефоне/).waitFor();
  expect(await sheet.getByRole("button").allInnerTexts()).toEqual(["", "Закрыть приложение"]);
  expect(await look(page, "session-over")).toEqual([]);
  await press(page, "Закрыть приложение");
  expect((await postedEvents(page)).at(-1)?.name).toBe("web_app_close");
  // Telegram gives a new launch; the browser is the same.
  const again = await stage.open(owner, { beside: page, startParam });
  await again.getByRole("button", { name: /^Цена, строка 1: 777/ }).waitFor();
  await again.getByRole("button", { name: "Сохранено" }).waitFor();
  await page.context().close();
});

it("a browser that keeps nothing says so, and sends what was typed when it can", async () => {
  const startParam = `e_${packId(await makeEstimate(stage.work.asActor, owner.actor))}`;
  const page = await stage.open(owner, {
    width: 320,
    startParam,
    prepare: async (fresh) => {
      await fresh.addInitScript(() => {
        Object.defineProperty(window, "indexedDB", { value: undefined });
      });
    },
  });
  await page.getByText("Демонтаж перегородок").first().waitFor();
  await untilAllParts(page);
  await page.context().setOffline(true);
  await page.getByRole("button", { name: /^Цена, строка 1:/ }).click();
  await page.keyboard.type("777");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await press(page, /Нет связи: 1/);
  const sheet = page.getByRole("dialog");
  await sheet.getByText(/Не закрывайте окно/).waitFor();
  expect(await sheet.getByText(/на этом телефоне/).count()).toBe(0);
  expect(await look(page, "keeps-nothing")).toEqual([]);
  await page.context().setOffline(false);
  await page.getByRole("button", { name: "Сохранено" }).waitFor();
  await page.context().close();
});

it("a part whose code did not come in time is no end of the editor", async () => {
  const page = await stage.open(owner, {
    startParam: `e_${packId(estimateId)}`,
    prepare: async (fresh) => {
      await fresh.route(/assets\/sheets-.*\.js/, (route) => route.abort());
    },
  });
  await press(page, "Ещё");
  await page.getByText("Эта часть не загрузилась").waitFor();
  expect(await page.getByRole("dialog").count()).toBe(0);
  await page.unroute(/assets\/sheets-.*\.js/);
  await page.getByRole("button", { name: /^Цена, строка 1:/ }).click();
  await page.keyboard.type("777");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Сохранено" }).waitFor();
  await page.reload();
  await page.getByRole("button", { name: /^Цена, строка 1: 777/ }).waitFor();
  await press(page, "Ещё");
  await page.getByRole("dialog").waitFor();
  await page.context().close();
});
