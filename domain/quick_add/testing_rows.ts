import { formatMoney } from "../money.ts";
import { formatQuantity } from "../quantity.ts";
import { parseQuickAdd } from "./quick_add.ts";

/** All that a text gives: «# title», «[section]», «name | quantity unit | price | warnings», «? code», «note: code». */
export function readRows(text: string): string[] {
  const { title, sections, unread, notes } = parseQuickAdd(text);
  return [
    ...(title === null ? [] : [`# ${title}`]),
    ...sections.flatMap((section) => [
      ...(section.title === null ? [] : [`[${section.title}]`]),
      ...section.lines.map(({ name, quantity, unit, price, warnings }) =>
        [
          name,
          `${formatQuantity(quantity)} ${unit}`,
          price === null ? "none" : formatMoney(price),
          ...warnings.map(({ code }) => code),
        ].join(" | "),
      ),
    ]),
    ...unread.map(({ code }) => `? ${code}`),
    ...notes.map(({ code }) => `note: ${code}`),
  ];
}
