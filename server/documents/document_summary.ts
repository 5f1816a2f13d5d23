import type { Adjustment, Discount } from "../../domain/estimate/estimate.ts";
import type { Totals } from "../../domain/estimate/totals.ts";
import { type Kopecks, ZERO } from "../../domain/money.ts";
import { formatPercentRu } from "../../domain/numbers_ru.ts";
import type { VatMode } from "../../domain/vat.ts";
import { spellMoney } from "../../domain/words_ru.ts";

/** One row below the lines. `label` is complete; the other fields are for formulas. */
export type SummaryRow =
  | {
      readonly kind: "works" | "materials" | "subtotal" | "discounted" | "total";
      readonly label: string;
      readonly amount: Kopecks;
    }
  | {
      readonly kind: "adjustment";
      readonly label: string;
      readonly amount: Kopecks;
      readonly adjustment: Pick<Adjustment, "base" | "percent">;
    }
  | {
      readonly kind: "discount";
      readonly label: string;
      /** Positive; printed with a minus. */
      readonly amount: Kopecks;
      readonly discount: Discount;
    }
  | {
      readonly kind: "vat_on_top" | "vat_included";
      readonly label: string;
      readonly amount: Kopecks;
      readonly percent: number;
    };

const BASE_WORDS: Readonly<Record<Adjustment["base"], string>> = {
  works: "от работ",
  materials: "от материалов",
  all: "от работ и материалов",
  running: "от суммы выше",
};

/** The rows below the lines, in the order in which they are computed. */
export function summarise(totals: Totals, vat: VatMode, discount: Discount | null): SummaryRow[] {
  const rows: SummaryRow[] = [
    { kind: "works", label: "Работы", amount: totals.works },
    { kind: "materials", label: "Материалы", amount: totals.materials },
    ...totals.adjustments.map(({ title, adjustment, amount }): SummaryRow => ({
      kind: "adjustment",
      label: `${title}, ${formatPercentRu(adjustment.percent)} ${BASE_WORDS[adjustment.base]}`,
      amount,
      adjustment: { base: adjustment.base, percent: adjustment.percent },
    })),
  ];
  const hasDiscount = discount !== null && totals.discount !== ZERO;
  if (hasDiscount) {
    rows.push(
      { kind: "subtotal", label: "Всего до скидки", amount: totals.subtotal },
      { kind: "discount", label: labelDiscount(discount), amount: totals.discount, discount },
    );
  }
  const percent = totals.vatPercent;
  if (vat.kind === "on_top" && percent !== null) {
    const label = `НДС ${percent}\u00a0%`;
    rows.push(
      { kind: "discounted", label: "Итого без НДС", amount: totals.discounted },
      { kind: "vat_on_top", label, amount: totals.vat, percent },
    );
  }
  rows.push({ kind: "total", label: "ИТОГО", amount: totals.total });
  if (vat.kind === "included" && percent !== null) {
    const label = `в том числе НДС ${percent}\u00a0%`;
    rows.push({ kind: "vat_included", label, amount: totals.vat, percent });
  }
  return rows;
}

function labelDiscount(discount: Discount): string {
  const size = discount.kind === "percent" ? ` ${formatPercentRu(discount.percent)}` : "";
  return `Скидка${size}${discount.base === "works" ? " на работы" : ""}`;
}

/** «без НДС», «в т. ч. НДС 22 %», «с НДС 22 %»: behind a total. */
export function remarkVat(vat: VatMode, percent: number | null): string {
  if (vat.kind === "none" || percent === null) return "без НДС";
  return vat.kind === "included" ? `в т. ч. НДС ${percent}\u00a0%` : `с НДС ${percent}\u00a0%`;
}

/** Up to 999 trillion roubles: larger sums have no usual name. */
const SPELLED_LIMIT = 10n ** 17n;

/** Null for sums that have no name. */
export function spellTotal(total: Kopecks): string | null {
  return total < SPELLED_LIMIT ? spellMoney(total) : null;
}
