import type { DocumentFormat } from "../domain/documents.ts";

export const FORMAT_NAMES: Readonly<Record<DocumentFormat, string>> = { pdf: "PDF", xlsx: "Excel" };

export const DOCUMENTS = {
  ordered: (format: DocumentFormat) => `Готовлю ${FORMAT_NAMES[format]}.`,
  already: (format: DocumentFormat) => `Уже готовлю ${FORMAT_NAMES[format]}.`,
  preparing: (format: DocumentFormat, number: string) =>
    `Готовлю ${FORMAT_NAMES[format]} сметы ${number}. Файл придёт сюда через несколько секунд.`,
} as const;
