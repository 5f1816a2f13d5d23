import type { Kopecks } from "./money.ts";

/**
 * What a CRM must be able to do for us. Everything else (matching, bindings, cursors, repetition,
 * limits, the log) is the core's. A new CRM: `docs/adding-a-crm.md`.
 */
export interface CrmAdapter {
  readonly abilities: CrmAbilities;
  /** One real call or a few: who we are there, and what is missing. */
  probe(signal: AbortSignal): Promise<CrmProbe>;
  /** In the CRM's own order; the first is the usual one. */
  pipelines(signal: AbortSignal): Promise<readonly CrmPipeline[]>;
  /**
   * The next rows of a scan. `cursor` null begins a full scan; otherwise it is what the page before
   * returned, kept as JSON. Edits during the scan neither hide rows nor show them for ever: what is
   * changed later comes with the next scan.
   */
  pull(cursor: unknown, signal: AbortSignal): Promise<Pulled>;
  /** How many records a full scan reads; null: this CRM does not tell. */
  count(signal: AbortSignal): Promise<number | null>;
  /** Null: deleted, merged into another, or never there. */
  read(ref: RemoteRef, signal: AbortSignal): Promise<RemoteClient | RemoteDeal | null>;
  /** Everybody who may be this client, our own key first. */
  findClients(client: ClientPush, signal: AbortSignal): Promise<readonly RemoteRef[]>;
  createClient(client: ClientPush, signal: AbortSignal): Promise<RemoteRef>;
  /** The deal that carries our key. Sees a deal that was created a moment ago. */
  findDeal(externalKey: string, signal: AbortSignal): Promise<RemoteRef | null>;
  /** Only creates: everything else is `writeDeal`'s. Never repeated blindly. */
  createDeal(deal: DealPush, signal: AbortSignal): Promise<RemoteRef>;
  /**
   * Makes the deal's amount, lines and texts those of `deal` and reads them back. Writes only what
   * differs: repeating it makes no further write. The stage is set only when `stage` is not null.
   */
  writeDeal(ref: RemoteRef, deal: DealPush, signal: AbortSignal): Promise<WrittenDeal>;
  /** Attaches the file unless one of this name is there already. */
  attach(ref: RemoteRef, file: CrmFile, signal: AbortSignal): Promise<void>;
  /**
   * Sees to it that the CRM calls `url` when something changes, where a program can. Returns a
   * Russian sentence when a person must do something, null when all is well or nothing can be known.
   */
  keepWebhook(url: string, signal: AbortSignal): Promise<string | null>;
  readonly webhook: CrmWebhook;
}

export interface CrmAbilities {
  /** `native`: rows of the deal; `note`: a text in its feed. */
  readonly lines: "native" | "note";
  /** Whether `pull` tells of deletions, or only webhooks and a full scan do. */
  readonly tellsDeletions: boolean;
  /** Whether the CRM can be read at all: a generic receiver of webhooks can't. */
  readonly canRead: boolean;
}

export interface CrmProbe {
  /** The CRM's own id of the account, as its webhooks carry it; null where it is not told. */
  readonly accountId: string | null;
  readonly currency: string;
  readonly timezone: string | null;
  /** Russian sentences: what does not work until somebody changes it there. */
  readonly problems: readonly string[];
  /** Russian sentences: what works worse than it could. */
  readonly warnings: readonly string[];
  /** What the adapter wants to find in its settings next time; JSON. */
  readonly remembered: Readonly<Record<string, unknown>>;
}

export interface CrmPipeline {
  readonly id: string;
  readonly name: string;
  readonly stages: readonly CrmStage[];
}

export interface CrmStage {
  readonly id: string;
  readonly name: string;
  readonly outcome: DealOutcome;
}

export type DealOutcome = "open" | "won" | "lost";

export type CrmEntity = "contact" | "company" | "deal";

export interface RemoteRef {
  readonly entity: CrmEntity;
  readonly id: string;
}

export interface RemoteClient {
  readonly ref: RemoteRef;
  readonly kind: "person" | "organisation";
  /** Never empty: the adapter names the nameless by phone or number. */
  readonly name: string;
  /** As typed there, several in one field already taken apart. */
  readonly phones: readonly string[];
  readonly emails: readonly string[];
  /** The id that we gave it, if we made it. */
  readonly externalKey: string | null;
  readonly updatedAt: Date;
  readonly deleted: boolean;
}

export interface RemoteDeal {
  readonly ref: RemoteRef;
  readonly title: string;
  readonly pipelineId: string;
  readonly stageId: string;
  readonly outcome: DealOutcome;
  /** Null: not told, or only without kopecks. */
  readonly amount: Kopecks | null;
  readonly currency: string;
  readonly clients: readonly RemoteRef[];
  readonly externalKey: string | null;
  readonly updatedAt: Date;
  readonly deleted: boolean;
}

export interface Pulled {
  readonly clients: readonly RemoteClient[];
  readonly deals: readonly RemoteDeal[];
  /** Where to go on: now when `isComplete` is false, at the next scan when it is true. */
  readonly cursor: unknown;
  readonly isComplete: boolean;
  /** Whether the scan reads everything: then what it does not show is gone. */
  readonly isFull: boolean;
}

export interface ClientPush {
  readonly externalKey: string;
  readonly kind: "person" | "organisation";
  readonly name: string;
  readonly phones: readonly string[];
  readonly emails: readonly string[];
}

export interface DealPush {
  /** Id of the estimate. */
  readonly externalKey: string;
  readonly revision: number;
  readonly title: string;
  /** What the client pays, VAT included. Equal to the sum of `lines`. */
  readonly total: Kopecks;
  readonly currency: string;
  readonly vatPercent: number | null;
  readonly client: RemoteRef | null;
  readonly stage: { readonly pipelineId: string; readonly stageId: string } | null;
  readonly lines: readonly DealLine[];
  /** Address of the client's page, for people in the CRM. */
  readonly link: string | null;
}

export interface DealLine {
  readonly name: string;
  readonly unit: string;
  /** By ОКЕИ; null where it has none. */
  readonly unitCode: number | null;
  /** Decimal strings: `quantity` × `price`, rounded to the kopeck, is `amount`. */
  readonly quantity: string;
  readonly price: string;
  /** After the discount, VAT included. */
  readonly amount: Kopecks;
}

export interface WrittenDeal {
  readonly deal: RemoteDeal;
  /** Null: everything there equals ours. Otherwise what differs, for the log and the owner. */
  readonly difference: string | null;
}

export interface CrmFile {
  readonly fileName: string;
  readonly bytes: Uint8Array;
  /** Goes beside it. */
  readonly text: string;
}

export interface CrmWebhook {
  /** In constant time. The address' own secret is checked already. */
  isGenuine(request: WebhookRequest): boolean;
  /** What to read again. Never throws: what is not understood gives nothing. */
  refs(request: WebhookRequest): readonly { ref: RemoteRef; isDeletion: boolean }[];
}

export interface WebhookRequest {
  readonly body: string;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Why a call did not bring what was asked for. */
export type CrmFailure =
  /** Too fast: again at `retryAt`. Nothing was done. `operation`: only this one is closed. */
  | { readonly kind: "rate"; readonly retryAt: Date; readonly scope: "account" | "operation" }
  /** The connection must stop until a person acts there. */
  | { readonly kind: "stopped"; readonly reason: StopReason }
  /** The CRM does not take this; again makes no sense. */
  | { readonly kind: "invalid" }
  | { readonly kind: "missing" }
  /** Nothing was done, or it was only reading: again is safe. */
  | { readonly kind: "transient" }
  /** A write that may have happened: look before doing it again. */
  | { readonly kind: "unknown" };

export type StopReason = "credentials" | "rights" | "payment" | "blocked" | "gone" | "insecure";

/** The code of an `invalid` creation: the CRM wants a field of its own filled in. */
export const REQUIRED_FIELD = "required_field";

export class CrmError extends Error {
  readonly failure: CrmFailure;
  /** The CRM's own code, or ours; no personal data. */
  readonly code: string;

  constructor(failure: CrmFailure, code: string, options: { cause?: unknown } = {}) {
    super(`the CRM call failed: ${failure.kind} ${code}`, options);
    this.name = "CrmError";
    this.failure = failure;
    this.code = code;
  }
}

/** For the owner: what happened, what is safe, what to do. */
export const STOP_SENTENCES: Readonly<Record<StopReason, string>> = {
  credentials:
    "CRM больше не принимает наш ключ: его удалили, заменили или он истёк. Создайте новый и подключите CRM заново. Данные в Смётке целы.",
  rights:
    "У сотрудника, от чьего имени подключена CRM, не хватает прав. Дайте ему права на CRM или подключите её от имени администратора.",
  payment: "CRM не оплачена или тариф не разрешает REST API. Проверьте тариф CRM.",
  blocked:
    "CRM заблокировала запросы с нашего адреса. Мы больше не обращаемся к ней. Напишите в поддержку CRM, затем подключите её заново.",
  insecure:
    "CRM отвечает только по защищённому адресу. Подключите её заново адресом, который начинается с https://. Данные в Смётке целы.",
  gone: "Аккаунт CRM удалён. Отключите его в Смётке; загруженные данные останутся.",
};
