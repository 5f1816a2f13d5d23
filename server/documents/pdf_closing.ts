import type { Content } from "pdfmake/interfaces.js";
import { formatMoneyRu } from "../../domain/numbers_ru.ts";
import type { EstimateDocument, Verification } from "./estimate_document.ts";
import { joinParts, labelled, officialName } from "./pdf_head.ts";
import { arrange, caption, COLORS, CONTENT_WIDTH, heading, SIZES } from "./pdf_style.ts";
import { oneLine, paragraphs } from "./pdf_text.ts";

const SIDE_GAP = 28;
const SIDE_WIDTH = (CONTENT_WIDTH - SIDE_GAP) / 2;
const SIGNATURE_WIDTH = 120;
const QR_WIDTH = 84;

type Margin = [number, number, number, number];

/** Terms first, then the bank, then the signatures: people sign what stands above. */
export function printClosing(document: EstimateDocument): Content[] {
  return [
    ...printText("Порядок оплаты", document.paymentTerms),
    ...printText("Гарантия", document.warranty),
    ...printText("Примечание", document.note),
    ...printBank(document),
    printSignatures(document),
  ];
}

function printText(title: string, text: string): Content[] {
  if (text === "") return [];
  const [first = "", ...rest] = paragraphs(text).split("\n");
  const margin: Margin = [0, 14, 0, 0];
  // The heading stays with the first line; the rest may flow over pages.
  return [
    { stack: [heading(title), first], unbreakable: first.length < 1000, margin },
    ...(rest.length > 0 ? [{ text: rest.join("\n") }] : []),
  ];
}

function printBank(document: EstimateDocument): Content[] {
  const { bankName, bankBik, bankAccount, bankCorrespondentAccount } = document.contractor;
  const bank = joinParts([
    labelled("р/с", bankAccount),
    oneLine(bankName),
    labelled("БИК", bankBik),
    labelled("к/с", bankCorrespondentAccount),
  ]);
  return bank === "" ? [] : printText("Банковские реквизиты", bank);
}

function printSignatures(document: EstimateDocument): Content {
  const { contractor, client, verification } = document;
  const revision = document.revision > 0 ? `, редакция ${document.revision}` : "";
  const sum = formatMoneyRu(document.total);
  return {
    unbreakable: true,
    margin: [0, 22, 0, 0],
    stack: [
      `Смета № ${document.number}${revision} на сумму ${sum} согласована сторонами:`,
      {
        ...arrange(
          [SIDE_WIDTH, SIDE_GAP, SIDE_WIDTH],
          [
            signature("Подрядчик", officialName(contractor), oneLine(contractor.signatory)),
            {},
            signature("Заказчик", client ? oneLine(client.name) : "", ""),
          ],
        ),
        margin: [0, 14, 0, 0],
      },
      ...(verification ? [printVerification(verification)] : []),
    ],
  };
}

function signature(side: string, name: string, signatory: string): Content {
  return {
    stack: [
      caption(side),
      { text: name === "" ? "\u00a0" : name, bold: true, margin: [0, 1, 0, 26] },
      {
        canvas: [
          {
            type: "line",
            x1: 0,
            y1: 0,
            x2: SIGNATURE_WIDTH - 10,
            y2: 0,
            lineWidth: 0.6,
            lineColor: COLORS.text,
          },
          {
            type: "line",
            x1: SIGNATURE_WIDTH,
            y1: 0,
            x2: SIDE_WIDTH,
            y2: 0,
            lineWidth: 0.6,
            lineColor: COLORS.text,
          },
        ],
      },
      {
        ...arrange(
          [SIGNATURE_WIDTH, SIDE_WIDTH - SIGNATURE_WIDTH],
          [caption("подпись"), caption(signatory === "" ? "фамилия, инициалы" : signatory)],
        ),
        margin: [0, 2, 0, 0],
      },
      {
        ...arrange(
          [SIGNATURE_WIDTH, SIDE_WIDTH - SIGNATURE_WIDTH],
          ["М.П.", "«____» ______________ 20___ г."],
        ),
        margin: [0, 12, 0, 0],
      },
    ],
  };
}

function printVerification(verification: Verification): Content {
  return {
    ...arrange(
      [QR_WIDTH, CONTENT_WIDTH - QR_WIDTH],
      [
        { qr: verification.url, fit: 76, foreground: COLORS.text },
        {
          stack: [
            { text: "Проверить эту версию сметы", bold: true, fontSize: SIZES.table },
            { text: verification.url, fontSize: SIZES.table, color: COLORS.accent },
            caption(`SHA-256 ${verification.hash}`),
          ],
        },
      ],
    ),
    margin: [0, 18, 0, 0],
  };
}
