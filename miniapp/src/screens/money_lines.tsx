import type { InferResponseType } from "hono/client";
import { parseMoney, ZERO } from "../../../domain/money.ts";
import { formatMoneyRu } from "../../../domain/numbers_ru.ts";
import type { Api } from "../api.ts";
import { pageTexts } from "./page_texts_ru.ts";

export type Balance = InferResponseType<
  Api["estimates"][":id"]["payments"]["$get"],
  200
>["balance"];

export function rubles(sum: string): string {
  return formatMoneyRu(parseMoney(sum) ?? ZERO);
}

export interface MoneyLine {
  readonly name: string;
  /** As the server writes it. */
  readonly sum: string;
  readonly isLast?: boolean;
}

/** Sums under each other, the last one large. */
export function MoneyLines({ lines }: { readonly lines: readonly MoneyLine[] }) {
  return (
    <dl className="totals-list">
      {lines.map(({ name, sum, isLast }) => (
        <div key={name} className={isLast ? "totals-last" : ""}>
          <dt>{name}</dt>
          <dd className="amount">{rubles(sum)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What was done and paid, and what is left: never a minus that a person has to read. */
export function balanceLines({ accepted, received, left, debt }: Balance): readonly MoneyLine[] {
  return [
    { name: pageTexts.acceptedSum, sum: accepted },
    { name: pageTexts.receivedSum, sum: received },
    sideOf(debt, pageTexts.debtSum, pageTexts.paidAhead),
    { ...sideOf(left, pageTexts.leftToPay, pageTexts.overpaid), isLast: true },
  ];
}

function sideOf(sum: string, name: string, opposite: string): MoneyLine {
  return sum.startsWith("-") ? { name: opposite, sum: sum.slice(1) } : { name, sum };
}
