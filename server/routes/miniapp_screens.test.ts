import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
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
import { listLong, makeEstimate } from "./testing_estimates.ts";

/** Where pictures go for a person to look at; nowhere unless it is set. */
const PICTURES = process.env["PICTURES"];

vi.setConfig(BROWSER_PATIENCE);

let stage: Stage;
let owner: StagePerson;
let estimateId: string;
let approvedId: string;
let draftId: string;
let clientId: string;
let projectId: string;

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const LONG =
  "Капитальный ремонт двухуровневой квартиры с перепланировкой и объединением лоджии по адресу улица Героев-Добровольцев, дом 117, корпус 3, квартира 1024";

beforeAll(async () => {
  stage = await createStage();
  owner = await stage.newPerson({ role: "owner" });
  estimateId = await makeEstimate(stage.work.asActor, owner.actor);
  draftId = await makeEstimate(stage.work.asActor, owner.actor);
  approvedId = await makeApproved();
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
  await askQuestion(estimateId);
});

afterAll(async () => {
  await stage?.close();
});

/** An approved estimate with an act of all of it. */
async function makeApproved(): Promise<string> {
  const id = await makeEstimate(stage.work.asActor, owner.actor);
  await stage.work.asActor(owner.actor, async ({ agreement, acts }) => {
    await agreement.submit(id, { audience: "manager", acceptWarnings: true });
    const [revision] = await agreement.revisions(id);
    await agreement.approve({ revisionId: revision?.id ?? "" }, { channel: "api" });
    await acts.create(id, { take: "everything" });
  });
  return id;
}

/** As a client does on the page of the link, about the newest revision. */
async function askQuestion(id: string): Promise<void> {
  const { sql } = stage.work.database;
  await sql`
    insert into questions (company_id, id, revision_id, text, author_name)
    select company_id, gen_random_uuid(), id, 'Почему демонтаж так дорого?', 'Иван Петров'
    from estimate_revisions
    where estimate_id = ${id}
    order by revision desc
    limit 1
  `;
}

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
      await picture(page, `${place.name}-${isDark ? "dark" : "light"}-${width}`);
      expect({ width, found: await check(page) }).toEqual({ width, found: [] });
      expect({ width, found: await measure(page) }).toEqual({ width, found: [] });
    }
    await page.context().close();
  });
});

async function picture(page: Page, name: string): Promise<void> {
  if (!PICTURES) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`), scale: "css" });
}

describe("an act", () => {
  it("takes quantities by a swipe and by typing, and is signed", async () => {
    const id = await makeApproved();
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
    const [act] = await stage.work.asActor(owner.actor, ({ acts }) => acts.list(id));
    expect(act).toMatchObject({ status: "signed" });
    await page.context().close();
  });
});

describe("a screen", () => {
  const quiet = { startParam: () => `q_${packId(estimateId)}` };

  it("says that there is no network, and loads when there is", async () => {
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

  it("says what to do where there is nothing yet, and keeps strangers out", async () => {
    const newcomer = await stage.newPerson({ role: "owner" });
    const page = await stage.open(newcomer);
    await page.getByRole("heading", { name: "Смет пока нет" }).waitFor();
    expect(await check(page)).toEqual([]);
    await press(page, "Заказчики");
    await page.getByRole("heading", { name: "Заказчиков пока нет" }).waitFor();
    expect(await check(page)).toEqual([]);
    await page.context().close();
    const foreign = await stage.open(newcomer, { startParam: quiet.startParam() });
    await foreign.getByRole("heading", { name: /не найдена/ }).waitFor();
    expect(await check(foreign)).toEqual([]);
    await foreign.context().close();
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
    const newcomer = await stage.newPerson({ role: "owner" });
    const page = await stage.open(newcomer);
    await press(page, "Заказчики");
    await press(page, "Новый");
    await page.getByLabel("Имя или название").fill("Мария Новикова");
    await page.getByLabel("Телефоны через запятую").fill("8 912 000-11-22");
    await press(page, "Сохранить");
    await page.getByRole("heading", { name: "Мария Новикова" }).waitFor();
    const found = await stage.work.asActor(newcomer.actor, ({ clients }) =>
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
    await askQuestion(id);
    const asked = await stage.open(owner, { startParam: `q_${packId(id)}` });
    await asked.getByLabel("Ответ").fill("Перегородки армированы.");
    await press(asked, "Ответить");
    await asked.getByText("Исправить ответ").waitFor();
    const [question] = await stage.work.asActor(owner.actor, ({ questions }) => questions.list(id));
    expect(question?.answer).toBe("Перегородки армированы.");
    await asked.context().close();
  });

  it("lets the object and the client of an estimate be chosen", async () => {
    const newcomer = await stage.newPerson();
    const id = await makeEstimate(stage.work.asActor, newcomer.actor);
    const page = await stage.open(newcomer, { startParam: `e_${packId(id)}` });
    await menu(page, "Реквизиты сметы");
    await page.getByRole("button", { name: /^Объект: / }).click();
    await page.getByLabel("Поиск: адрес или название").fill("Дача в Сысерти");
    await press(page, /Добавить «Дача в Сысерти»/);
    await page.getByRole("button", { name: "Объект: Дача в Сысерти" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("heading", { name: "Дача в Сысерти" }).waitFor();
    const card = () => stage.work.asActor(newcomer.actor, ({ estimates }) => estimates.card(id));
    expect((await card()).project?.title).toBe("Дача в Сысерти");
    await page.context().close();
  });
});
