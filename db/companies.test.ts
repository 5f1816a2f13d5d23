import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Day, parseDay } from "../domain/calendar.ts";
import type { VatMode } from "../domain/vat.ts";
import type { Transaction } from "./client.ts";
import { tenantTransaction } from "./transactions.ts";
import {
  findCompany,
  findVatModeOn,
  insertCompany,
  listVatModes,
  putVatMode,
  updateCompany,
} from "./companies.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";
import { testId } from "./testing_ids.ts";

let database: TestDatabase;
const companyId = testId();

beforeAll(async () => {
  database = await createTestDatabase();
  await inCompany((tx) => insertCompany(tx, companyId, { name: "Ромашка" }));
});

afterAll(() => database.drop());

function inCompany<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
  return tenantTransaction(database.sql, companyId, work);
}

function day(text: string): Day {
  const parsed = parseDay(text);
  if (!parsed) throw new Error(`not a day: ${text}`);
  return parsed;
}

describe("a company", () => {
  it("begins with a name, Moscow time and empty requisites", async () => {
    expect(await inCompany((tx) => findCompany(tx, companyId))).toEqual({
      id: companyId,
      name: "Ромашка",
      fullName: "",
      inn: "",
      kpp: "",
      ogrn: "",
      address: "",
      phone: "",
      email: "",
      bankName: "",
      bankBik: "",
      bankAccount: "",
      bankCorrespondentAccount: "",
      signatory: "",
      timezone: "Europe/Moscow",
    });
  });

  it("keeps what is not mentioned in a change", async () => {
    const fields = {
      fullName: 'ООО "Ромашка"',
      inn: "7707083893",
      kpp: "770701001",
      ogrn: "1027700132195",
      address: "Москва, ул. Ёлочная, 1",
      phone: "+7 495 000-00-00",
      email: "mail@example.ru",
      bankName: "ПАО Сбербанк",
      bankBik: "044525225",
      bankAccount: "40702810900000000001",
      bankCorrespondentAccount: "30101810400000000225",
      signatory: "Иванов И. И.",
      timezone: "Asia/Vladivostok",
    };
    expect(await inCompany((tx) => updateCompany(tx, companyId, fields))).toBe(true);
    await inCompany((tx) => updateCompany(tx, companyId, { name: "Лютик", phone: "" }));
    expect(await inCompany((tx) => findCompany(tx, companyId))).toEqual({
      ...fields,
      id: companyId,
      name: "Лютик",
      phone: "",
    });
  });

  it("is told to be missing when it is", async () => {
    await tenantTransaction(database.sql, testId(), async (tx) => {
      expect(await findCompany(tx, companyId)).toBeNull();
      expect(await updateCompany(tx, companyId, { name: "Чужая" })).toBe(false);
    });
  });
});

describe("VAT modes", () => {
  const npd: VatMode = { kind: "none", ground: "npd" };
  const five: VatMode = { kind: "on_top", rate: "5" };
  const standard: VatMode = { kind: "included", rate: "standard" };

  it("hold from their day until the next one", async () => {
    await inCompany(async (tx) => {
      await putVatMode(tx, companyId, { validFrom: day("2026-01-01"), mode: five });
      await putVatMode(tx, companyId, { validFrom: day("2025-06-01"), mode: npd });
    });
    const on = (text: string) => inCompany((tx) => findVatModeOn(tx, companyId, day(text)));
    expect(await on("2025-05-31")).toBeNull();
    expect(await on("2025-06-01")).toEqual(npd);
    expect(await on("2025-12-31")).toEqual(npd);
    expect(await on("2026-01-01")).toEqual(five);
    expect(await on("2030-01-01")).toEqual(five);
  });

  it("are replaced when the day is the same, and listed by day", async () => {
    const modes = await inCompany(async (tx) => {
      await putVatMode(tx, companyId, { validFrom: day("2026-01-01"), mode: standard });
      return listVatModes(tx, companyId);
    });
    expect(modes).toEqual([
      { validFrom: "2025-06-01", mode: npd },
      { validFrom: "2026-01-01", mode: standard },
    ]);
  });
});
