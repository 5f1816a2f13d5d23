import type { InferResponseType } from "hono/client";
import { parseMoney, ZERO } from "../../../domain/money.ts";
import { formatMoneyRu } from "../../../domain/numbers_ru.ts";
import type { Api } from "../api.ts";
import { day } from "./moments.ts";
import { pageTexts } from "./page_texts_ru.ts";

type Problem = InferResponseType<Api["estimates"][":id"]["problems"]["$get"], 200>["items"][number];

const MANY = 20;

/** What a person should know before an estimate goes out. */
export function Problems({ problems }: { readonly problems: readonly Problem[] }) {
  if (problems.length === 0) return null;
  return (
    <>
      <p className="said">{pageTexts.problems}</p>
      <ul>
        {problems.slice(0, MANY).map((problem, index) => (
          // One line may have several, and two lines the same name.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={index} className={problem.isBlocking ? "field-problem" : ""}>
            {describe(problem)}
          </li>
        ))}
      </ul>
      {problems.length > MANY ? (
        <p className="hint">
          {pageTexts.andMore} {problems.length - MANY}
        </p>
      ) : null}
    </>
  );
}

function describe({ kind, line, median, validUntil }: Problem): string {
  const name = `«${line?.name ?? ""}»`;
  switch (kind) {
    case "no_lines":
      return "В смете нет ни одной строки, которая входит в итог.";
    case "zero_quantity":
      return `${name}: нет количества.`;
    case "no_price":
      return `${name}: нет цены.`;
    case "far_price":
      return `${name}: обычно ваша цена ${formatMoneyRu(parseMoney(median ?? "") ?? ZERO)}.`;
    case "no_client":
      return "Не указан заказчик.";
    case "expired":
      return `Срок действия цен прошёл: ${validUntil === null ? "" : day(validUntil)}.`;
    case "zero_total":
      return "Итог сметы равен нулю.";
    default:
      return kind satisfies never;
  }
}
