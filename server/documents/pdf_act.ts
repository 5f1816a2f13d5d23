import type { Content, ContentTable, TableCell, TDocumentDefinitions } from "pdfmake/interfaces.js";
import { formatDayShort } from "../../domain/calendar.ts";
import { subtract, ZERO } from "../../domain/money.ts";
import { formatAmountRu, formatMoneyRu, formatQuantityRu } from "../../domain/numbers_ru.ts";
import {
  type ActCell,
  type ActColumn,
  type ActRow,
  headOf,
  nameOfPaper,
  periodOf,
  type PrintedAct,
  tableOf,
} from "./act_table.ts";
import { officialName } from "./pdf_head.ts";
import {
  arrange,
  BARE_LAYOUT,
  caption,
  COLORS,
  CONTENT_WIDTH,
  PAGE_MARGINS,
  SIZES,
} from "./pdf_style.ts";
import { oneLine } from "./pdf_text.ts";

const LABEL_WIDTH = 130;
const CODE_WIDTH = 96;
const PADDING = 3;
const SIGNATURE_WIDTH = 110;

/** КС-2 or КС-3 on A4. */
export function defineAct(
  paper: PrintedAct,
): Omit<TDocumentDefinitions, "info"> & { title: string } {
  const { act } = paper;
  const table = tableOf(paper);
  const mark = MARKS[act.status];
  return {
    title: `${nameOfPaper(paper)}, смета № ${act.contract.number}`,
    ...(mark && { watermark: { ...WATERMARK, text: mark } }),
    content: [
      printForm(paper, table.okud),
      ...headOf(paper).map(([label, value]) => printFact(label, value)),
      printNumbers(paper),
      { text: table.title, bold: true, fontSize: 12, alignment: "center", margin: [0, 10, 0, 6] },
      printContractSum(paper),
      printTable(table.columns, table.rows),
      printClosing(paper),
    ],
    footer: (page, pageCount) => ({
      ...arrange(
        [CONTENT_WIDTH - 110, 110],
        [
          `${nameOfPaper(paper)} · смета № ${act.contract.number} · правила расчёта ${act.calcVersion}`,
          { text: `Страница ${page} из ${pageCount}`, alignment: "right" },
        ],
      ),
      fontSize: SIZES.small,
      color: COLORS.muted,
      margin: [PAGE_MARGINS.left, 20, PAGE_MARGINS.right, 0],
    }),
  };
}

const MARKS = { draft: "ЧЕРНОВИК", signed: null, cancelled: "ОТМЕНЁН" } as const;

const WATERMARK = {
  color: COLORS.strongLine,
  opacity: 0.1,
  bold: true,
  angle: -52,
  fontSize: 84,
} as const;

function printForm({ form }: PrintedAct, okud: string): Content {
  const number = form === "ks2" ? "КС-2" : "КС-3";
  return {
    ...arrange(
      [CONTENT_WIDTH - CODE_WIDTH * 2, CODE_WIDTH * 2],
      [
        {},
        {
          stack: [
            caption(`Унифицированная форма № ${number}`),
            caption("Утверждена постановлением Госкомстата России от 11.11.1999 № 100"),
            { text: `Форма по ОКУД ${okud}`, fontSize: SIZES.small, bold: true },
          ],
          alignment: "right",
        },
      ],
    ),
    margin: [0, 0, 0, 8],
  };
}

function printFact(label: string, value: string): Content {
  return {
    layout: {
      ...BARE_LAYOUT,
      hLineWidth: (line) => (line === 1 ? 0.5 : 0),
      hLineColor: () => COLORS.line,
    },
    table: {
      widths: [LABEL_WIDTH, CONTENT_WIDTH - LABEL_WIDTH],
      body: [
        [
          { text: label, color: COLORS.muted, fontSize: SIZES.table, margin: [0, 3, 6, 2] },
          { text: oneLine(value) || "\u00a0", fontSize: SIZES.body, margin: [0, 2, 0, 2] },
        ],
      ],
    },
  };
}

/** Number, date and period: the small box of the form. */
function printNumbers({ act }: PrintedAct): Content {
  const [from, to] = periodOf(act);
  const titles = ["Номер документа", "Дата составления", "Отчётный период с", "по"];
  const values = [String(act.number), formatDayShort(act.date), from, to];
  return {
    layout: GRID,
    alignment: "center",
    table: {
      widths: titles.map(() => CODE_WIDTH),
      body: [
        titles.map((title) => ({ text: title, fontSize: SIZES.small, color: COLORS.muted })),
        values.map((value) => ({ text: value, bold: true })),
      ],
    },
    margin: [CONTENT_WIDTH - 4 * CODE_WIDTH, 10, 0, 0],
  };
}

const GRID = {
  ...BARE_LAYOUT,
  hLineWidth: () => 0.5,
  vLineWidth: () => 0.5,
  hLineColor: () => COLORS.strongLine,
  vLineColor: () => COLORS.strongLine,
};

function printContractSum({ act }: PrintedAct): Content {
  const sum = formatMoneyRu(act.contract.total);
  return {
    text: `Сметная (договорная) стоимость с доп. работами: ${sum}`,
    fontSize: SIZES.table,
    margin: [0, 0, 0, 6],
  };
}

function printTable(columns: readonly ActColumn[], rows: readonly ActRow[]): ContentTable {
  const widths = columns.map(({ width }) => (CONTENT_WIDTH * width) / 100);
  const cell = (text: string, fields: object = {}): TableCell => ({
    text,
    margin: [PADDING, 2, PADDING, 2],
    ...fields,
  });
  return {
    layout: GRID,
    fontSize: 8,
    table: {
      widths,
      headerRows: 2,
      keepWithHeaderRows: 1,
      dontBreakRows: true,
      body: [
        columns.map(({ title }) => cell(title, { fontSize: 7, alignment: "center" })),
        columns.map((_, index) => cell(String(index + 1), { fontSize: 7, alignment: "center" })),
        ...rows.map((row) => printRow(row, columns, cell)),
      ],
    },
  };
}

function printRow(
  { kind, cells }: ActRow,
  columns: readonly ActColumn[],
  cell: (text: string, fields?: object) => TableCell,
): TableCell[] {
  const covered = (count: number): TableCell[] => Array.from({ length: count }, () => ({}));
  const [first] = cells;
  if (kind === "heading") {
    const title = first ? writeCell(first) : "";
    return [cell(title, { colSpan: columns.length, bold: true }), ...covered(columns.length - 1)];
  }
  if (kind === "line") {
    return cells.map((item, index) =>
      cell(writeCell(item), columns[index]?.isFigure ? { alignment: "right" } : {}),
    );
  }
  const span = cells.findIndex((item) => item.kind === "money");
  const label = first ? writeCell(first) : "";
  const look = kind === "total" ? { bold: true, fontSize: 9 } : {};
  return [
    cell(label, { ...look, colSpan: span, alignment: "right" }),
    ...covered(span - 1),
    ...cells.slice(span).map((item) => cell(writeCell(item), { ...look, alignment: "right" })),
  ];
}

function writeCell(cell: ActCell): string {
  if (cell.kind === "text") return oneLine(cell.text);
  return cell.kind === "money" ? formatAmountRu(cell.value) : formatQuantityRu(cell.value);
}

/** The sum in words, what is paid, and who signs. */
function printClosing({ form, act }: PrintedAct): Content {
  const contractor = officialName(act.contractor);
  const client = act.client ? oneLine(act.client.name) : "";
  const [giver, taker] = form === "ks2" ? ["Сдал", "Принял"] : ["Подрядчик", "Заказчик"];
  return {
    unbreakable: true,
    margin: [0, 8, 0, 0],
    stack: [
      ...(act.totalInWords === null
        ? []
        : [{ text: act.totalInWords, margin: [0, 0, 0, 4] } as Content]),
      ...(act.vatGround === null ? [] : [caption(act.vatGround)]),
      {
        text: describeBalance(act),
        fontSize: SIZES.table,
        color: COLORS.muted,
        margin: [0, 6, 0, 0],
      },
      printSignature(giver ?? "", contractor, oneLine(act.contractor.signatory)),
      printSignature(taker ?? "", client, oneLine(act.acceptedBy)),
    ],
  };
}

export function describeBalance({ balance }: PrintedAct["act"]): string {
  const { agreed, accepted, received, left } = balance;
  const rest =
    left < ZERO
      ? `переплата ${formatMoneyRu(subtract(ZERO, left))}`
      : `остаток к оплате по договору ${formatMoneyRu(left)}`;
  return (
    `По договору с доп. работами ${formatMoneyRu(agreed)} · выполнено с начала работ ` +
    `${formatMoneyRu(accepted)} · оплачено ${formatMoneyRu(received)} · ${rest}`
  );
}

function printSignature(side: string, name: string, signatory: string): Content {
  const line = (width: number): Content => ({
    canvas: [{ type: "line", x1: 0, y1: 0, x2: width - 8, y2: 0, lineWidth: 0.6 }],
  });
  const nameWidth = CONTENT_WIDTH - 70 - 2 * SIGNATURE_WIDTH;
  return {
    stack: [
      arrange(
        [70, nameWidth, SIGNATURE_WIDTH, SIGNATURE_WIDTH],
        [
          { text: side, bold: true },
          { text: name || "\u00a0" },
          { text: "\u00a0" },
          { text: signatory || "\u00a0" },
        ],
      ),
      arrange(
        [70, nameWidth, SIGNATURE_WIDTH, SIGNATURE_WIDTH],
        [
          caption("М.П."),
          { stack: [line(nameWidth), caption("должность, организация")] },
          { stack: [line(SIGNATURE_WIDTH), caption("подпись")] },
          { stack: [line(SIGNATURE_WIDTH), caption("расшифровка подписи")] },
        ],
      ),
    ],
    margin: [0, 18, 0, 0],
  };
}
