import { expect, it } from "vitest";
import { positionSchema } from "./position.ts";

it.each([
  ["a0", true],
  ["a0V", true],
  ["Zz", true],
  ["", false],
  ["a", false],
  ["a00", false],
  ["!", false],
  [`a0${"V".repeat(198)}`, true],
  [`a0${"V".repeat(199)}`, false],
])("a place is a key that another one can stand behind: %j", (text, isPlace) => {
  expect(positionSchema.safeParse(text).success).toBe(isPlace);
});
