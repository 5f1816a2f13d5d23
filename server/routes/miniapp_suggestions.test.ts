import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { groupLines } from "../../domain/estimate/estimate.ts";
import { type Id, packId } from "../../domain/ids.ts";
import { kopecks } from "../../domain/money.ts";
import { createCatalogueLearning } from "../jobs/catalogue_learn.ts";
import { newId } from "../new_id.ts";
import { BROWSER_PATIENCE, createStage, type Stage, type StagePerson } from "./testing_browser.ts";
import { makeEstimate } from "./testing_estimates.ts";

vi.setConfig(BROWSER_PATIENCE);

const FIRST_ATTEMPT = {
  signal: new AbortController().signal,
  attempt: 1,
  isLastAttempt: false,
};

let stage: Stage;

beforeAll(async () => {
  stage = await createStage();
});

afterAll(() => stage?.close());

async function openEmpty(person: StagePerson): Promise<{ id: Id; page: Page }> {
  const id = await makeEstimate(stage.work.asActor, person.actor, []);
  const page = await stage.open(person, { startParam: `e_${packId(id)}` });
  await page.getByRole("button", { name: "Строка", exact: true }).click();
  return { id, page };
}

const isSaved = (page: Page) => page.getByRole("button", { name: "Сохранено" }).waitFor();

async function firstLine({ actor }: StagePerson, id: Id) {
  const { content } = await stage.work.asActor(actor, ({ estimates }) => estimates.content(id));
  return groupLines(content)[0]?.lines[0];
}

it("two letters are enough to take a work of the price list, with the age of its price", async () => {
  const person = await stage.newPerson();
  await stage.work.asActor(person.actor, ({ catalogue }) =>
    catalogue.create({
      kind: "work",
      name: "Укладка ламината",
      unit: "м²",
      price: kopecks(45_000n),
      cost: null,
      code: "",
      section: "",
    }),
  );
  const { id, page } = await openEmpty(person);
  await page.keyboard.type("ла");
  const option = page.getByRole("option", { name: /Укладка ламината/ });
  await option.waitFor();
  expect(await option.innerText()).toMatch(/450,00.₽ \/ м²/);
  expect(await option.innerText()).toContain("цена сегодня");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.keyboard.type("20");
  await page.keyboard.press("Enter");
  await isSaved(page);
  expect(await firstLine(person, id)).toMatchObject({
    name: "Укладка ламината",
    unit: "м²",
    price: 45_000n,
    quantity: 200_000_000n,
    priceSource: "catalogue",
  });
  await page.context().close();
});

it("a price typed in one estimate is suggested in the next, as old as it is", async () => {
  const person = await stage.newPerson();
  const before = await openEmpty(person);
  await before.page.keyboard.type("Шпаклёвка потолка 20 м2 430");
  await before.page.keyboard.press("Enter");
  await before.page.keyboard.press("Escape");
  await isSaved(before.page);
  await before.page.context().close();
  const { companyId } = person.actor;
  const { sql } = stage.work.database;
  const learn = createCatalogueLearning({ sql, newId });
  await learn({ companyId, estimateId: before.id }, FIRST_ATTEMPT);
  await sql`
    update catalogue_items set priced_at = now() - interval '12 days'
    where company_id = ${companyId}
  `;

  const { id, page } = await openEmpty(person);
  await page.keyboard.type("шп");
  const option = page.getByRole("option", { name: /Шпаклёвка потолка/ });
  await option.waitFor();
  expect(await option.innerText()).toMatch(/430,00.₽ \/ м²/);
  expect(await option.innerText()).toMatch(/цена 12.дн\. назад/);
  await option.click();
  await page.keyboard.type("7");
  await page.keyboard.press("Enter");
  await isSaved(page);
  expect(await firstLine(person, id)).toMatchObject({
    name: "Шпаклёвка потолка",
    unit: "м²",
    price: 43_000n,
    quantity: 70_000_000n,
    priceSource: "history",
  });
  await page.context().close();
});
