import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { packId } from "../../domain/ids.ts";
import { kopecks } from "../../domain/money.ts";
import {
  BROWSER_PATIENCE,
  createStage,
  type OpenOptions,
  type Stage,
  type StagePerson,
} from "./testing_browser.ts";
import { askQuestion, makeApproved, makeEstimate } from "./testing_estimates.ts";
import { heading, look, menu, press } from "./testing_look.ts";

vi.setConfig(BROWSER_PATIENCE);

let stage: Stage;
let owner: StagePerson;
let estimateId: string;
let approvedId: string;
let draftId: string;
let clientId: string;
let projectId: string;

const LONG =
  "Капитальный ремонт двухуровневой квартиры с перепланировкой и объединением лоджии по адресу улица Героев-Добровольцев, дом 117, корпус 3, квартира 1024";

beforeAll(async () => {
  stage = await createStage();
  owner = await stage.newPerson({ role: "owner" });
  estimateId = await makeEstimate(stage.work.asActor, owner.actor);
  draftId = await makeEstimate(stage.work.asActor, owner.actor);
  approvedId = await makeApproved(stage.work.asActor, owner.actor);
  await stage.work.asActor(owner.actor, async (services) => {
    const client = await services.clients.create({
      name: `ООО «Управляющая компания ${LONG}»`.slice(0, 200),
      kind: "organisation",
      phones: [{ raw: "8 (912) 345-67-89", e164: null }],
      emails: ["client@example.ru"],
      inn: "",
      address: LONG,
      note: "",
    });
    clientId = client.id;
    const project = await services.projects.create({
      title: LONG,
      address: "Екатеринбург",
      clientId,
      note: "",
    });
    projectId = project.id;
    await services.estimates.create({ projectId });
    await services.catalogue.create({
      kind: "work",
      name: "Монтаж гипсокартона на потолок в два слоя с утеплением и шумоизоляцией",
      unit: "м²",
      price: kopecks(123_456_789n),
      cost: null,
      code: "",
      section: "",
    });
    await services.company.setVatMode({
      validFrom: "2026-01-01" as never,
      mode: { kind: "on_top", rate: "standard" },
    });
    await services.agreement.submit(estimateId, { audience: "client", acceptWarnings: true });
    const {
      items: [first],
    } = await services.agreement.revisions(estimateId);
    await services.agreement.revise({ revisionId: first?.id ?? "" });
    await services.agreement.submit(estimateId, { audience: "client", acceptWarnings: true });
    await services.sharing.share(estimateId);
  });
  await askQuestion(stage.work.database.sql, estimateId);
});

afterAll(async () => {
  await stage?.close();
});

/** A screen: how to get there, and what shows that it is there. */
interface Place {
  readonly name: string;
  readonly startParam?: () => string;
  readonly walk: (page: Page) => Promise<void>;
}

const estimate = () => `e_${packId(estimateId)}`;

const PLACES: readonly Place[] = [
  {
    name: "estimates",
    walk: async (page) => {
      await heading(page, "Сметы");
      await page.getByText("СМ-2026-0001").waitFor();
    },
  },
  {
    name: "clients",
    walk: async (page) => {
      await press(page, "Заказчики");
      await page.getByText("Иван Петров").first().waitFor();
    },
  },
  {
    name: "client",
    startParam: () => `c_${packId(clientId)}`,
    walk: async (page) => {
      await page.getByLabel("Телефоны через запятую").waitFor();
      await heading(page, "Сметы");
    },
  },
  {
    name: "new_client",
    walk: async (page) => {
      await press(page, "Заказчики");
      await press(page, "Новый");
      await heading(page, "Новый заказчик");
    },
  },
  {
    name: "projects",
    walk: async (page) => {
      await press(page, "Объекты");
      await page.getByText("Ленина 12, кв. 5").first().waitFor();
    },
  },
  {
    name: "project",
    startParam: () => `o_${packId(projectId)}`,
    walk: async (page) => {
      await page.getByRole("button", { name: /^Заказчик: / }).click();
      await page.getByRole("button", { name: "Без заказчика" }).waitFor();
      await page.getByText("Иван Петров").first().waitFor();
    },
  },
  {
    name: "catalogue",
    walk: async (page) => {
      await press(page, "Расценки");
      await page.getByText("Монтаж гипсокартона").waitFor();
    },
  },
  {
    name: "item",
    walk: async (page) => {
      await press(page, "Расценки");
      await press(page, /Монтаж гипсокартона/);
      await page.getByLabel("Цена, ₽").waitFor();
    },
  },
  {
    name: "settings",
    walk: async (page) => {
      await press(page, "Настройки");
      await page.getByLabel("Полное название").waitFor();
      await page.getByText("владелец").nth(1).waitFor();
    },
  },
  {
    name: "agreement",
    startParam: () => `a_${packId(estimateId)}`,
    walk: async (page) => {
      await heading(page, "Версия 1 · ");
      await page.getByText("ещё не открывали").waitFor();
    },
  },
  {
    name: "compare",
    startParam: () => `a_${packId(estimateId)}`,
    walk: async (page) => {
      await press(page, "Сравнить с версией 1");
      await page.getByText("Строки не изменились").waitFor();
    },
  },
  {
    name: "questions",
    startParam: () => `q_${packId(estimateId)}`,
    walk: async (page) => {
      await page.getByText("Почему демонтаж так дорого?").waitFor();
    },
  },
  {
    name: "preview",
    startParam: estimate,
    walk: async (page) => {
      await menu(page, "Как видит заказчик");
      await page.getByText("Демонтаж перегородок").waitFor();
    },
  },
  {
    name: "editor",
    startParam: () => `e_${packId(draftId)}`,
    walk: async (page) => {
      await page.getByText("Демонтаж перегородок").first().waitFor();
    },
  },
  {
    name: "totals",
    startParam: () => `e_${packId(draftId)}`,
    walk: async (page) => {
      await page.getByRole("button", { name: /ИТОГО/ }).click();
      await page.getByRole("dialog", { name: "Итоги" }).waitFor();
    },
  },
  {
    name: "menu",
    startParam: () => `e_${packId(draftId)}`,
    walk: async (page) => {
      await press(page, "Ещё");
      await page.getByRole("dialog").getByRole("button", { name: "Оплаты" }).waitFor();
    },
  },
  {
    name: "extras",
    startParam: () => `d_${packId(approvedId)}`,
    walk: async (page) => {
      await page.getByText("Всего согласовано").waitFor();
    },
  },
  {
    name: "payments",
    startParam: () => `p_${packId(approvedId)}`,
    walk: async (page) => {
      await page.getByText("Осталось оплатить").waitFor();
    },
  },
  {
    name: "acts",
    startParam: () => `a_${packId(approvedId)}`,
    walk: async (page) => {
      await press(page, "Смета");
      await menu(page, "Акты");
      await page.getByText("Акт № 1").waitFor();
    },
  },
  {
    name: "act",
    startParam: () => `e_${packId(approvedId)}`,
    walk: async (page) => {
      await menu(page, "Акты");
      await press(page, /Акт № 1/);
      await page.getByText("Строку вправо").waitFor();
    },
  },
  {
    name: "rooms",
    startParam: () => `e_${packId(draftId)}`,
    walk: async (page) => {
      await menu(page, "Помещения");
      const dialog = page.getByRole("dialog", { name: "Помещения" });
      await dialog.getByRole("button", { name: "Помещение", exact: true }).click();
      await dialog.getByRole("button", { name: "Окно", exact: true }).last().click();
      await dialog.getByLabel("Окно: ширина, м").last().waitFor();
    },
  },
  {
    name: "line",
    startParam: () => `e_${packId(draftId)}`,
    walk: async (page) => {
      await page.getByRole("button", { name: "Действия со строкой 1", exact: true }).click();
      await page.getByRole("dialog").getByLabel("Фото", { exact: true }).waitFor();
    },
  },
  {
    name: "details",
    startParam: () => `e_${packId(draftId)}`,
    walk: async (page) => {
      await menu(page, "Реквизиты сметы");
      await page.getByRole("button", { name: /^Заказчик: / }).click();
      await page.getByLabel("Поиск: имя или телефон").waitFor();
    },
  },
];

async function open(place: Place, options: OpenOptions): Promise<Page> {
  const startParam = place.startParam?.();
  const page = await stage.open(owner, { ...options, ...(startParam ? { startParam } : {}) });
  await place.walk(page);
  return page;
}

describe.each([
  ["light", false],
  ["dark", true],
])("in %s", (theme, isDark) => {
  const size = { width: 390, height: 800, isDark };

  it.each(PLACES)("$name has nothing to mend at any width", async (place) => {
    const page = await open(place, size);
    expect(await look(page, `${place.name}-${theme}`)).toEqual([]);
    await page.context().close();
  });
});
