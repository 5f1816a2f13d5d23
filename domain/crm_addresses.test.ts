import { expect, it } from "vitest";
import { dealAddress } from "./crm_addresses.ts";

it("leads to the page of a deal in the CRM of the company", () => {
  expect(dealAddress("bitrix24", "romashka.bitrix24.ru", "71")).toBe(
    "https://romashka.bitrix24.ru/crm/deal/details/71/",
  );
  expect(dealAddress("amocrm", "romashka.amocrm.ru", "30512345")).toBe(
    "https://romashka.amocrm.ru/leads/detail/30512345",
  );
  expect(dealAddress("bitrix24", "crm.xn--80aa0a.xn--p1ai", "1")).toBe(
    "https://crm.xn--80aa0a.xn--p1ai/crm/deal/details/1/",
  );
});

it("leads nowhere where the address would be a guess or somebody's text", () => {
  expect(dealAddress("webhook", "erp.romashka.ru", "71")).toBeNull();
  for (const account of [
    "",
    "localhost",
    "127.0.0.1",
    "[::1]",
    "portal.ru:8080",
    "portal.ru/rest/1/secret",
    "user:secret@portal.ru",
    "portal.ru\n",
    "<b>.ru",
    `${"a".repeat(63)}.`.repeat(5) + "ru",
  ]) {
    expect([account, dealAddress("bitrix24", account, "71")]).toEqual([account, null]);
  }
  for (const id of ["", "D_71", "71/edit", "7 1", "../71", "1".repeat(20)]) {
    expect([id, dealAddress("amocrm", "romashka.amocrm.ru", id)]).toEqual([id, null]);
  }
});
