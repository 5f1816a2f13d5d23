import { expect, test } from "vitest";
import { isValidPhoneNumber, parsePhoneNumberFromString } from "libphonenumber-js";
import { companyAt, personAt } from "./people.ts";
import { comparableDigits } from "./phones.ts";

const PEOPLE = Array.from({ length: 3000 }, (_, index) => personAt(1, index, 100));
const PHONES = PEOPLE.flatMap(({ phones }) => phones);

test("makes the same person from the same seed, another from another", () => {
  expect(personAt(1, 77, 100)).toEqual(PEOPLE[77]);
  expect(personAt(2, 77, 100)).not.toEqual(PEOPLE[77]);
  expect(companyAt(1, 3)).toEqual(companyAt(1, 3));
});

test("spells numbers in every way people do, each with its true meaning", () => {
  const shapes = new Set(PHONES.map(({ value }) => value.replaceAll(/\d/g, "0")));
  expect(shapes.size).toBeGreaterThan(10);
  const readable = PHONES.filter(({ e164 }) => e164 !== null);
  const misread = readable.filter(
    ({ value, e164 }) => parsePhoneNumberFromString(value, "RU")?.number !== e164,
  );
  expect(misread).toEqual([]);
  expect(readable.filter(({ e164 }) => !isValidPhoneNumber(e164 ?? ""))).toEqual([]);
});

test("gives everybody their own mobile, but two neighbours one office", () => {
  const owners = Map.groupBy(
    PEOPLE.flatMap(({ phones }, index) =>
      phones.map((phone) => ({ index, key: comparableDigits(phone.value) })),
    ),
    ({ key }) => key ?? "",
  );
  const shared = [...owners.values()].filter(
    (same) => same.length > 1 && same[0]?.key?.startsWith("7") === true,
  );
  expect(shared.length).toBeGreaterThan(20);
  for (const same of shared) {
    expect(same[0]?.key).toMatch(/^7812/);
    expect((same[1]?.index ?? 0) - (same[0]?.index ?? 0)).toBe(1);
  }
});

test("holds the awkward ones: nameless, endless, punctuated, without a phone, with several", () => {
  const count = (isOdd: (person: (typeof PEOPLE)[number]) => boolean): number =>
    PEOPLE.filter(isOdd).length;
  expect(count(({ name, lastName }) => name === "" && lastName === "")).toBeGreaterThan(5);
  expect(count(({ name }) => name.length > 255)).toBeGreaterThan(3);
  expect(count(({ lastName }) => lastName.includes("& Ко [50%]"))).toBeGreaterThan(3);
  expect(count(({ phones }) => phones.length === 0)).toBeGreaterThan(20);
  expect(count(({ phones }) => phones.length >= 3)).toBeGreaterThan(20);
  expect(PHONES.filter(({ e164 }) => e164 === null).length).toBeGreaterThan(10);
});
