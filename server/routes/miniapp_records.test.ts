import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { packId } from "../../domain/ids.ts";
import { BROWSER_PATIENCE, createStage, type Stage, type StagePerson } from "./testing_browser.ts";
import { askQuestion, listLong, makeApproved, makeEstimate } from "./testing_estimates.ts";
import { check, menu, press } from "./testing_look.ts";

vi.setConfig(BROWSER_PATIENCE);

let stage: Stage;
let owner: StagePerson;

beforeAll(async () => {
  stage = await createStage();
});

beforeEach(async () => {
  owner = await stage.newPerson({ role: "owner" });
});

afterAll(() => stage?.close());

describe("an act", () => {
  it("takes quantities by a swipe and by typing, and is signed", async () => {
    const id = await makeApproved(stage.work.asActor, owner.actor);
    const page = await stage.open(owner, { startParam: `e_${packId(id)}` });
    await menu(page, "Акты");
    await press(page, /Акт № 1/);
    const row = page.locator(".act-line").filter({ hasText: "Снятие обоев" });
    const field = row.getByLabel("В этом акте, м²");
    await expect.poll(() => field.inputValue()).toBe("86");
    const swipe = async (by: number) => {
      await row.scrollIntoViewIfNeeded();
      const box = await row.boundingBox();
      const [x, y] = [(box?.x ?? 0) + 150, (box?.y ?? 0) + 8];
      const session = await page.context().newCDPSession(page);
      const touch = (type: "touchStart" | "touchMove" | "touchEnd", at: number) =>
        session.send("Input.dispatchTouchEvent", {
          type,
          touchPoints: type === "touchEnd" ? [] : [{ x: at, y }],
        });
      await touch("touchStart", x);
      for (const part of [0.2, 0.4, 0.7, 1]) await touch("touchMove", x + by * part);
      await touch("touchEnd", x + by);
    };
    await swipe(-120);
    await expect.poll(() => field.inputValue()).toBe("0");
    await swipe(120);
    await expect.poll(() => field.inputValue()).toBe("86");
    await field.fill("=80/2");
    await page.keyboard.press("Enter");
    await expect.poll(() => field.inputValue()).toBe("40");
    await press(page, "Подписать");
    await page.getByRole("heading", { name: "подписан" }).waitFor();
    const {
      items: [act],
    } = await stage.work.asActor(owner.actor, ({ acts }) => acts.list(id));
    expect(act).toMatchObject({ status: "signed" });
    await page.context().close();
  });
});

describe("a screen", () => {
  it("says that there is no network, and loads when there is", async () => {
    await makeEstimate(stage.work.asActor, owner.actor);
    const page = await stage.open(owner);
    await press(page, "Заказчики");
    await page.getByText("Иван Петров").first().waitFor();
    await page.context().setOffline(true);
    await press(page, /Иван Петров/);
    await page
      .getByRole("heading", { name: /^Нет связи/ })
      .first()
      .waitFor();
    expect(await check(page)).toEqual([]);
    await page.context().setOffline(false);
    await press(page, "Повторить");
    await page.getByLabel("Телефоны через запятую").waitFor();
    await page.context().close();
  });

  it("shows the client's view of five thousand lines", async () => {
    const id = await makeEstimate(stage.work.asActor, owner.actor, listLong(5000));
    const page = await stage.open(owner, { startParam: `e_${packId(id)}` });
    await menu(page, "Как видит заказчик");
    await page.getByText("Работа № 1", { exact: true }).waitFor();
    expect(await page.getByText(/^Работа № /).count()).toBe(5000);
    await page.context().close();
  });

  it("saves a client", async () => {
    const page = await stage.open(owner);
    await press(page, "Заказчики");
    await press(page, "Новый");
    await page.getByLabel("Имя или название").fill("Мария Новикова");
    await page.getByLabel("Телефоны через запятую").fill("8 912 000-11-22");
    await press(page, "Сохранить");
    await page.getByRole("heading", { name: "Мария Новикова" }).waitFor();
    const found = await stage.work.asActor(owner.actor, ({ clients }) =>
      clients.findByPhone("+79120001122"),
    );
    expect(found).toMatchObject([{ name: "Мария Новикова" }]);
    await page.context().close();
  });

  it("answers a question", async () => {
    const id = await makeEstimate(stage.work.asActor, owner.actor);
    await stage.work.asActor(owner.actor, ({ agreement }) =>
      agreement.submit(id, { audience: "client", acceptWarnings: true }),
    );
    await askQuestion(stage.work.database.sql, id);
    const asked = await stage.open(owner, { startParam: `q_${packId(id)}` });
    await asked.getByLabel("Ответ").fill("Перегородки армированы.");
    await press(asked, "Ответить");
    await asked.getByText("Исправить ответ").waitFor();
    const {
      items: [question],
    } = await stage.work.asActor(owner.actor, ({ questions }) => questions.list(id));
    expect(question?.answer).toBe("Перегородки армированы.");
    await asked.context().close();
  });

  it("lets the object and the client of an estimate be chosen", async () => {
    const id = await makeEstimate(stage.work.asActor, owner.actor);
    const page = await stage.open(owner, { startParam: `e_${packId(id)}` });
    await menu(page, "Реквизиты сметы");
    await page.getByRole("button", { name: /^Объект: / }).click();
    await page.getByLabel("Поиск: адрес или название").fill("Дача в Сысерти");
    await press(page, /Добавить «Дача в Сысерти»/);
    await page.getByRole("button", { name: "Объект: Дача в Сысерти" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("heading", { name: "Дача в Сысерти" }).waitFor();
    const card = () => stage.work.asActor(owner.actor, ({ estimates }) => estimates.card(id));
    expect((await card()).project?.title).toBe("Дача в Сысерти");
    await page.context().close();
  });
});
