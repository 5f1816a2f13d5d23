import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { kopecks } from "../../domain/money.ts";
import { newId } from "../new_id.ts";
import { BROWSER_PATIENCE, createStage, type Stage, type StagePerson } from "./testing_browser.ts";
import { makeEstimate } from "./testing_estimates.ts";
import { heading, look, press } from "./testing_look.ts";

vi.setConfig(BROWSER_PATIENCE);

let stage: Stage;
let person: StagePerson;

beforeAll(async () => {
  stage = await createStage();
  person = await stage.newPerson({ role: "owner" });
  await fill(person);
  // Of another company: never found.
  await fill(await stage.newPerson({ role: "owner" }));
});

afterAll(() => stage?.close());

/** A client with an object, an estimate of it and a deal, each of which is found by another word. */
async function fill({ actor }: StagePerson): Promise<void> {
  const line = { name: "Укладка плитки на стены", unit: "м²", quantity: 120_000_000n };
  const { estimateId, clientId } = await stage.work.asActor(actor, async (services) => {
    const client = await services.clients.create({
      name: "Семён Иванов",
      kind: "person",
      phones: [{ raw: "8 (916) 123-45-67", e164: null }],
      emails: [],
      inn: "",
      address: "",
      note: "",
    });
    const project = await services.projects.create({
      title: "Квартира на Гагарина",
      address: "Гагарина 12",
      clientId: client.id,
      note: "",
    });
    const card = await services.estimates.create({ projectId: project.id, title: "Ванная" });
    const lines = [{ ...line, price: kopecks(150_000n), kind: "work" as const }];
    await services.estimates.addList(card.id, [{ title: "Стены", kind: "work", lines }], {
      source: "bot",
    });
    return { estimateId: card.id, clientId: client.id };
  });
  await makeEstimate(stage.work.asActor, actor);
  const { companyId } = actor;
  const connectionId = newId();
  const { sql } = stage.work.database;
  await sql`
    insert into crm_connections (company_id, id, kind, account, secrets)
    values (${companyId}, ${connectionId}, 'bitrix24', 'romashka.bitrix24.ru', '\\x00')
  `;
  await sql`
    insert into crm_clients (
      company_id, connection_id, entity, remote_id, client_id, sync_data, remote_hash,
      remote_updated_at, seen_at
    )
    values (
      ${companyId}, ${connectionId}, 'contact', '7', ${clientId},
      ${sql.json({ name: "Семён", phones: [], comment: "пришёл с Авито" })}, 'x', now(), now()
    )
  `;
  for (const [remoteId, title, bound] of [
    ["70", "Ремонт под ключ", estimateId],
    ["71", "Беседка у пруда", null],
  ] as const) {
    await sql`
      insert into crm_deals (
        company_id, connection_id, remote_id, estimate_id, sync_data, remote_hash,
        remote_updated_at, seen_at
      )
      values (
        ${companyId}, ${connectionId}, ${remoteId}, ${bound}, ${sql.json({ title })}, 'x', now(),
        now()
      )
    `;
  }
}

const box = (page: Page) => page.getByRole("searchbox");
const hits = (page: Page) => page.getByRole("list", { name: "Нашлось" }).getByRole("listitem");

/** Searches and waits until these words are marked, and no others; gives the text of each hit. */
async function search(page: Page, words: string, ...marked: string[]): Promise<string[]> {
  await box(page).fill(words);
  const shown = async () => {
    const marks = await hits(page).locator("mark").allInnerTexts();
    return new Set(marks.map((mark) => mark.replace(/\s/g, " ")));
  };
  await expect.poll(shown).toEqual(new Set(marked));
  return await hits(page).allInnerTexts();
}

async function openList(): Promise<Page> {
  const page = await stage.open(person);
  await heading(page, "Сметы");
  return page;
}

it("one box finds clients, objects, estimates, lines and deals, and marks why", async () => {
  const page = await openList();
  const all = await search(page, "семен", "Семён");
  const kinds = all.map((text) => /Заказчик|Объект|Смета|Сделка CRM/.exec(text)?.[0]);
  expect(kinds).toHaveLength(4);
  expect(new Set(kinds)).toEqual(new Set(["Заказчик", "Объект", "Смета", "Сделка CRM"]));
  expect(await search(page, "плитка", "плитки")).toEqual([
    expect.stringContaining("Строка: Укладка плитки на стены"),
  ]);
  await search(page, "4567", "45 67");
  await search(page, "авито", "Авито");
  await search(page, "Ивонов", "Иванов", "Иван");
  await page.getByText(/Точно таких слов нет. Показано похожее: .*иванов/).waitFor();
  await box(page).fill("бетономешалка");
  await heading(page, "Ничего не нашлось");
  await box(page).fill("");
  await page.getByText(/СМ-\d+-0002/).waitFor();
  await page.context().close();
});

it("what was found opens, and a deal opens its estimate", async () => {
  const page = await openList();
  await search(page, "гагарина", "Гагарина");
  await hits(page)
    .getByRole("button", { name: /^Квартира на Гагарина/ })
    .click();
  await heading(page, "Квартира на Гагарина");
  await page.goBack();
  await search(page, "под ключ", "под", "ключ");
  await hits(page)
    .getByRole("button", { name: /^Ремонт под ключ/ })
    .click();
  await page.getByText("Укладка плитки на стены").first().waitFor();
  await page.goBack();
  await search(page, "беседка", "Беседка");
  expect(await hits(page).getByRole("button").count()).toBe(0);
  await page.context().close();
});

it("an estimate that was found is called as in the list, its number comes second", async () => {
  const page = await openList();
  const [found = ""] = await search(page, "плитка", "плитки");
  expect(found).toMatch(/^Ванная\s/);
  expect(found).toMatch(/Смета СМ-\d+-0001/);
  await page.context().close();
});

it("the status narrows what the box finds, with the reasons marked", async () => {
  const page = await openList();
  await search(page, "семен", "Семён");
  const draft = page.getByRole("button", { name: "черновик", exact: true });
  await draft.click();
  await expect.poll(() => hits(page).count()).toBe(1);
  expect(await search(page, "плитка", "плитки")).toEqual([
    expect.stringContaining("Строка: Укладка плитки на стены"),
  ]);
  await page.getByRole("button", { name: "утверждена", exact: true }).click();
  await heading(page, "Ничего не нашлось");
  await page.getByText("только по сметам с этим статусом").waitFor();
  await box(page).fill("");
  await heading(page, "Смет с этим статусом нет");
  await press(page, "Все");
  await page.getByText(/СМ-\d+-0002/).waitFor();
  await page.context().close();
});

it("what was found leads back to what was searched, and a new step begins anew", async () => {
  const page = await openList();
  await search(page, "семен", "Семён");
  await hits(page)
    .getByRole("button", { name: /^Семён Иванов/ })
    .click();
  await page.getByLabel("Телефоны через запятую").waitFor();
  await page.goBack();
  await expect.poll(() => hits(page).count()).toBe(4);
  expect(await box(page).inputValue()).toBe("семен");
  await box(page).fill("");
  await page.getByRole("button", { name: "черновик", exact: true }).click();
  await press(page, /СМ-\d+-0001/);
  await page.getByText("Укладка плитки на стены").first().waitFor();
  await page.goBack();
  await page.getByRole("button", { name: "черновик", exact: true, pressed: true }).waitFor();

  await press(page, "Заказчики");
  await box(page).fill("семен");
  await press(page, /^Семён Иванов/);
  await page.getByLabel("Телефоны через запятую").waitFor();
  await page.goBack();
  await expect.poll(() => box(page).inputValue()).toBe("семен");
  await page.goBack();
  await heading(page, "Сметы");
  await press(page, "Заказчики");
  await heading(page, "Заказчики");
  expect(await box(page).inputValue()).toBe("");
  await page.context().close();
});

it("says that there is no network, and searches when there is", async () => {
  const page = await openList();
  await page.context().setOffline(true);
  await box(page).fill("плитка");
  await heading(page, /^Нет связи/);
  await page.context().setOffline(false);
  await page.getByRole("button", { name: "Повторить" }).click();
  await expect.poll(() => hits(page).count()).toBe(1);
  await page.context().close();
});

it.each([
  ["light", false],
  ["dark", true],
])("has nothing to mend in %s", async (theme, isDark) => {
  const page = await stage.open(person, { isDark });
  await search(page, "семен", "Семён");
  expect(await look(page, `search-${theme}`)).toEqual([]);
  await search(page, "Ивонов плитка", "Иванов", "плитки");
  expect(await look(page, `search-corrected-${theme}`)).toEqual([]);
  await page.context().close();
});
