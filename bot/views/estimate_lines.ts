import { groupLines, type Line } from "../../domain/estimate/estimate.ts";
import { clientAmount, clientCoefficients, clientPrice } from "../../domain/estimate/totals.ts";
import type { Id } from "../../domain/ids.ts";
import { formatMoneyRu, formatQuantityRu } from "../../domain/numbers_ru.ts";
import { cutText } from "../../domain/text.ts";
import { actions } from "../actions.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { type Html, rich, join } from "../html.ts";
import { showCard } from "../messages.ts";
import { BACK, MORE_ITEMS, TO_START } from "../texts_common.ts";
import { thingOf } from "./estimate_card.ts";

/** With the longest names, units and sums they still fit into one message. */
const LINES_ON_PAGE = 12;

/** The lines as text: for chats without the Mini App. */
export async function showLinesPage(ctx: ChatContext, id: Id, start: number): Promise<void> {
  const { card, content } = await servicesOf(ctx).estimates.content(id);
  const coefficients = clientCoefficients(content.adjustments.values());
  const rows = groupLines(content).flatMap(({ section, lines }) =>
    lines.map((line, index) => ({ line, heading: index === 0 ? section?.title : undefined })),
  );
  const shown = rows.slice(start, start + LINES_ON_PAGE);
  const pages = [
    ...(start === 0 ? [] : [actions.estimateOpen.button(TO_START, id, 0)]),
    ...(rows.length <= start + LINES_ON_PAGE
      ? []
      : [actions.estimateOpen.button(MORE_ITEMS, id, start + LINES_ON_PAGE)]),
  ];
  const text = join([
    rich`<b>${card.number}</b> · строки ${rows.length === 0 ? 0 : start + 1}–${start + shown.length} из ${rows.length}`,
    ...shown.flatMap(({ line, heading }, index) => [
      heading === undefined ? null : rich`\n<b>${cutText(heading, 60)}</b>`,
      describeLine(line, start + index + 1, {
        price: formatMoneyRu(clientPrice(line, coefficients)),
        amount: formatMoneyRu(clientAmount(line, coefficients)),
      }),
    ]),
  ]);
  const back = [actions.estimateCard.button(BACK, id)];
  await showCard(ctx, { text, rows: pages.length > 0 ? [pages, back] : [back] }, thingOf(id));
}

function describeLine(line: Line, number: number, sums: { price: string; amount: string }): Html {
  const quantity = `${formatQuantityRu(line.quantity)} ${line.unit}`.trim();
  const optional =
    line.isOptional && !line.isChosen ? rich` · <i>по желанию, не в сумме</i>` : rich``;
  const price = line.price === 0n ? rich`<b>цены нет</b>` : rich`${sums.price}`;
  return rich`${number}. ${cutText(line.name, 90)}: ${quantity} × ${price} = ${sums.amount}${optional}`;
}
