import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { packId } from "../../domain/ids.ts";
import { BROWSER_PATIENCE, createStage, type Stage, type StagePerson } from "./testing_browser.ts";
import { makeEstimate } from "./testing_estimates.ts";

vi.setConfig(BROWSER_PATIENCE);

let stage: Stage;
let owner: StagePerson;
let foreman: StagePerson;
let estimateId: string;

const LONG = { timeout: 60_000 };

beforeAll(async () => {
  stage = await createStage();
  owner = await stage.newPerson({ role: "owner" });
  foreman = await stage.newPerson({ companyId: owner.actor.companyId, role: "foreman" });
});

beforeEach(async () => {
  estimateId = await makeEstimate(stage.work.asActor, foreman.actor);
  await stage.work.asActor(foreman.actor, ({ agreement }) =>
    agreement.submit(estimateId, { audience: "manager", acceptWarnings: true }),
  );
  await stage.work.asActor(owner.actor, async ({ agreement }) => {
    const [revision] = (await agreement.revisions(estimateId)).items;
    await agreement.approve({ revisionId: revision?.id ?? "" }, { channel: "api" });
  });
});

afterAll(() => stage?.close());

const press = (page: Page, name: string | RegExp) =>
  page.getByRole("button", { name }).first().click();

async function openPart(name: string): Promise<Page> {
  const page = await stage.open(foreman, { startParam: `e_${packId(estimateId)}` });
  page.setDefaultTimeout(LONG.timeout);
  await page.getByRole("button", { name: "Ещё", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name, exact: true }).click();
  return page;
}

/** A small picture of one colour, made by the browser itself. */
async function drawPhoto(page: Page, colour: string) {
  const bytes = await page.evaluate(async (fill) => {
    const canvas = new OffscreenCanvas(40, 30);
    const context = canvas.getContext("2d");
    if (!context) throw new Error("no canvas");
    context.fillStyle = fill;
    context.fillRect(0, 0, 40, 30);
    return [...new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer())];
  }, colour);
  return { name: "photo.png", mimeType: "image/png", buffer: Buffer.from(bytes) };
}

describe("an approved estimate in the app", () => {
  it("gets extra work with a reason, written by the foreman, and shows both sums", async () => {
    const page = await openPart("Доп. работы");
    await page.getByText("Доп. работ пока нет.").waitFor();
    await page.getByLabel(/Почему понадобилась/).fill("Заказчик просит тёплый пол");
    await press(page, "Создать черновик");
    await page.getByText(/СМ-2026-\d+\/Д1 · черновик/).waitFor();
    await press(page, "Строка");
    await page.keyboard.type("Тёплый пол 10 м2 2000");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Сохранено" }).waitFor();
    const contract = () =>
      stage.work.asActor(foreman.actor, ({ extras }) => extras.contract(estimateId));
    await expect.poll(async () => (await contract())?.extras[0]?.total, LONG).toBe(2_000_000n);

    await page.getByRole("button", { name: "Ещё", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Доп. работы" }).click();
    const reason = page.getByLabel(/Почему понадобилась/).first();
    expect(await reason.inputValue()).toBe("Заказчик просит тёплый пол");
    await page.getByText("не согласована, в итог не входит").waitFor();
    await reason.fill("Заказчик просит тёплый пол в ванной");
    await press(page, "Сохранить");
    await page.getByRole("button", { name: /в ванной.*20 000,00/ }).waitFor();
    await press(page, "К смете по договору");
    await page.getByRole("heading", { name: "Ленина 12, кв. 5" }).waitFor();
    await page.context().close();
  });

  it("shows the client photos of extra work, also those taken without a network", async () => {
    const extraId = await stage.work.asActor(foreman.actor, ({ extras }) =>
      extras.create(estimateId, { reason: "Сырая стена" }),
    );
    const photos = async () => {
      const details = await stage.work.asActor(foreman.actor, ({ extras }) =>
        extras.details(extraId),
      );
      return details?.photos ?? [];
    };
    const page = await stage.open(foreman, { startParam: `d_${packId(extraId)}` });
    const input = page.getByLabel("Фото", { exact: true });
    await input.setInputFiles(await drawPhoto(page, "#2f7fd6"));
    await page.getByRole("button", { name: "Фото 1" }).waitFor();
    expect(await photos()).toMatchObject([{ mediaType: "image/jpeg" }]);

    await page.context().setOffline(true);
    await input.setInputFiles(await drawPhoto(page, "#d9822b"));
    await page.getByText("Ждёт связи").waitFor();
    await page.context().setOffline(false);
    await page.getByRole("button", { name: "Фото 2" }).waitFor();
    expect(await photos()).toHaveLength(2);

    await page.getByRole("button", { name: "Фото 1" }).click();
    const large = page.getByRole("img", { name: "Фото", exact: true });
    await expect
      .poll(() => large.evaluate((image) => (image as HTMLImageElement).naturalWidth))
      .toBe(40);
    await press(page, "Удалить фото");
    await page.getByRole("button", { name: "Фото 2" }).waitFor({ state: "detached" });
    expect(await photos()).toHaveLength(1);
    await page.context().close();
  });

  it("gets stages and payments, and says what is left, also without a network", async () => {
    const page = await openPart("Оплаты");
    await page.getByText("Денег ещё не приходило.").waitFor();
    await page.getByLabel("За что").fill("Аванс");
    await page.getByLabel("Сумма, ₽, или доля: 30 %").fill("30%");
    await press(page, "Добавить этап");
    await page.getByText(/30\s?% · осталось/).waitFor();
    await page.getByLabel("Сумма, ₽", { exact: true }).fill("тысяча");
    await press(page, "Записать оплату");
    await page.getByRole("alert").waitFor();
    await page.getByLabel("Сумма, ₽", { exact: true }).fill("10 000,50");
    await page.getByLabel("Вид").selectOption("advance");
    await press(page, "Записать оплату");
    await page.locator(".client-line", { hasText: /^аванс/ }).waitFor();
    const money = () =>
      stage.work.asActor(foreman.actor, ({ payments }) => payments.get(estimateId));
    expect((await money()).balance.received).toBe(1_000_050n);
    expect((await money()).stages).toMatchObject([{ title: "Аванс", dueOn: null }]);
    await page.waitForTimeout(800);

    await page.context().setOffline(true);
    await press(page, "Смета");
    await page.getByRole("heading", { name: "Ленина 12, кв. 5" }).waitFor();
    await page.getByRole("button", { name: "Ещё", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Оплаты" }).click();
    await page.getByText(/Показано, как было/).waitFor();
    await page.getByText("10 000,50").first().waitFor();
    expect(await page.getByLabel("Сумма, ₽", { exact: true }).isDisabled()).toBe(true);
    await page.context().setOffline(false);
    await press(page, "Повторить");
    await expect.poll(() => page.getByText(/Показано, как было/).count(), LONG).toBe(0);

    await press(page, /^Убрать оплату/);
    await page.getByText("Оплата убрана.").waitFor();
    await expect.poll(async () => (await money()).balance.received, LONG).toBe(0n);
    await press(page, "Вернуть");
    await expect.poll(async () => (await money()).balance.received, LONG).toBe(1_000_050n);
    await page.context().close();
  });

  it("is told of when it is not approved yet", async () => {
    const draft = await makeEstimate(stage.work.asActor, foreman.actor);
    const page = await stage.open(foreman, { startParam: `e_${packId(draft)}` });
    for (const name of ["Доп. работы", "Оплаты"]) {
      await page.getByRole("button", { name: "Ещё", exact: true }).click(LONG);
      await page.getByRole("dialog").getByRole("button", { name, exact: true }).click(LONG);
      const told = page.getByRole("heading", { name: "Смета ещё не утверждена" });
      await told.waitFor(LONG);
      expect(await told.isVisible()).toBe(true);
      await page.goBack();
    }
    await page.context().close();
  });
});
