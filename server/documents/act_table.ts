import { ACT_FORM_NAMES, type ActForm, type ActPart } from "../../domain/acts.ts";
import { formatDayShort } from "../../domain/calendar.ts";
import { add, type Kopecks, subtract, ZERO } from "../../domain/money.ts";
import type { Quantity } from "../../domain/quantity.ts";
import type { ActDocument } from "./act_document.ts";

/** One of the papers of an act. */
export interface PrintedAct {
  readonly form: ActForm;
  readonly act: ActDocument;
}

/** What stands in a cell; PDF writes it in Russian, a spreadsheet as a number. */
export type ActCell =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "money"; readonly value: Kopecks }
  | { readonly kind: "quantity"; readonly value: Quantity };

export interface ActRow {
  /** `heading` runs over all columns; `sum` and `total` are a label and sums in the last columns. */
  readonly kind: "heading" | "line" | "sum" | "total";
  readonly cells: readonly ActCell[];
}

export interface ActColumn {
  readonly title: string;
  /** In hundredths of the table. */
  readonly width: number;
  readonly isFigure: boolean;
}

/** The table of КС-2 or КС-3 with the official columns (Госкомстат, № 100 of 11.11.1999). */
export interface ActTable {
  readonly okud: string;
  readonly title: string;
  readonly columns: readonly ActColumn[];
  readonly rows: readonly ActRow[];
}

export function tableOf({ form, act }: PrintedAct): ActTable {
  return form === "ks2" ? acceptanceTable(act) : costTable(act);
}

/** «КС-2 № 1 от 22.11.2026» */
export function nameOfPaper({ form, act }: PrintedAct): string {
  return `${ACT_FORM_NAMES[form]} № ${act.number} от ${formatDayShort(act.date)}`;
}

export function text(value: string): ActCell {
  return { kind: "text", text: value };
}

function money(value: Kopecks): ActCell {
  return { kind: "money", value };
}

const ACCEPTANCE_COLUMNS: readonly ActColumn[] = [
  { title: "Номер по порядку", width: 7, isFigure: false },
  { title: "Номер позиции по смете", width: 8, isFigure: false },
  { title: "Наименование работ", width: 33, isFigure: false },
  { title: "Номер единичной расценки", width: 9, isFigure: false },
  { title: "Единица измерения", width: 10, isFigure: false },
  { title: "Выполнено: количество", width: 10, isFigure: true },
  { title: "Выполнено: цена за единицу, руб.", width: 10, isFigure: true },
  { title: "Выполнено: стоимость, руб.", width: 13, isFigure: true },
];

function acceptanceTable(act: ActDocument): ActTable {
  let number = 0;
  const numbered = act.parts.flatMap((part) => [
    ...headingOf(part, act.parts.length > 1),
    ...linesOf(part, () => String((number += 1))),
    ...belowLines(part, act.parts.length > 1),
  ]);
  const columns = ACCEPTANCE_COLUMNS.length;
  const onTop = act.vat.filter(({ isOnTop }) => isOnTop);
  const included = act.vat.filter(({ isOnTop }) => !isOnTop);
  return {
    okud: "0322005",
    title: "АКТ О ПРИЁМКЕ ВЫПОЛНЕННЫХ РАБОТ",
    columns: ACCEPTANCE_COLUMNS,
    rows: [
      ...numbered,
      sumRow("Итого", [add(...act.parts.map(({ net }) => net))], columns),
      ...onTop.map(({ percent, amount }) => sumRow(`НДС ${percent}\u00a0%`, [amount], columns)),
      sumRow("Всего по акту", [act.total], columns, "total"),
      ...included.map(({ percent, amount }) =>
        sumRow(`в том числе НДС ${percent}\u00a0%`, [amount], columns),
      ),
    ],
  };
}

function headingOf(part: ActPart, isOneOfMany: boolean): ActRow[] {
  if (!isOneOfMany && part.title === "") return [];
  const name = part.title === "" ? "Смета" : "Доп. работа";
  const title = part.title === "" ? "" : `: ${part.title}`;
  return [{ kind: "heading", cells: [text(`${name} № ${part.number}${title}`)] }];
}

/** A section's title stands above the first of its lines. */
function linesOf(part: ActPart, next: () => string): ActRow[] {
  let section: string | null = null;
  return part.lines.flatMap((line): ActRow[] => {
    const isNew = line.sectionTitle !== null && line.sectionTitle !== section;
    section = line.sectionTitle;
    const row: ActRow = {
      kind: "line",
      cells: [
        text(next()),
        text(String(line.index)),
        text(line.name),
        text(""),
        text(line.unit),
        { kind: "quantity", value: line.quantity },
        money(line.price),
        money(line.amount),
      ],
    };
    return isNew ? [{ kind: "heading", cells: [text(line.sectionTitle ?? "")] }, row] : [row];
  });
}

function belowLines(part: ActPart, isOneOfMany: boolean): ActRow[] {
  const columns = ACCEPTANCE_COLUMNS.length;
  return [
    ...part.adjustments.map(({ title, amount }) => sumRow(title, [amount], columns)),
    ...(part.discount === ZERO ? [] : [sumRow("Скидка", [subtract(ZERO, part.discount)], columns)]),
    ...(isOneOfMany ? [sumRow(`Итого по № ${part.number}`, [part.net], columns)] : []),
  ];
}

const COST_COLUMNS: readonly ActColumn[] = [
  { title: "Номер по порядку", width: 8, isFigure: false },
  {
    title:
      "Наименование пусковых комплексов, этапов, объектов, видов выполненных работ, оборудования, затрат",
    width: 38,
    isFigure: false,
  },
  { title: "Код", width: 6, isFigure: false },
  { title: "Стоимость, руб.: с начала проведения работ", width: 16, isFigure: true },
  { title: "Стоимость, руб.: с начала года", width: 16, isFigure: true },
  { title: "Стоимость, руб.: в том числе за отчётный период", width: 16, isFigure: true },
];

function costTable(act: ActDocument): ActTable {
  const sumOf = (pick: (row: ActDocument["costs"][number]) => Kopecks) =>
    add(...act.costs.map(pick));
  const all = [
    sumOf((row) => row.sinceStart),
    sumOf((row) => row.sinceYear),
    sumOf((row) => row.now),
  ];
  const columns = COST_COLUMNS.length;
  const vat = add(...act.vat.map(({ amount }) => amount));
  const percents = act.vat.map(({ percent }) => `${percent}\u00a0%`).join(", ");
  return {
    okud: "0322001",
    title: "СПРАВКА О СТОИМОСТИ ВЫПОЛНЕННЫХ РАБОТ И ЗАТРАТ",
    columns: COST_COLUMNS,
    rows: [
      sumRow("Всего работ и затрат, включаемых в стоимость работ, в том числе:", all, columns),
      ...act.costs.map((row, index): ActRow => ({
        kind: "line",
        cells: [
          text(String(index + 1)),
          text(
            row.title === "" ? `Работы по смете № ${row.number}` : `${row.title} (№ ${row.number})`,
          ),
          text(""),
          money(row.sinceStart),
          money(row.sinceYear),
          money(row.now),
        ],
      })),
      sumRow("Итого", [act.net], columns),
      sumRow(percents === "" ? "Сумма НДС" : `Сумма НДС (${percents})`, [vat], columns),
      sumRow("Всего с учётом НДС", [act.total], columns, "total"),
    ],
  };
}

/** A label over the columns that hold no sum. */
function sumRow(
  label: string,
  sums: readonly Kopecks[],
  columns: number,
  kind: "sum" | "total" = "sum",
): ActRow {
  const empty = Array.from({ length: columns - sums.length - 1 }, () => text(""));
  return { kind, cells: [text(label), ...empty, ...sums.map(money)] };
}

/** The lines above the table, in the order of the official form. */
export function headOf({ form, act }: PrintedAct): readonly (readonly [string, string])[] {
  const { contractor, client, project, contract } = act;
  const customer = client ? describeParty(client.name, client) : "";
  return [
    ["Инвестор", ""],
    ["Заказчик (генподрядчик)", customer],
    ["Подрядчик (субподрядчик)", describeParty(contractor.fullName || contractor.name, contractor)],
    ["Стройка", project ? project.address || project.title : ""],
    ...(form === "ks2" ? ([["Объект", project?.title ?? ""]] as const) : []),
    [
      "Договор подряда (контракт)",
      `смета № ${contract.number} от ${formatDayShort(contract.date)}`,
    ],
  ];
}

function describeParty(
  name: string,
  { inn, address, phone }: { inn: string; address: string; phone: string },
): string {
  const parts = [
    name,
    inn === "" ? "" : `ИНН ${inn}`,
    address,
    phone === "" ? "" : `тел. ${phone}`,
  ];
  return parts.filter((part) => part !== "").join(", ");
}

/** «с 01.11.2026 по 22.11.2026» */
export function periodOf({ periodFrom, periodTo }: ActDocument): [string, string] {
  return [formatDayShort(periodFrom), formatDayShort(periodTo)];
}
