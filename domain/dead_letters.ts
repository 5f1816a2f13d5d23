import type { Id } from "./ids.ts";
import type { Page, PageRequest } from "./paging.ts";

/** Work that was given up after its last attempt. Its data are whole; it can be driven again. */
export interface DeadLetter {
  readonly id: Id;
  readonly queue: string;
  readonly diedAt: Date;
  /** Null: it still waits for somebody. */
  readonly retriedAt: Date | null;
}

export interface DeadLetterService {
  /** Newest first. */
  list(request: PageRequest): Promise<Page<DeadLetter>>;
  /** Puts the work into its queue once more; a second press does nothing. Throws `not_found`. */
  retry(id: Id): Promise<"again" | "already">;
}

/** What did not work, for people. */
const WORK_NAMES: Readonly<Record<string, string>> = {
  "document.render": "подготовка документа",
  "catalogue.learn": "обновление расценок",
  "crm.sync": "загрузка из CRM",
  "crm.push": "передача сметы в CRM",
  "crm.webhook": "изменения из CRM",
  "manager.export": "выгрузка списка смет",
};

export function nameOfWork(queue: string): string {
  return WORK_NAMES[queue] ?? "фоновая работа";
}
