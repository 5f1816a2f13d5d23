import type { Content, TableCell } from "pdfmake/interfaces.js";
import { divideRounded } from "../../domain/decimal.ts";
import { add, type Kopecks } from "../../domain/money.ts";
import { formatMoneyRu } from "../../domain/numbers_ru.ts";
import type { DocumentSection } from "./estimate_document.ts";
import { BARE_LAYOUT, COLORS, CONTENT_WIDTH, heading, SIZES } from "./pdf_style.ts";
import { oneLine } from "./pdf_text.ts";

/** More bars than this are read worse than the table. */
const MAX_BARS = 8;
/** With fewer sections the subtotals say it all. */
const MIN_SECTIONS = 3;

const TITLE_WIDTH = 170;
const SHARE_WIDTH = 40;
const AMOUNT_WIDTH = 100;
const BAR_WIDTH = CONTENT_WIDTH - TITLE_WIDTH - SHARE_WIDTH - AMOUNT_WIDTH;
const BAR_HEIGHT = 8;

interface Bar {
  readonly title: string;
  readonly amount: Kopecks;
  readonly isRest: boolean;
}

/** «Стоимость по разделам»: the seven dearest and the rest. Nothing for short estimates. */
export function printChart(sections: readonly DocumentSection[]): Content[] {
  const bars = collectBars(sections);
  const total = add(...bars.map((bar) => bar.amount));
  if (sections.length < MIN_SECTIONS || total <= 0n) return [];
  const largest = bars.reduce((most, { amount }) => (amount > most ? amount : most), 1n);
  return [
    {
      unbreakable: true,
      margin: [0, 26, 0, 0],
      stack: [
        heading("Стоимость по разделам"),
        {
          layout: BARE_LAYOUT,
          fontSize: SIZES.table,
          table: {
            widths: [TITLE_WIDTH, BAR_WIDTH, SHARE_WIDTH, AMOUNT_WIDTH],
            body: bars.map((bar) => printBar(bar, largest, total)),
          },
        },
      ],
    },
  ];
}

function collectBars(sections: readonly DocumentSection[]): Bar[] {
  const bars = sections
    .map((section) => ({
      title: oneLine(section.title ?? "Без раздела"),
      amount: section.total,
      isRest: false,
    }))
    .toSorted((a, b) => (a.amount === b.amount ? 0 : a.amount < b.amount ? 1 : -1));
  if (bars.length <= MAX_BARS) return bars;
  const rest = add(...bars.slice(MAX_BARS - 1).map((bar) => bar.amount));
  return [...bars.slice(0, MAX_BARS - 1), { title: "Прочие разделы", amount: rest, isRest: true }];
}

function printBar(bar: Bar, largest: bigint, total: Kopecks): TableCell[] {
  const length = (BAR_WIDTH * Number((bar.amount * 1000n) / largest)) / 1000;
  const share = Number(divideRounded(bar.amount * 1000n, total)) / 10;
  const title = bar.title.length > 60 ? `${bar.title.slice(0, 59).trimEnd()}…` : bar.title;
  const color = bar.isRest ? COLORS.strongLine : COLORS.accent;
  return [
    { text: title, margin: [0, 3, 10, 3] },
    {
      canvas: [{ type: "rect", x: 0, y: 0, w: Math.max(length, 0.8), h: BAR_HEIGHT, color }],
      margin: [0, 4, 0, 0],
    },
    {
      text: `${share.toFixed(1).replace(".", ",")}\u00a0%`,
      alignment: "right",
      color: COLORS.muted,
      margin: [0, 3, 0, 3],
    },
    { text: formatMoneyRu(bar.amount), alignment: "right", margin: [0, 3, 4, 3] },
  ];
}
