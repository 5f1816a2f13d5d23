import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Change } from "../../domain/estimate/changes.ts";
import { groupLines, type Line } from "../../domain/estimate/estimate.ts";
import { packId } from "../../domain/ids.ts";
import { kopecks } from "../../domain/money.ts";
import { formatMoneyRu } from "../../domain/numbers_ru.ts";
import { newId } from "../new_id.ts";
import {
  BROWSER_PATIENCE,
  createStage,
  type OpenOptions,
  postedEvents,
  receiveEvent,
  type Stage,
  type StagePerson,
} from "./testing_browser.ts";
import { listLong, makeEstimate } from "./testing_estimates.ts";

vi.setConfig(BROWSER_PATIENCE);

let stage: Stage;
let person: StagePerson;

beforeAll(async () => {
  stage = await createStage();
});

beforeEach(async () => {
  person = await stage.newPerson();
});

afterAll(async () => {
  await stage?.close();
});

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** One estimate on the screen of a phone or a desktop, and what the server has of it. */
async function openEstimate(
  options: OpenOptions & { list?: Parameters<typeof makeEstimate>[2] } = {},
) {
  const id = await makeEstimate(stage.work.asActor, person.actor, options.list);
  const open = async (more: OpenOptions = {}) => {
    const page = await stage.open(person, { ...options, ...more, startParam: `e_${packId(id)}` });
    await page.getByRole("button", { name: /ИТОГО/ }).waitFor();
    return page;
  };
  const page = await open();
  const server = () =>
    stage.work.asActor(person.actor, (services) => services.estimates.content(id));
  /** Lines as the server has them: «name|quantity|unit|price». */
  const lines = async () => {
    const { content } = await server();
    return groupLines(content).flatMap((group) => group.lines);
  };
  const total = async () => formatMoneyRu((await server()).card.totals.total);
  const change = async (changes: Change[]) => {
    await stage.work.asActor(person.actor, (services) =>
      services.estimates.change(id, { baseVersion: null, changes, source: "bot" }),
    );
  };
  return { id, page, open, server, lines, total, change };
}

const cell = (page: Page, field: string, line: number) =>
  page.getByRole("button", { name: new RegExp(`^${field}, строка ${line}:`) });

const shownTotal = (page: Page) => page.locator("[data-total]").innerText();

const isSaved = (page: Page) => page.getByRole("button", { name: "Сохранено" }).waitFor();

describe("the editor", () => {
  it.each(["Enter", "Tab", "a tap elsewhere"])(
    "reads a whole line that was ended by %s before the reader of lists had come",
    async (end) => {
      const { page, open, lines } = await openEstimate({ list: [] });
      await page.context().close();
      let letThrough = (): void => undefined;
      const isHeld = new Promise<void>((resolve) => {
        letThrough = resolve;
      });
      const slow = await open({
        prepare: async (opened) => {
          await opened.route("**/quick_add-*.js", async (route) => {
            await isHeld;
            await route.continue();
          });
        },
      });
      await slow.getByRole("button", { name: "Строка", exact: true }).click();
      await slow.keyboard.type("Тёплый пол 10 м2 2000");
      if (end === "a tap elsewhere") await slow.getByRole("button", { name: /ИТОГО/ }).click();
      else await slow.keyboard.press(end);
      letThrough();
      await expect
        .poll(async () =>
          (await lines()).map(({ name, quantity, price }) => [name, quantity, price]),
        )
        .toContainEqual(["Тёплый пол", 100_000_000n, 200_000n]);
      expect(await lines()).toHaveLength(1);
      await slow.context().close();
    },
  );

  it("takes a formula into a cell and goes on to the next with Enter", async () => {
    const { page, lines, total } = await openEstimate();
    await cell(page, "Количество", 2).click();
    await page.keyboard.type("=12,5*4+3");
    await page.keyboard.press("Enter");
    const unit = page.getByRole("textbox", { name: "Единица, строка 2" });
    expect(await unit.evaluate((element) => element === document.activeElement)).toBe(true);
    await page.keyboard.press("Enter");
    await page.keyboard.type("100,50");
    await page.keyboard.press("Enter");
    await isSaved(page);
    expect((await lines())[1]).toMatchObject({ quantity: 530_000_000n, price: 10_050n });
    expect(await shownTotal(page)).toBe(await total());
    await page.close();
  });

  it("shows what is being typed in the totals before it is taken over", async () => {
    const { page, lines } = await openEstimate();
    const before = await shownTotal(page);
    await cell(page, "Цена", 1).click();
    await page.keyboard.type("9999");
    expect(await shownTotal(page)).not.toBe(before);
    await page.keyboard.press("Escape");
    expect(await shownTotal(page)).toBe(before);
    expect((await lines())[0]?.price).toBe(65_000n);
    await page.close();
  });

  it("says what is wrong with a number and keeps what was typed", async () => {
    const { page, lines } = await openEstimate();
    await cell(page, "Цена", 1).click();
    await page.keyboard.type("1.234");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").filter({ hasText: "тысячи или копейки" }).waitFor();
    await page.getByRole("heading", { name: "Ленина 12, кв. 5" }).click();
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    expect(await cell(page, "Цена", 1).innerText()).toBe("1.234");
    expect((await lines())[0]?.price).toBe(65_000n);
    await cell(page, "Цена", 1).click();
    await page.keyboard.type("1234");
    await page.keyboard.press("Enter");
    await isSaved(page);
    expect((await lines())[0]?.price).toBe(123_400n);
    await page.close();
  });

  it("gives up a sheet that is still loading when typing begins", async () => {
    const { page, lines } = await openEstimate();
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    await page.route(/assets\/sheets-.*\.js/, async (route) => {
      await released;
      await route.continue();
    });
    const asked = page.waitForRequest(/assets\/sheets-.*\.js/);
    await page.reload();
    await page.getByRole("heading", { name: "Ленина 12, кв. 5" }).click();
    await cell(page, "Цена", 1).click();
    await page.keyboard.type("12");
    release();
    const url = JSON.stringify((await asked).url());
    await page.evaluate(`import(${url}).then(() => undefined)`);
    // React lets a late part appear after a third of a second at most.
    await page.waitForTimeout(800);
    await page.keyboard.type("34");
    await page.keyboard.press("Enter");
    await isSaved(page);
    expect((await lines())[0]?.price).toBe(123_400n);
    expect(await page.getByRole("dialog").count()).toBe(0);
    await page.close();
  });

  it("takes new lines one after another, typed cell by cell or as a whole", async () => {
    const { page, lines } = await openEstimate({ list: [] });
    await page.waitForTimeout(800);
    await page.getByRole("button", { name: "Строка", exact: true }).click();
    await page.keyboard.type("Стяжка пола");
    for (const text of ["", "48", "м²", "780"]) {
      await page.keyboard.type(text);
      await page.keyboard.press("Enter");
    }
    await page.keyboard.type("Снятие обоев 86 м2 90");
    await page.keyboard.press("Enter");
    await page.keyboard.type("Уборка");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    await isSaved(page);
    expect(await lines()).toMatchObject([
      { name: "Стяжка пола", quantity: 480_000_000n, unit: "м²", price: 78_000n },
      { name: "Снятие обоев", quantity: 860_000_000n, unit: "м²", price: 9000n },
      { name: "Уборка", quantity: 0n, price: 0n },
    ]);
    await page.close();
  });

  it("undoes and redoes every step, also by keyboard", async () => {
    const { page, total, lines } = await openEstimate({ width: 1280, height: 800 });
    const before = await shownTotal(page);
    await cell(page, "Количество", 1).click();
    await page.keyboard.type("1");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    const changed = await shownTotal(page);
    expect(changed).not.toBe(before);
    await page.getByRole("button", { name: "Отменить действие" }).click();
    expect(await shownTotal(page)).toBe(before);
    await page.getByRole("button", { name: "Повторить действие" }).click();
    expect(await shownTotal(page)).toBe(changed);
    await page.keyboard.press("Control+z");
    expect(await shownTotal(page)).toBe(before);
    await isSaved(page);
    expect(await total()).toBe(before);
    expect((await lines())[0]?.quantity).toBe(125_000_000n);
    await page.close();
  });

  it("removes a line by a swipe and gives it back", async () => {
    const { page, lines } = await openEstimate();
    const row = page.locator("[data-row]").filter({ hasText: "Снятие обоев" });
    const box = await row.boundingBox();
    const session = await page.context().newCDPSession(page);
    const y = (box?.y ?? 0) + 20;
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", x: number) =>
      session.send("Input.dispatchTouchEvent", {
        type,
        touchPoints: type === "touchEnd" ? [] : [{ x, y }],
      });
    await touch("touchStart", 250);
    for (const x of [230, 200, 160, 120]) await touch("touchMove", x);
    await touch("touchEnd", 120);
    await row.waitFor({ state: "detached" });
    await isSaved(page);
    expect(await lines()).toHaveLength(7);
    await page.getByRole("button", { name: "Вернуть" }).click();
    await row.waitFor();
    await isSaved(page);
    expect((await lines())[1]?.name).toBe("Снятие обоев");
    await page.close();
  });

  it("moves a line by its handle into another section, and by keyboard back", async () => {
    const { page, lines, server } = await openEstimate({ width: 1280, height: 900 });
    const handle = page.getByRole("button", { name: "Переместить строку 1", exact: true });
    const target = await page
      .locator("[data-row]")
      .filter({ hasText: "Стяжка пола" })
      .boundingBox();
    await handle.hover();
    await page.mouse.down();
    await page.mouse.move(300, (target?.y ?? 0) - 30, { steps: 4 });
    await page.mouse.move(300, (target?.y ?? 0) + 4, { steps: 4 });
    await page.mouse.up();
    await isSaved(page);
    const order = async () => (await lines()).map(({ name }) => name.split(" ")[0]);
    expect(await order()).toEqual([
      "Снятие",
      "Вывоз",
      "Штукатурка",
      "Демонтаж",
      "Стяжка",
      "Прокладка",
      "Штукатурка",
      "Грунтовка",
    ]);
    await page.getByRole("button", { name: "Переместить строку 4", exact: true }).focus();
    for (let step = 0; step < 2; step += 1) await page.keyboard.press("Alt+ArrowUp");
    await isSaved(page);
    const { content } = await server();
    const first = groupLines(content)[0];
    expect(first?.lines.map(({ name }) => name.split(" ")[0])).toEqual([
      "Снятие",
      "Вывоз",
      "Демонтаж",
    ]);
    await page.close();
  });

  it("walks through the cells by arrows and edits by typing, without a pointer", async () => {
    const { page, lines } = await openEstimate({ width: 1280, height: 800 });
    await cell(page, "Название", 1).focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.type("7");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Delete");
    await isSaved(page);
    expect((await lines()).map(({ name }) => name)).not.toContain("Снятие обоев");
    await page.keyboard.press("Control+z");
    await isSaved(page);
    expect((await lines())[1]).toMatchObject({ name: "Снятие обоев", quantity: 70_000_000n });
    await page.close();
  });

  it("reads a pasted list and adds what was understood as one step", async () => {
    const { page, lines } = await openEstimate();
    await cell(page, "Название", 1).click();
    await page.evaluate(() => {
      const data = new DataTransfer();
      data.setData("text/plain", "Уборка\nВынос мусора 3 рейса по 2 400\nпросто слова");
      document.activeElement?.dispatchEvent(
        new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }),
      );
    });
    await page.getByRole("heading", { name: "Не получилось прочитать" }).waitFor();
    await page.getByRole("button", { name: /^Добавить 1.строка?у?$/ }).click();
    await isSaved(page);
    expect(await lines()).toHaveLength(9);
    await page.getByRole("button", { name: "Вернуть" }).click();
    await isSaved(page);
    expect(await lines()).toHaveLength(8);
    await page.close();
  });

  it("keeps discount, VAT and per cent lines equal to the server's", async () => {
    const { page, total } = await openEstimate();
    await page.getByRole("button", { name: /ИТОГО/ }).click();
    const dialog = page.getByRole("dialog", { name: "Итоги" });
    await dialog.getByLabel("Скидка", { exact: true }).selectOption("percent");
    await dialog.getByLabel("Размер скидки").fill("7,5");
    await dialog.getByLabel("НДС").selectOption("on_top:standard");
    await dialog.getByRole("button", { name: "Начисление", exact: true }).click();
    await dialog.getByLabel("Процент").fill("12");
    await dialog.getByLabel("Спрятать в ценах заказчика").check();
    await dialog.getByRole("button", { name: "Закрыть" }).click();
    await isSaved(page);
    expect(await shownTotal(page)).toBe(await total());
    expect(await total()).not.toBe(formatMoneyRu(kopecks(17_638_200n)));
    await page.close();
  });

  it("keeps notes, cost and options of a line; only chosen ones count", async () => {
    const { page, lines, total } = await openEstimate();
    await page.getByRole("button", { name: "Действия со строкой 1", exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Себестоимость").fill("400");
    await dialog.getByLabel("Примечание для заказчика").fill("С вывозом");
    await dialog.getByLabel("По желанию: заказчик выбирает сам").check();
    await receiveEvent(page, "back_button_pressed");
    await dialog.waitFor({ state: "detached" });
    await isSaved(page);
    expect((await lines())[0]).toMatchObject({
      cost: 40_000n,
      note: "С вывозом",
      isOptional: true,
      isChosen: false,
    });
    expect(await shownTotal(page)).toBe(await total());
    await page.getByRole("checkbox", { name: /Выбрано/ }).check();
    await isSaved(page);
    expect((await lines())[0]?.isChosen).toBe(true);
    expect(await shownTotal(page)).toBe(await total());
    await page.close();
  });

  it("shows text of a line as text", async () => {
    const { page, change, lines } = await openEstimate();
    const [line] = await lines();
    const name = "<img src=x onerror=alert(1)> & <b>жирно</b>";
    await change([{ id: newId(), type: "line.set", lineId: line?.id ?? "", set: { name } }]);
    await page.reload();
    await page.getByText(name).first().waitFor();
    expect(await page.locator("img").count()).toBe(0);
    await page.close();
  });
});

describe("nothing is lost", () => {
  it("keeps changes without a network, says so, and sends them when it is back", async () => {
    const { page, lines, total } = await openEstimate();
    await page.context().setOffline(true);
    await cell(page, "Количество", 1).click();
    await page.keyboard.type("20");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await page.keyboard.type("700");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: /Нет связи: 2.изменения/ }).waitFor();
    const guarded = (await postedEvents(page)).filter(({ name }) => name.includes("closing"));
    expect(guarded.at(-1)?.data).toEqual({ need_confirmation: true });
    await page.context().setOffline(false);
    await isSaved(page);
    expect((await lines())[0]).toMatchObject({ quantity: 200_000_000n, price: 70_000n });
    expect(await shownTotal(page)).toBe(await total());
    const free = (await postedEvents(page)).filter(({ name }) => name.includes("closing"));
    expect(free.at(-1)?.data).toEqual({ need_confirmation: false });
    await page.close();
  });

  it("sends what was left when the app was killed, without its screen being opened", async () => {
    const { page, lines } = await openEstimate();
    await page.route("**/changes", (route) => route.abort());
    await cell(page, "Цена", 1).click();
    await page.keyboard.type("777");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: /Нет связи/ }).waitFor();
    // The list of estimates in another window of the same phone; the first one is gone.
    const list = await stage.open(person, { beside: page });
    await page.close();
    await expect.poll(async () => (await lines())[0]?.price).toBe(77_700n);
    await list.close();
  });

  it("renews an expired session silently in the middle of the work", async () => {
    const { page, lines } = await openEstimate();
    await stage.work.database.sql`update sessions set revoked_at = now()`;
    await cell(page, "Цена", 1).click();
    await page.keyboard.type("555");
    await page.keyboard.press("Enter");
    await isSaved(page);
    expect((await lines())[0]?.price).toBe(55_500n);
    await page.close();
  });

  it("shows the content from the device before the network answers", async () => {
    const { page } = await openEstimate();
    await page.waitForTimeout(600);
    await page.route("**/api/**", () => new Promise(() => {}));
    await page.reload();
    await page.getByText("Снятие обоев").waitFor();
    expect(await shownTotal(page)).toMatch(/176.382,00/);
    await page.close();
  });

  it("merges what the bot changes meanwhile, and asks when both changed one field", async () => {
    const { page, lines, change } = await openEstimate();
    const [first, second] = (await lines()) as [Line, Line];
    const set = (line: Line, fields: Partial<Pick<Line, "name" | "price">>): Change => ({
      id: newId(),
      type: "line.set",
      lineId: line.id,
      set: fields,
    });
    await change([
      set(second, { name: "Снятие старых обоев" }),
      set(first, { price: kopecks(111n) }),
    ]);
    await cell(page, "Цена", 1).click();
    await page.keyboard.type("222");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Конфликт" }).waitFor();
    // The name of the second line is open with the old text: leaving it must not bring that back.
    await page.keyboard.press("Enter");
    await page.getByText("Снятие старых обоев").waitFor();
    await page.getByRole("button", { name: "Конфликт" }).click();
    await page.getByRole("button", { name: /Взять другое 1,11/ }).click();
    await page.getByRole("button", { name: "Закрыть" }).click();
    await isSaved(page);
    expect((await lines())[0]?.price).toBe(111n);
    await page.close();
  });

  it("asks when a field is changed elsewhere while it is being typed into", async () => {
    const { page, lines, change } = await openEstimate();
    const [first] = (await lines()) as [Line];
    await cell(page, "Цена", 1).click();
    await page.keyboard.type("222");
    await change([
      { id: newId(), type: "line.set", lineId: first.id, set: { price: kopecks(111n) } },
    ]);
    const news = page.waitForResponse((answer) => answer.url().includes("since="));
    await page.evaluate(() => window.dispatchEvent(new Event("online")));
    await news;
    const field = page.getByRole("textbox", { name: "Цена, строка 1" });
    expect(await field.inputValue()).toBe("222");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Конфликт" }).click();
    await page.getByRole("button", { name: /Оставить моё 222,00/ }).click();
    await page.getByRole("button", { name: "Закрыть" }).click();
    await isSaved(page);
    expect((await lines())[0]?.price).toBe(22_200n);
    await page.close();
  });

  it("says that the server refuses, and lets the person give the change up", async () => {
    const { id, page, lines } = await openEstimate();
    await stage.work.database.sql`update estimates set status = 'submitted' where id = ${id}`;
    await cell(page, "Цена", 1).click();
    await page.keyboard.type("222");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Не принято сервером" }).click();
    await page.getByText("содержание не меняется").first().waitFor();
    await page.getByRole("button", { name: "Отменить мои изменения" }).click();
    await isSaved(page);
    expect((await lines())[0]?.price).toBe(65_000n);
    expect(await page.getByText("650,00").count()).toBe(1);
    await page.close();
  });
});

describe("a long estimate", () => {
  it("keeps few rows in the page, finds its end and stays exact", async () => {
    const { page, total } = await openEstimate({ list: listLong(5000) });
    expect(await page.locator("li.row").count()).toBeLessThan(60);
    expect(await shownTotal(page)).toBe(await total());
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    await page.getByText("Работа № 5000").waitFor();
    await cell(page, "Цена", 5000).click();
    await page.keyboard.type("1");
    await page.keyboard.press("Enter");
    await isSaved(page);
    expect(await shownTotal(page)).toBe(await total());
    expect(await page.locator("li.row").count()).toBeLessThan(60);
    await page.close();
  });
});

describe("accessibility", () => {
  const check = async (page: Page) => {
    // The policy of the page allows no script of others; the debugger's own world is exempt.
    const found = await page.evaluate(
      `(() => { ${axe}; return axe.run(document, { resultTypes: ["violations"] }); })()`,
    );
    const { violations } = found as {
      violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
    };
    return violations.map(({ id, nodes }) => ({
      id,
      where: nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary}`),
    }));
  };

  it.each([
    ["light", false],
    ["dark", true],
  ])("has nothing to mend on any screen in %s", async (_, isDark) => {
    const { page } = await openEstimate({ isDark });
    await page.waitForTimeout(800);
    expect(await check(page)).toEqual([]);
    await cell(page, "Название", 2).click();
    expect(await check(page)).toEqual([]);
    await page.keyboard.press("Escape");
    for (const opener of [
      /ИТОГО/,
      /^Ещё/,
      /Действия со строкой 1$/,
      /Действия с разделом Дем/,
      /^Список/,
      /^Сохранено/,
      /Ленина 12/,
    ]) {
      await page.getByRole("button", { name: opener }).first().click();
      await page.getByRole("dialog").waitFor();
      expect(await check(page)).toEqual([]);
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
    }
    await receiveEvent(page, "back_button_pressed");
    await page.getByRole("heading", { name: "Сметы" }).waitFor();
    await page
      .getByRole("button", { name: /Ленина/ })
      .first()
      .waitFor();
    expect(await check(page)).toEqual([]);
    await page.close();
  });
});
