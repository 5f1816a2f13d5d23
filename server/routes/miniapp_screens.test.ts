import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packId } from "../../domain/ids.ts";
import { kopecks } from "../../domain/money.ts";
import { createStage, type OpenOptions, type Stage, type StagePerson } from "./testing_browser.ts";
import { makeEstimate } from "./testing_estimates.ts";

let stage: Stage;
let owner: StagePerson;
let estimateId: string;
let clientId: string;
let projectId: string;

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const LONG =
  "Капитальный ремонт двухуровневой квартиры с перепланировкой и объединением лоджии по адресу улица Героев-Добровольцев, дом 117, корпус 3, квартира 1024";

beforeAll(async () => {
  stage = await createStage();
  owner = await stage.newPerson({ role: "owner" });
  estimateId = await makeEstimate(stage.work.asActor, owner.actor);
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
    const [first] = await services.agreement.revisions(estimateId);
    await services.agreement.revise({ revisionId: first?.id ?? "" });
    await services.agreement.submit(estimateId, { audience: "client", acceptWarnings: true });
    await services.sharing.share(estimateId);
  });
  const { sql } = stage.work.database;
  await sql`
    insert into questions (company_id, id, revision_id, text, author_name)
    select company_id, gen_random_uuid(), id, 'Почему демонтаж так дорого?', 'Иван Петров'
    from estimate_revisions
    where estimate_id = ${estimateId} and revision = 2
  `;
}, 120_000);

afterAll(async () => {
  await stage?.close();
});

/** A screen: how to get there, and what shows that it is there. */
interface Place {
  readonly name: string;
  readonly startParam?: () => string;
  readonly walk: (page: Page) => Promise<void>;
}

const press = (page: Page, name: string | RegExp) =>
  page
    .getByRole("button", typeof name === "string" ? { name, exact: true } : { name })
    .first()
    .click();
const heading = (page: Page, name: string | RegExp) =>
  page.getByRole("heading", { name }).first().waitFor();
const menu = async (page: Page, name: string) => {
  await press(page, "Ещё");
  await page.getByRole("dialog").getByRole("button", { name, exact: true }).click();
};
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
      await page.getByText("Иван Петров").waitFor();
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
      await page.getByText("Ленина 12, кв. 5").waitFor();
    },
  },
  {
    name: "project",
    startParam: () => `o_${packId(projectId)}`,
    walk: async (page) => {
      await page.getByRole("button", { name: /^Заказчик: / }).click();
      await page.getByRole("button", { name: "Без заказчика" }).waitFor();
      await page.getByText("Иван Петров").waitFor();
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
    name: "rooms",
    startParam: estimate,
    walk: async (page) => {
      await menu(page, "Помещения");
      await page.getByRole("dialog", { name: "Помещения" }).waitFor();
    },
  },
];

async function check(page: Page): Promise<unknown[]> {
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
}

/** What is smaller than a thumb, or hangs out of the window. */
async function measure(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const wrong: string[] = [];
    if (document.documentElement.scrollWidth > window.innerWidth)
      wrong.push("wider than the window");
    for (const element of document.querySelectorAll("button, select, .field-input, a.button")) {
      const { width, height } = element.getBoundingClientRect();
      if (width === 0 && height === 0) continue;
      if (height < 43.5 || width < 43.5) wrong.push(element.outerHTML.slice(0, 120));
    }
    return wrong;
  });
}

async function open(place: Place, options: OpenOptions): Promise<Page> {
  const startParam = place.startParam?.();
  const page = await stage.open(owner, { ...options, ...(startParam ? { startParam } : {}) });
  await place.walk(page);
  return page;
}

const WIDTHS = [320, 390, 1280];

describe.each([
  ["light", false],
  ["dark", true],
])("in %s", (_, isDark) => {
  it.each(PLACES)("$name has nothing to mend at any width", async (place) => {
    const page = await open(place, { width: 390, height: 800, isDark });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      expect({ width, found: await check(page) }).toEqual({ width, found: [] });
      expect({ width, found: await measure(page) }).toEqual({ width, found: [] });
    }
    await page.context().close();
  });
});
