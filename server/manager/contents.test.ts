import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createManagerStage, type ManagerStage } from "./testing.ts";
import { seedCompany } from "./testing_seed.ts";

let stage: ManagerStage;
let cookie: string;
let estimate: string;

beforeAll(async () => {
  stage = await createManagerStage();
  const { estimateId } = await seedCompany(stage);
  estimate = `/manager/estimates/${estimateId}`;
  cookie = await stage.login(stage.people.manager);
});

afterAll(() => stage.close());

/** What is read on a page, with plain spaces. */
async function wordsOf(path: string): Promise<string> {
  const page = await (await stage.get(path, cookie)).text();
  return page
    .slice(page.indexOf("<main"))
    .replace(/<[^>]*>/g, " ")
    .replace(/(\s|\u00a0|&nbsp;)+/g, " ");
}

describe("one estimate", () => {
  it("shows its lines, sums and terms", async () => {
    const words = await wordsOf(estimate);
    expect(words).toContain("Объект Квартира на Ленина, 12, Екатеринбург, ул. Ленина, 12, кв. 5");
    expect(words).toContain("Демонтаж перегородок из пеноблока 12,5 м² 1 430,00 17 875,00");
    expect(words).toContain("Подсветка по желанию, не выбрана");
    expect(words).toContain("ИТОГО 205 673,76 ₽");
  });

  it("shows its versions and who decided what about each", async () => {
    const words = await wordsOf(estimate);
    expect(words).toMatch(
      /1 [\da-f]{12}… заменена Фёдор Прораб, .* компания: Пётр Начальник, согласовано .* 196 736,26 ₽/,
    );
    expect(words).toMatch(/2 [\da-f]{12}… на согласовании .* ждёт руководителя 205 673,76 ₽/);
  });

  it("compares two versions to the kopeck", async () => {
    const words = await wordsOf(`${estimate}/compare?from=1&to=2`);
    expect(words).toContain("Версия 1 196 736,26 ₽ Версия 2 205 673,76 ₽ Разница +8 937,50 ₽");
    expect(words).toMatch(/Демонтаж перегородок из пеноблока .* 8 937,50 ₽ 17 875,00 ₽/);
    expect(words).toContain("Добавлено Ничего. Убрано Ничего.");
  });

  it("shows who changed what from where, its documents and what its CRM said", async () => {
    const words = await wordsOf(estimate);
    expect(words).toMatch(/Фёдор Прораб приложение изменены строки 1/);
    expect(words).toMatch(/Фёдор Прораб чат добавлены строки, добавлен раздел 11/);
    expect(words).toContain("PDF готовится");
    expect(words).toContain(
      "Битрикс24 · remont.bitrix24.ru сделка 70 не отправлена Битрикс24 не нашёл воронку: её удалили 1",
    );
  });
});

describe("the lists", () => {
  it("of objects, clients and people carry their estimates and sums", async () => {
    const sums = "9 983 681,30 ₽ 1 779 563,84 ₽";
    expect(await wordsOf("/manager/projects")).toContain(
      `Квартира на Ленина, 12 Екатеринбург, ул. Ленина, 12, кв. 5 Екатерина Константинопольская ${sums}`,
    );
    expect(await wordsOf("/manager/clients")).toMatch(
      new RegExp(`Екатерина Константинопольская .* ekaterina@example.ru ${sums}`),
    );
    const team = await wordsOf("/manager/team");
    expect(team).toContain("Фёдор Прораб прораб 1 2 3 590 208,78 ₽ 6 0");
    expect(team).toContain("Пётр Начальник руководитель 0 0 0 0,00 ₽ 0 6");
  });

  it("of objects and clients are searched, by the last digits of a phone too", async () => {
    expect(await wordsOf("/manager/projects?q=квартиру")).toContain("Квартира на Ленина, 12");
    for (const text of ["6789", "8 (912) 345-67-89", "Константинапольская"]) {
      const words = await wordsOf(`/manager/clients?q=${encodeURIComponent(text)}`);
      expect([text, words.includes("Екатерина")]).toEqual([text, true]);
      expect(words).not.toContain("Иван Петров");
    }
    const page = await (await stage.get("/manager/clients?q=6789", cookie)).text();
    expect(page).toMatch(/Телефон: [^<]*<mark>67.89<\/mark>/);
    expect(await wordsOf("/manager/clients?q=4567")).not.toContain("Екатерина");
  });
});

describe("the exchange", () => {
  it("with the CRM tells its last scan, its lag, its errors and what it could not send", async () => {
    const words = await wordsOf("/manager/crm");
    expect(words).toContain("Битрикс24 · remont.bitrix24.ru Состояние есть неотправленные");
    expect(words).toMatch(/Последняя синхронизация \S+ \S+ 48 мин назад/);
    expect(words).toContain("1240 клиентов, 318 сделок");
    expect(words).toContain("Ждёт чтения 0 Ждёт отправки 0 Не отправлено 1");
    expect(words).toContain("Обращений за сутки 12, с ошибкой 1");
    expect(words).toMatch(
      /СМ-2026-0003 remont.bitrix24.ru Битрикс24 не нашёл воронку: её удалили 4/,
    );
  });

  it("with the CRM is logged call by call, and narrowed to what failed", async () => {
    const all = await wordsOf("/manager/calls");
    expect(all.match(/crm\.item\.list/g)).toHaveLength(12);
    expect(all).toContain("crm.item.list 503 сервер CRM не ответил 213 мс");
    const failed = await wordsOf("/manager/calls?errors=1");
    expect(failed.match(/crm\.item\.list/g)).toHaveLength(1);
  });

  it("with Telegram tells what came, what did not, and why", async () => {
    const words = await wordsOf("/manager/notifications?status=failed");
    expect(words).toContain("На доработку Другой Прораб не доставлено человек заблокировал бота 4");
    expect(words).not.toContain("доставлено 1");
    expect(await wordsOf("/manager/notifications")).toMatch(/Утверждена Фёдор Прораб доставлено 1/);
  });
});
