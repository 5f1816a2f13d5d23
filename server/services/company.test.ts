import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Actor } from "../../domain/access.ts";
import { type Day, parseDay } from "../../domain/calendar.ts";
import type { CompanyFields } from "../../domain/companies.ts";
import type { VatMode } from "../../domain/vat.ts";
import { createTestWork, type TestWork } from "../testing.ts";

let work: TestWork;
let owner: Actor;

beforeAll(async () => {
  work = await createTestWork();
});

beforeEach(async () => {
  owner = await work.newActor();
});

afterAll(() => work.close());

function day(text: string): Day {
  const parsed = parseDay(text);
  if (!parsed) throw new Error(`not a day: ${text}`);
  return parsed;
}

function set(fields: Partial<CompanyFields>, actor = owner) {
  return work.asActor(actor, ({ company }) => company.set(fields));
}

describe("company", () => {
  it("is read by everybody in it", async () => {
    const foreman = await work.newActor({ companyId: owner.companyId, role: "foreman" });
    const company = await work.asActor(foreman, ({ company }) => company.get());
    expect(company).toMatchObject({ id: owner.companyId, name: "Ромашка", vatModes: [] });
  });

  it("cleans what the owner writes and keeps the rest", async () => {
    await set({ inn: "7707083893" });
    expect(await set({ fullName: "  ООО \0«Ромашка»  " })).toMatchObject({
      name: "Ромашка",
      inn: "7707083893",
      fullName: "ООО «Ромашка»",
    });
  });

  it("says in Russian which field is wrong, and changes nothing", async () => {
    const refusals: [Partial<CompanyFields>, string][] = [
      [{ name: "  " }, "«Название»: заполните это поле."],
      [{ inn: "123" }, "«ИНН»: проверьте, всё ли введено верно."],
      [{ address: "я".repeat(301) }, "«Адрес»: не больше 300 знаков. Сократите, пожалуйста."],
      [{ timezone: "Марс/Кратер" }, "«Часовой пояс»: проверьте, всё ли введено верно."],
    ];
    for (const [fields, message] of refusals) {
      await expect(set({ email: "a@example.ru", ...fields })).rejects.toMatchObject({
        code: "invalid",
        message,
        details: { fields: Object.keys(fields) },
      });
    }
    const company = await work.asActor(owner, ({ company }) => company.get());
    expect(company).toMatchObject({ name: "Ромашка", email: "" });
  });

  it("refuses fields that it does not have", async () => {
    const fields = { name: "Лютик", owner: "я" };
    await expect(set(fields)).rejects.toMatchObject({ code: "invalid" });
  });

  it("is changed by its owner only", async () => {
    const mode = { validFrom: day("2026-01-01"), mode: { kind: "none", ground: "npd" } } as const;
    for (const role of ["manager", "foreman"] as const) {
      const actor = await work.newActor({ companyId: owner.companyId, role });
      await expect(set({ name: "Моя" }, actor)).rejects.toMatchObject({ code: "forbidden" });
      await expect(
        work.asActor(actor, ({ company }) => company.setVatMode(mode)),
      ).rejects.toMatchObject({ code: "forbidden" });
    }
  });
});

describe("VAT by day", () => {
  const usn: VatMode = { kind: "none", ground: "usn" };
  const five: VatMode = { kind: "on_top", rate: "5" };

  it("is none (УСН) until something is set, and from then on what was set", async () => {
    const on = (text: string) => work.asActor(owner, ({ company }) => company.vatModeOn(day(text)));
    expect(await on("2026-11-22")).toEqual(usn);
    await work.asActor(owner, ({ company }) =>
      company.setVatMode({ validFrom: day("2026-01-01"), mode: five }),
    );
    expect(await on("2025-12-31")).toEqual(usn);
    expect(await on("2026-01-01")).toEqual(five);
    const company = await work.asActor(owner, ({ company }) => company.get());
    expect(company.vatModes).toEqual([{ validFrom: "2026-01-01", mode: five }]);
  });

  it("takes no day that does not exist", async () => {
    const setting = work.asActor(owner, ({ company }) =>
      company.setVatMode({ validFrom: "2026-02-30" as Day, mode: five }),
    );
    await expect(setting).rejects.toMatchObject({
      code: "invalid",
      message: "«С какого дня»: проверьте, всё ли введено верно.",
    });
  });
});

it("knows which day it is where the company works", async () => {
  work.clock.now = new Date("2026-12-31T20:30:00Z");
  const today = () => work.asActor(owner, ({ company }) => company.today());
  expect(await today()).toBe("2026-12-31");
  await set({ timezone: "Asia/Vladivostok" });
  expect(await today()).toBe("2027-01-01");
});
