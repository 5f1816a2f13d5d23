import { expect, it } from "vitest";
import type { Day } from "../domain/calendar.ts";
import { plainText } from "./html.ts";
import { erasedText } from "./texts_privacy.ts";

const flat = (text: { html: string }) => plainText(text).replaceAll("\u00a0", " ");

it("tells what the law keeps of an erased client, and until when", () => {
  expect(flat(erasedText({ keptRevisions: 2, keptUntil: "2031-11-22" as Day }))).toBe(
    "Данные заказчика стёрты.\nПо закону осталось: 2 согласованные версии, до 22 ноября 2031 г.",
  );
  expect(flat(erasedText({ keptRevisions: 0, keptUntil: null }))).toBe("Данные заказчика стёрты.");
});
