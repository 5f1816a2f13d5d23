import type { EstimateDocument } from "./estimate_document.ts";
import { joinParts, labelled, officialName } from "./pdf_head.ts";
import { paragraphs } from "./pdf_text.ts";
import { addRow, heightFor, LOOKS, type Sheet, text } from "./xlsx_sheet.ts";

/** Excel shows at most 409 points of a row: about 27 lines of the name's column. */
const PARAGRAPH_LENGTH = 900;

/** Terms, who and for whom, signatures, the version. */
export function addClosing(sheet: Sheet, document: EstimateDocument): void {
  addBlock(sheet, "Порядок оплаты", document.paymentTerms);
  addBlock(sheet, "Гарантия", document.warranty);
  addBlock(sheet, "Примечание", document.note);
  addBlock(sheet, "Подрядчик", describeContractor(document));
  addBlock(sheet, "Заказчик", describeClient(document));
  addBlock(
    sheet,
    "Объект",
    joinParts([document.project?.title ?? "", document.project?.address ?? ""]),
  );
  addSignatures(sheet);
  addVersion(sheet, document);
}

function addBlock(sheet: Sheet, title: string, body: string): void {
  if (body === "") return;
  addRow(sheet);
  addRow(sheet, { name: text(title, LOOKS.bold) });
  for (const paragraph of paragraphs(body).split("\n")) {
    for (const piece of cutParagraph(paragraph)) {
      addRow(
        sheet,
        { name: text(piece, { wrap: true, alignVertical: "top" }) },
        heightFor("name", piece),
      );
    }
  }
}

/** Cuts at spaces where it can; nothing is lost. */
function cutParagraph(paragraph: string): string[] {
  const pieces: string[] = [];
  let rest = paragraph;
  while (rest.length > PARAGRAPH_LENGTH) {
    const space = rest.lastIndexOf(" ", PARAGRAPH_LENGTH);
    const end = space > 0 ? space + 1 : wholeCharacters(rest, PARAGRAPH_LENGTH);
    pieces.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end);
  }
  return [...pieces, rest];
}

/** An emoji is two units; half of it is no character. */
function wholeCharacters(value: string, length: number): number {
  const code = value.charCodeAt(length - 1);
  return code >= 0xd800 && code <= 0xdbff ? length - 1 : length;
}

function describeContractor({ contractor }: EstimateDocument): string {
  const bank = joinParts([
    labelled("р/с", contractor.bankAccount),
    contractor.bankName,
    labelled("БИК", contractor.bankBik),
    labelled("к/с", contractor.bankCorrespondentAccount),
  ]);
  const registered = joinParts([
    labelled("ИНН", contractor.inn),
    labelled("КПП", contractor.kpp),
    labelled(contractor.ogrn.length === 15 ? "ОГРНИП" : "ОГРН", contractor.ogrn),
  ]);
  const contacts = joinParts([contractor.phone, contractor.email]);
  return joinParts(
    [officialName(contractor), registered, contractor.address, contacts, bank],
    "\n",
  );
}

function describeClient({ client }: EstimateDocument): string {
  if (!client) return "";
  const contacts = joinParts([client.phone, client.email]);
  return joinParts([client.name, labelled("ИНН", client.inn), contacts, client.address], "\n");
}

function addSignatures(sheet: Sheet): void {
  for (const side of ["Подрядчик", "Заказчик"]) {
    addRow(sheet);
    addRow(sheet, { name: text(`${side} ____________________ / ____________________ /   М.П.`) });
  }
}

function addVersion(sheet: Sheet, document: EstimateDocument): void {
  const parts = [
    document.revision > 0 && `редакция ${document.revision}`,
    `правила расчёта ${document.calcVersion}`,
    document.verification !== null && `проверить: ${document.verification.url}`,
    document.verification !== null && `SHA-256 ${document.verification.hash}`,
  ];
  addRow(sheet);
  addRow(sheet, { name: text(joinParts(parts), { ...LOOKS.muted, wrap: true }) });
}
