import type { Adjustment, Line, Section } from "../domain/estimate/estimate.ts";
import { ZERO } from "../domain/money.ts";
import type { Percent } from "../domain/percent.ts";
import type { Quantity } from "../domain/quantity.ts";
import type { TestThings } from "./testing_company.ts";

export function sectionOf(aim: TestThings): Section {
  return { id: aim.sectionId, title: "взлом", kind: "work", position: "a1" };
}

export function linesOf(aim: TestThings): Line[] {
  return [
    {
      id: aim.lineId,
      sectionId: null,
      position: "a1",
      kind: "work",
      name: "взлом",
      unit: "шт",
      quantity: 0n as Quantity,
      quantityFormula: "",
      price: ZERO,
      cost: null,
      isOptional: false,
      isChosen: false,
      priceSource: "typed",
      note: "",
      internalNote: "",
    },
  ];
}

export function adjustmentsOf(aim: TestThings): Adjustment[] {
  return [
    {
      id: aim.adjustmentId,
      position: "a1",
      title: "взлом",
      percent: 0n as Percent,
      base: "all",
      isHidden: false,
    },
  ];
}
