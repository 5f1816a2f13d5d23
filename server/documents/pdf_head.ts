import type { Content } from "pdfmake/interfaces.js";
import { formatDay } from "../../domain/calendar.ts";
import { formatMoneyRu } from "../../domain/numbers_ru.ts";
import type {
  DocumentClient,
  DocumentContractor,
  DocumentExtra,
  EstimateDocument,
} from "./estimate_document.ts";
import { arrange, BARE_LAYOUT, caption, COLORS, CONTENT_WIDTH, SIZES } from "./pdf_style.ts";
import { oneLine } from "./pdf_text.ts";

const CONTACTS_WIDTH = 220;
/** Of the band with the total. */
const BREAKDOWN_WIDTH = 230;
const LABEL_WIDTH = 64;

/** Everything above the lines: who, for whom, what, when, how much. */
export function printHead(document: EstimateDocument): Content[] {
  return [
    printContractor(document.contractor),
    printTitle(document),
    printParties(document),
    printTotal(document),
  ];
}

/** The name under which the contractor signs. */
export function officialName(contractor: DocumentContractor): string {
  return oneLine(contractor.fullName || contractor.name);
}

/** Absent parts leave no holes. */
export function joinParts(parts: readonly (string | false)[], separator = " · "): string {
  return parts.filter((part) => part !== false && part !== "").join(separator);
}

/** «ИНН 7707083893»; empty when there is no value. */
export function labelled(label: string, value: string): string {
  return value === "" ? "" : `${label}\u00a0${oneLine(value)}`;
}

function printContractor(contractor: DocumentContractor): Content {
  const name = officialName(contractor);
  const registered = joinParts([
    labelled("ИНН", contractor.inn),
    labelled("КПП", contractor.kpp),
    labelled(contractor.ogrn.length === 15 ? "ОГРНИП" : "ОГРН", contractor.ogrn),
  ]);
  const contacts = joinParts([contractor.phone, contractor.email].map(oneLine));
  const left: Content[] = [{ text: name, bold: true, fontSize: 11 }];
  if (registered !== "") left.push(caption(registered));
  const right = [oneLine(contractor.address), contacts].filter((text) => text !== "").map(caption);
  return {
    ...arrange(
      [CONTENT_WIDTH - CONTACTS_WIDTH, CONTACTS_WIDTH],
      [
        { stack: left, margin: [0, 0, 16, 0] },
        { stack: right, alignment: "right" },
      ],
    ),
    margin: [0, 0, 0, 10],
  };
}

function printTitle(document: EstimateDocument): Content {
  const facts = joinParts([
    `от ${formatDay(document.date)}`,
    document.validUntil !== null && `действительна до ${formatDay(document.validUntil)}`,
    document.priceKind === "firm" ? "цена твёрдая" : "цена приблизительная",
  ]);
  const stack: Content[] = [
    {
      canvas: [
        {
          type: "line",
          x1: 0,
          y1: 0,
          x2: CONTENT_WIDTH,
          y2: 0,
          lineWidth: 0.8,
          lineColor: COLORS.accent,
        },
      ],
      margin: [0, 0, 0, 14],
    },
    {
      text: `Смета № ${document.number}`,
      fontSize: SIZES.title,
      bold: true,
      color: COLORS.accent,
    },
  ];
  if (document.title !== "") stack.push({ text: oneLine(document.title), fontSize: 11 });
  stack.push({ text: facts, color: COLORS.muted, margin: [0, 3, 0, 0] });
  if (document.extra) stack.push(printExtra(document.extra));
  return { stack, margin: [0, 0, 0, 14] };
}

/** What it is extra work to, and why. */
function printExtra({ parentNumber, reason, photos }: DocumentExtra): Content {
  const facts = joinParts([
    `Дополнение к смете № ${parentNumber}`,
    reason !== "" && `причина: ${oneLine(reason)}`,
    photos.length > 0 && `фото: ${photos.length}`,
  ]);
  return { text: facts, margin: [0, 3, 0, 0] };
}

function printParties(document: EstimateDocument): Content {
  const parties: [string, string, string][] = [];
  if (document.client)
    parties.push(["Заказчик", document.client.name, clientDetails(document.client)]);
  if (document.project) {
    const { title, address } = document.project;
    parties.push(["Объект", title, address === title ? "" : address]);
  }
  if (parties.length === 0) return { text: "" };
  const cells = parties.map(([label, name, details]) => ({
    stack: [
      caption(label),
      { text: oneLine(name), bold: true, margin: [0, 1, 0, 0] as [number, number, number, number] },
      ...(details === "" ? [] : [{ text: oneLine(details), fontSize: SIZES.table }]),
    ],
    margin: [0, 0, 16, 0] as [number, number, number, number],
  }));
  return {
    ...arrange(
      cells.map(() => CONTENT_WIDTH / cells.length),
      cells,
    ),
    margin: [0, 0, 0, 14],
  };
}

function clientDetails(client: DocumentClient): string {
  return joinParts([
    labelled("ИНН", client.inn),
    oneLine(client.phone),
    oneLine(client.email),
    oneLine(client.address),
  ]);
}

/** The answer to the first question, on top. */
function printTotal(document: EstimateDocument): Content {
  const works = document.summary.filter(({ kind }) => kind === "works" || kind === "materials");
  return {
    layout: { ...BARE_LAYOUT, fillColor: () => COLORS.band },
    table: {
      widths: [BREAKDOWN_WIDTH, CONTENT_WIDTH - BREAKDOWN_WIDTH],
      body: [
        [
          {
            layout: BARE_LAYOUT,
            table: {
              widths: [LABEL_WIDTH, "auto"],
              body: works.map(({ label, amount }) => [
                { text: label, color: COLORS.muted, margin: [0, 1.5, 0, 1.5] },
                { text: formatMoneyRu(amount), alignment: "right", margin: [0, 1.5, 0, 1.5] },
              ]),
            },
            margin: [12, 10, 8, 10],
          },
          {
            stack: [
              caption(`Итого, ${document.vatRemark}`),
              { text: formatMoneyRu(document.total), fontSize: SIZES.lead, bold: true },
            ],
            alignment: "right",
            margin: [8, 8, 12, 8],
          },
        ],
      ],
    },
    margin: [0, 0, 0, 14],
  };
}
