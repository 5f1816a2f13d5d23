import type { Id } from "./ids.ts";

export type DocumentFormat = "pdf" | "xlsx";

export interface DocumentService {
  /** Asks for a document of the estimate as it is now; a job renders it and sends it to the chat. */
  order(
    estimateId: Id,
    format: DocumentFormat,
    /** Null: to no chat; it is fetched by its id. */
    deliverTo: { chatId: number | null },
  ): Promise<OrderedDocument>;
  /** How far an ordered document is. Throws `not_found` where its estimate may not be seen. */
  get(documentId: Id): Promise<DocumentState>;
  /** Throws `conflict` until it is ready. */
  file(documentId: Id): Promise<DocumentFile>;
  /** A message in the chat tells that the document is being made; it goes when the document comes. */
  announced(documentId: Id, messageId: number): Promise<void>;
}

export interface DocumentState {
  readonly id: Id;
  readonly estimateId: Id;
  readonly format: DocumentFormat;
  readonly status: "ordered" | "ready" | "failed";
  /** Empty until it is ready. */
  readonly fileName: string;
  readonly createdAt: Date;
}

export interface DocumentFile {
  readonly fileName: string;
  readonly format: DocumentFormat;
  readonly bytes: Uint8Array;
}

export interface OrderedDocument {
  readonly id: Id;
  /** False: it was ordered a moment ago already, and one file comes. */
  readonly isNew: boolean;
}
