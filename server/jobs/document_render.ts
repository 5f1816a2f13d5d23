import type { Logger } from "pino";
import type { Document } from "../../db/documents.ts";
import {
  findDocument,
  findDocumentFile,
  markDocumentFailed,
  markDocumentSent,
  putDocumentFile,
} from "../../db/documents.ts";
import { type Sql, tenantTransaction, type Transaction } from "../../db/client.ts";
import { numberInFileName } from "../../domain/estimate/number.ts";
import type { DocumentFormat } from "../../domain/services.ts";
import type { EstimateDocument } from "../documents/estimate_document.ts";
import type { DocumentRenderer } from "../documents/renderer.ts";
import { readDocumentSource } from "./document_source.ts";
import type { Handlers } from "./queues.ts";

/** Brings files and words to a chat. */
export interface Delivery {
  /** `gone`: the person blocked the bot; sending again is useless. */
  sendDocument(message: {
    chatId: number;
    fileName: string;
    bytes: Uint8Array;
    caption: string;
  }): Promise<"sent" | "gone">;
  sendText(message: { chatId: number; text: string }): Promise<"sent" | "gone">;
  /** Resolves whatever Telegram says: a message that stays does no harm. */
  removeMessage(message: { chatId: number; messageId: number }): Promise<void>;
}

/** Reads the estimate, renders it in the worker thread, keeps the file, sends it. */
export function createDocumentRendering(dependencies: {
  sql: Sql;
  renderer: DocumentRenderer;
  delivery: Delivery;
  /** Where `/v/:hash` can be opened; null: nowhere, and papers do not invite to check them. */
  publicUrl: string | null;
  log: Logger;
}): Handlers["document.render"] {
  const { sql, renderer, delivery, publicUrl, log } = dependencies;

  return async ({ companyId, documentId }, { isLastAttempt }) => {
    const inCompany = <Result>(work: (tx: Transaction) => Promise<Result>) =>
      tenantTransaction(sql, companyId, work);
    const document = await inCompany((tx) => findDocument(tx, companyId, documentId));
    if (!document || document.status === "sent") return;
    try {
      const file =
        (await inCompany((tx) => findDocumentFile(tx, companyId, documentId))) ??
        (await render(document));
      await deliver(document, file);
      await inCompany((tx) => markDocumentSent(tx, companyId, documentId));
      await removeNotice(document);
    } catch (error) {
      log.warn({ companyId, documentId, err: error }, "document was not delivered");
      if (!isLastAttempt) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      await inCompany((tx) => markDocumentFailed(tx, companyId, documentId, reason));
      await removeNotice(document);
      await apologise(document);
      throw error;
    }

    async function render({ format, ...ordered }: Document): Promise<RenderedFile> {
      const source = await inCompany((tx) => readDocumentSource(tx, companyId, ordered, publicUrl));
      const bytes = await renderer.render(source.document, format);
      const file = { fileName: fileNameOf(source.document, format), bytes };
      const { version } = source;
      await inCompany((tx) => putDocumentFile(tx, companyId, documentId, { ...file, version }));
      return file;
    }
  };

  async function deliver({ chatId, format }: Document, file: RenderedFile): Promise<void> {
    if (chatId === null) return;
    const caption = format === "pdf" ? "Смета в PDF" : "Смета в Excel";
    await delivery.sendDocument({ chatId, caption, ...file });
  }

  /** «Готовлю PDF…» is over, however it ended. */
  async function removeNotice({ chatId, noticeId }: Document): Promise<void> {
    if (chatId === null || noticeId === null) return;
    await delivery.removeMessage({ chatId, messageId: noticeId });
  }

  async function apologise({ chatId }: Document): Promise<void> {
    if (chatId === null) return;
    const text =
      "Не получилось подготовить документ. Смета цела, ничего не потеряно. " +
      "Попробуйте ещё раз кнопкой «📄 PDF» или «📊 Excel».";
    await delivery.sendText({ chatId, text });
  }
}

interface RenderedFile {
  readonly fileName: string;
  readonly bytes: Uint8Array;
}

/** «СМ-2026-0001 Ленина 12.pdf», without what file systems refuse. */
function fileNameOf(document: EstimateDocument, format: DocumentFormat): string {
  const number = numberInFileName(document.number);
  // oxlint-disable-next-line no-control-regex
  const title = document.title.replace(/[\\/:*?"<>|\u0000-\u001f]+/g, " ").trim();
  return `${`${number} ${title}`.trim().slice(0, 80).toWellFormed()}.${format}`;
}
