import type { Logger } from "pino";
import type { Document } from "../../db/documents.ts";
import {
  findDocument,
  findDocumentFile,
  markDocumentFailed,
  markDocumentSent,
  putDocumentFile,
} from "../../db/documents.ts";
import type { Sql, Transaction } from "../../db/client.ts";
import { tenantTransaction } from "../../db/transactions.ts";
import { numberInFileName } from "../../domain/estimate/number.ts";
import type { DocumentFormat } from "../../domain/documents.ts";
import { ACT_FORM_NAMES } from "../../domain/acts.ts";
import type { DocumentRenderer, Printable } from "../documents/renderer.ts";
import { readDocumentSource } from "./document_source.ts";
import { type Handlers, JobTaken } from "./queues.ts";

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

  return async ({ companyId, documentId }, { isLastAttempt, signal }) => {
    const inCompany = <Result>(work: (tx: Transaction) => Promise<Result>) =>
      tenantTransaction(sql, companyId, work);
    const document = await inCompany((tx) => findDocument(tx, companyId, documentId));
    if (!document || document.status === "sent") return;
    try {
      const file =
        (await inCompany((tx) => findDocumentFile(tx, companyId, documentId))) ??
        (await render(document));
      if (file === null || isTaken(signal)) return;
      await deliver(document, file);
      await inCompany((tx) => markDocumentSent(tx, companyId, documentId));
      await removeNotice(document);
    } catch (error) {
      log.warn({ companyId, documentId, err: error }, "document was not delivered");
      if (!isLastAttempt || isTaken(signal)) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      const isFailed = await inCompany((tx) =>
        markDocumentFailed(tx, companyId, documentId, reason),
      );
      if (!isFailed) throw error;
      await removeNotice(document);
      await apologise(document);
      throw error;
    }

    /** Null: another process sent it while this one stood still. */
    async function render({ format, ...ordered }: Document): Promise<RenderedFile | null> {
      const source = await inCompany((tx) => readDocumentSource(tx, companyId, ordered, publicUrl));
      const bytes = await renderer.render(source.document, format);
      const file = { fileName: fileNameOf(source.document, format), bytes };
      const { version } = source;
      const isKept = await inCompany((tx) =>
        putDocumentFile(tx, companyId, documentId, { ...file, version }),
      );
      return isKept ? file : null;
    }
  };

  async function deliver({ chatId, format }: Document, file: RenderedFile): Promise<void> {
    if (chatId === null) return;
    const what = isActFile(file.fileName) ? "Акт" : "Смета";
    const caption = format === "pdf" ? `${what} в PDF` : `${what} в Excel`;
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
      "Не получилось подготовить документ. Данные целы, ничего не потеряно. " +
      "Попробуйте ещё раз той же кнопкой.";
    await delivery.sendText({ chatId, text });
  }
}

function isTaken({ reason }: AbortSignal): boolean {
  return reason instanceof JobTaken;
}

interface RenderedFile {
  readonly fileName: string;
  readonly bytes: Uint8Array;
}

/** «СМ-2026-0001 Ленина 12.pdf», «КС-2 № 1 к СМ-2026-0001.pdf»: without what file systems refuse. */
function fileNameOf(document: Printable, format: DocumentFormat): string {
  if ("form" in document) {
    const { number, contract } = document.act;
    const estimate = numberInFileName(contract.number);
    return `${ACT_FORM_NAMES[document.form]} № ${number} к ${estimate}.${format}`;
  }
  const number = numberInFileName(document.number);
  // oxlint-disable-next-line no-control-regex
  const title = document.title.replace(/[\\/:*?"<>|\u0000-\u001f]+/g, " ").trim();
  return `${`${number} ${title}`.trim().slice(0, 80).toWellFormed()}.${format}`;
}

function isActFile(fileName: string): boolean {
  return Object.values(ACT_FORM_NAMES).some((name) => fileName.startsWith(name));
}
