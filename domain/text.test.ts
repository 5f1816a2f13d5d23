import { expect, it } from "vitest";
import { cutText } from "./text.ts";

it.each([
  ["абвгд", 5, "абвгд"],
  ["абвгде", 5, "абвг…"],
  [" аб вгд", 5, " аб…"],
  ["абв\ud83d\ude00г", 5, "абв…"],
  ["аб\ufffdвгд", 5, "аб\ufffdв…"],
  ["абв", 0, "…"],
])("cuts %j to %i characters, an emoji as a whole", (text, length, expected) => {
  expect(cutText(text, length)).toBe(expected);
});
