import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { groupLines } from "../../domain/estimate/estimate.ts";
import { packId } from "../../domain/ids.ts";
import { formatMoneyRu } from "../../domain/numbers_ru.ts";
import { BROWSER_PATIENCE, createStage, type Stage, type StagePerson } from "./testing_browser.ts";
import { makeEstimate } from "./testing_estimates.ts";

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

const isSaved = (page: Page) => page.getByRole("button", { name: "Сохранено" }).waitFor();

describe("photos in the editor", () => {
  it("are made small in the browser, shown as thumbnails and removed", async () => {
    const id = await makeEstimate(stage.work.asActor, person.actor);
    const page = await stage.open(person, { startParam: `e_${packId(id)}` });
    await page.getByRole("button", { name: "Действия со строкой 1", exact: true }).click();
    // A picture as a camera makes it: large, and hard to compress.
    const bytes = await page.evaluate(async () => {
      const canvas = new OffscreenCanvas(3000, 2000);
      const context = canvas.getContext("2d");
      if (!context) throw new Error("no canvas");
      for (let index = 0; index < 20_000; index += 1) {
        context.fillStyle = `hsl(${(index * 137) % 360} 80% 50%)`;
        context.fillRect((index * 7919) % 3000, (index * 104_729) % 2000, 23, 17);
      }
      const blob = await canvas.convertToBlob({ type: "image/png" });
      return [...new Uint8Array(await blob.arrayBuffer())];
    });
    const file = { name: "photo.png", mimeType: "image/png", buffer: Buffer.from(bytes) };
    await page.getByLabel("Фото", { exact: true }).setInputFiles(file);
    await page.getByRole("img", { name: "Фото 1" }).waitFor();
    const [photo] = await stage.work.asActor(person.actor, ({ photos }) => photos.list(id));
    expect(photo).toMatchObject({ width: 1600, height: 1067 });
    await page.getByRole("button", { name: "Фото 1" }).click();
    const large = page.getByRole("img", { name: "Фото", exact: true });
    await large.waitFor();
    await expect
      .poll(() => large.evaluate((image) => (image as HTMLImageElement).naturalWidth))
      .toBe(1600);

    await page.context().setOffline(true);
    await page.getByLabel("Фото", { exact: true }).setInputFiles(file);
    await page.getByText("Ждёт связи").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Нет связи: 1 фото" }).click();
    await page.getByRole("heading", { name: "Фото, которых нет на сервере" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Действия со строкой 1, фото: 2" }).waitFor();

    // The app is killed without a network; the next start has one and sends the photo, once.
    const window = await page.context().newPage();
    await page.close();
    const photos = () => stage.work.asActor(person.actor, (services) => services.photos.list(id));
    expect(await photos()).toHaveLength(1);
    await window.context().setOffline(false);
    const later = await stage.open(person, { beside: window });
    await expect.poll(async () => (await photos()).length, { timeout: 30_000 }).toBe(2);
    await later
      .getByRole("button", { name: /Ленина 12/ })
      .first()
      .click();
    await isSaved(later);
    await later.getByRole("button", { name: "Действия со строкой 1, фото: 2" }).click();
    await later.getByRole("button", { name: "Фото 2" }).click();
    await later.getByRole("button", { name: "Удалить фото" }).click();
    await later.getByRole("img", { name: "Фото 2" }).waitFor({ state: "detached" });
    expect(await photos()).toHaveLength(1);
    await later.context().close();
  });
});

describe("rooms in the editor", () => {
  it("measure a quantity that follows them and stays right after an undo", async () => {
    const id = await makeEstimate(stage.work.asActor, person.actor);
    const content = () =>
      stage.work.asActor(person.actor, (services) => services.estimates.content(id));
    const firstLine = async () =>
      groupLines((await content()).content).flatMap(({ lines }) => lines)[0];
    const page = await stage.open(person, {
      width: 1280,
      height: 900,
      startParam: `e_${packId(id)}`,
    });

    await page.getByRole("button", { name: "Ещё", exact: true }).click();
    await page.getByRole("button", { name: "Помещения" }).click();
    const dialog = page.getByRole("dialog", { name: "Помещения" });
    await dialog.getByRole("button", { name: "Помещение" }).click();
    await dialog.getByLabel("Название").fill("Кухня");
    await dialog.getByLabel("Длина, м").fill("4,25");
    await dialog.getByLabel("Ширина, м").fill("=2+1,1");
    await dialog.getByRole("button", { name: "Дверь" }).click();
    await dialog.getByLabel("Дверь: ширина, м").fill("0,9");
    await dialog.getByLabel("Дверь: высота, м").fill("2,1");
    await page.keyboard.press("Enter");
    // (4,25 + 3,1) × 2 × 2,7 − 0,9 × 2,1
    await dialog.getByText("37,8 м²").waitFor();
    await page.keyboard.press("Escape");

    const quantity = page.getByRole("button", { name: /^Количество, строка 1:/ });
    await quantity.click();
    await page.keyboard.type("стены кухни × 1,05");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    await isSaved(page);
    await expect.poll(() => quantity.innerText()).toBe("39,69");
    await isSaved(page);
    const typed = await firstLine();
    expect(typed).toMatchObject({ quantity: 396_900_000n });
    expect(typed?.quantityFormula).toMatch(/^\{[0-9a-f-]{36}\.walls\}\*1\.05$/);

    await page.getByRole("button", { name: "Ещё", exact: true }).click();
    await page.getByRole("button", { name: "Помещения" }).click();
    await dialog.getByLabel("Высота, м", { exact: true }).fill("3");
    await page.keyboard.press("Enter");
    await dialog.getByText("42,21 м²").waitFor();
    await page.keyboard.press("Escape");
    expect(await quantity.innerText()).toBe("44,3205");
    await isSaved(page);
    const { card } = await content();
    expect(await page.locator("[data-total]").innerText()).toBe(formatMoneyRu(card.totals.total));

    await page.keyboard.press("Control+z");
    await expect.poll(() => quantity.innerText()).toBe("39,69");
    await isSaved(page);
    await quantity.click();
    const field = page.getByRole("textbox", { name: "Количество, строка 1" });
    expect(await field.inputValue()).toBe("стены Кухня × 1,05");
    await field.fill("40");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    await isSaved(page);
    expect(await firstLine()).toMatchObject({ quantity: 400_000_000n, quantityFormula: "" });
    await page.close();
  });
});
