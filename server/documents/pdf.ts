import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import pdfmake from "pdfmake";
import type { Content, TDocumentDefinitions, Watermark } from "pdfmake/interfaces.js";
import { type Day, formatDay } from "../../domain/calendar.ts";
import type { PrintedAct } from "./act_table.ts";
import type { DocumentPicture, DocumentStatus, EstimateDocument } from "./estimate_document.ts";
import { readFontCoverage } from "./font_coverage.ts";
import { defineAct } from "./pdf_act.ts";
import { printChart } from "./pdf_chart.ts";
import { printClosing } from "./pdf_closing.ts";
import { officialName, printHead } from "./pdf_head.ts";
import { imageOf, isPrintable, printPhotos } from "./pdf_photos.ts";
import { arrange, COLORS, CONTENT_WIDTH, PAGE_MARGINS, SIZES } from "./pdf_style.ts";
import { printLines, printLongNotes, printOptions } from "./pdf_table.ts";
import { createPrinter, printTexts } from "./pdf_text.ts";
import { printSummary } from "./pdf_summary.ts";

/** Roboto comes with pdfmake; its medium weight serves as the bold one. */
const ROBOTO = {
  normal: fontFile("Regular"),
  bold: fontFile("Medium"),
  italics: fontFile("Italic"),
  bolditalics: fontFile("MediumItalic"),
};
const FONT_FILES = new Set(Object.values(ROBOTO));

pdfmake.setFonts({ Roboto: ROBOTO });
// Nothing is fetched and nothing but the fonts is read, whatever a text says (CVE-2026-26801).
pdfmake.setUrlAccessPolicy(() => false);
pdfmake.setLocalAccessPolicy((path) => FONT_FILES.has(path));

const PAGE_NUMBER_WIDTH = 110;

let printer: Promise<(text: string) => string> | null = null;

/**
 * Prints the document on A4. The same document always gives the same bytes. Blocks the thread for
 * about a second per thousand lines: call it through `renderer.ts`.
 */
export async function renderPdf({
  pictures = [],
  ...document
}: EstimateDocument): Promise<Uint8Array> {
  printer ??= loadPrinter();
  const printable = printTexts(document, await printer);
  return pdfmake.createPdf(define(printable, await keepPrintable(pictures))).getBuffer();
}

/** A broken picture must not cost the paper: each is tried alone first. */
async function keepPrintable(pictures: readonly DocumentPicture[]): Promise<DocumentPicture[]> {
  const printable: DocumentPicture[] = [];
  for (const picture of pictures) {
    if (!isPrintable(picture)) continue;
    const trial = { defaultStyle: { font: "Roboto" }, content: [{ image: imageOf(picture) }] };
    const isWhole = await pdfmake
      .createPdf(trial)
      .getBuffer()
      .then(
        () => true,
        () => false,
      );
    if (isWhole) printable.push(picture);
  }
  return printable;
}

/** Prints КС-2 or КС-3; as `renderPdf`. */
export async function renderActPdf(paper: PrintedAct): Promise<Uint8Array> {
  printer ??= loadPrinter();
  const printable = printTexts(paper, await printer);
  const { title, ...definition } = defineAct(printable);
  const { contractor, date } = printable.act;
  const whole = { ...frame({ title, author: officialName(contractor), date }), ...definition };
  return pdfmake.createPdf(whole).getBuffer();
}

async function loadPrinter(): Promise<(text: string) => string> {
  return createPrinter(readFontCoverage(await readFile(ROBOTO.normal)));
}

function define(
  document: EstimateDocument,
  pictures: readonly DocumentPicture[],
): TDocumentDefinitions {
  const title = `Смета № ${document.number} от ${formatDay(document.date)}`;
  const watermark = markStatus(document.status);
  return {
    ...frame({ title, author: officialName(document.contractor), date: document.date }),
    ...(watermark && { watermark }),
    content: [
      ...printHead(document),
      ...printLines(document),
      ...printSummary(document),
      ...printChart(document.sections),
      ...printOptions(document),
      ...printLongNotes(document),
      ...printPhotos(document.extra, pictures),
      ...printClosing(document),
    ],
    footer: (page, pageCount) => printFooter(document, page, pageCount),
  };
}

/** What all papers have alike. */
function frame({ title, author, date }: { title: string; author: string; date: Day }) {
  const { left, top, right, bottom } = PAGE_MARGINS;
  return {
    pageSize: "A4",
    pageMargins: [left, top, right, bottom],
    language: "ru-RU",
    displayTitle: true,
    info: {
      title,
      author,
      creator: "Смётка",
      producer: "Смётка",
      // The clock would make each printing of the same revision a different file.
      creationDate: new Date(`${date}T00:00:00Z`),
    },
    defaultStyle: { font: "Roboto", fontSize: SIZES.body, color: COLORS.text, lineHeight: 1.15 },
  } satisfies Partial<TDocumentDefinitions>;
}

function printFooter(document: EstimateDocument, page: number, pageCount: number): Content {
  const revision = document.revision > 0 ? ` · редакция ${document.revision}` : "";
  return {
    ...arrange(
      [CONTENT_WIDTH - PAGE_NUMBER_WIDTH, PAGE_NUMBER_WIDTH],
      [
        `Смета № ${document.number}${revision} · правила расчёта ${document.calcVersion}`,
        { text: `Страница ${page} из ${pageCount}`, alignment: "right" },
      ],
    ),
    fontSize: SIZES.small,
    color: COLORS.muted,
    margin: [PAGE_MARGINS.left, 20, PAGE_MARGINS.right, 0],
  };
}

/** What is not agreed says so on every page. */
const MARKS: Readonly<Record<DocumentStatus, string | null>> = {
  draft: "ЧЕРНОВИК",
  returned: "ЧЕРНОВИК",
  submitted: "НА СОГЛАСОВАНИИ",
  approved: null,
  archived: "АРХИВ",
  withdrawn: "ОТОЗВАНА",
  superseded: "ЗАМЕНЕНА",
};

function markStatus(status: DocumentStatus): Watermark | null {
  const text = MARKS[status];
  return text === null
    ? null
    : { text, color: COLORS.strongLine, opacity: 0.1, bold: true, angle: -52, fontSize: 84 };
}

function fontFile(name: string): string {
  return createRequire(import.meta.url).resolve(`pdfmake/fonts/Roboto/Roboto-${name}.ttf`);
}
