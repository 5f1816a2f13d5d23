import type { Actor, Role } from "./access.ts";
import type { ActService } from "./acts.ts";
import type { AgreementService } from "./agreement.ts";
import type { Day } from "./calendar.ts";
import type { CatalogueFields } from "./catalogue.ts";
import type { ClientFields } from "./clients.ts";
import type { CompanyFields, DatedVatMode } from "./companies.ts";
import type { CrmService } from "./crm.ts";
import type { DeadLetterService } from "./dead_letters.ts";
import type { Change } from "./estimate/changes.ts";
import type { Adjustment, Content, Discount, LineKind } from "./estimate/estimate.ts";
import type { DocumentService } from "./documents.ts";
import type { EstimateStatus } from "./estimate/status.ts";
import type { Sums, Totals } from "./estimate/totals.ts";
import type { ExtraService } from "./extras.ts";
import type { Id } from "./ids.ts";
import type { LoginService } from "./logins.ts";
import type { RepeatService } from "./repeating.ts";
import type { ApiKeyService } from "./api_keys.ts";
import type { Page, PageRequest } from "./paging.ts";
import type { Kopecks } from "./money.ts";
import type { NotificationService } from "./notifications.ts";
import type { PhotoService } from "./photos.ts";
import type { PaymentService } from "./payments.ts";
import type { PrivacyService } from "./privacy.ts";
import type { ProjectFields } from "./projects.ts";
import type { QuestionService } from "./questions.ts";
import type { SearchService } from "./search.ts";
import type { SharingService } from "./sharing.ts";
import type { JoinOutcome, TeamService } from "./team.ts";
import type { VatMode } from "./vat.ts";

/**
 * What the chat and the HTTP doors may ask for. Every function works inside the transaction that its
 * `Services` was made for, checks rights, and throws `AppError` (`not_found`, `forbidden`, `invalid`,
 * `frozen`, …) with a Russian sentence. What belongs to another company does not exist.
 */
export interface Services {
  readonly actor: Actor;
  readonly company: CompanyService;
  readonly clients: ClientService;
  readonly projects: ProjectService;
  readonly estimates: EstimateService;
  readonly catalogue: CatalogueService;
  readonly documents: DocumentService;
  readonly photos: PhotoService;
  readonly lists: ListService;
  readonly team: TeamService;
  readonly agreement: AgreementService;
  readonly sharing: SharingService;
  readonly questions: QuestionService;
  readonly extras: ExtraService;
  readonly acts: ActService;
  readonly payments: PaymentService;
  readonly crm: CrmService;
  readonly search: SearchService;
  readonly deadLetters: DeadLetterService;
  readonly logins: LoginService;
  readonly apiKeys: ApiKeyService;
  readonly repeating: RepeatService;
  readonly notifications: NotificationService;
  readonly privacy: PrivacyService;
}

export interface Company extends CompanyFields {
  readonly id: Id;
  readonly vatModes: readonly DatedVatMode[];
}

export interface CompanyService {
  get(): Promise<Company>;
  set(fields: Partial<CompanyFields>): Promise<Company>;
  /** Adds or replaces the mode that is valid from a day. */
  setVatMode(mode: DatedVatMode): Promise<void>;
  /** The mode of a day; none (УСН) where nothing was ever set. */
  vatModeOn(day: Day): Promise<VatMode>;
  /** Today in the company's time zone. */
  today(): Promise<Day>;
}

export interface Client extends ClientFields {
  readonly id: Id;
}

export interface ClientService {
  create(fields: ClientFields): Promise<Client>;
  get(id: Id): Promise<Client>;
  set(id: Id, fields: Partial<ClientFields>): Promise<Client>;
  list(request: PageRequest): Promise<Page<Client>>;
  /** Those who have this number, "+79161234567". More than one is possible: an office phone. */
  findByPhone(e164: string): Promise<readonly Client[]>;
}

export interface Project extends ProjectFields {
  readonly id: Id;
  readonly clientName: string | null;
}

export interface ProjectService {
  create(fields: ProjectFields): Promise<Project>;
  get(id: Id): Promise<Project>;
  set(id: Id, fields: Partial<ProjectFields>): Promise<Project>;
  /** Last used first. */
  list(request: PageRequest): Promise<Page<Project>>;
}

export interface EstimateListItem {
  readonly id: Id;
  readonly number: string;
  readonly title: string;
  readonly status: EstimateStatus;
  readonly projectTitle: string | null;
  readonly clientName: string | null;
  readonly total: Kopecks;
  readonly lineCount: number;
  readonly updatedAt: Date;
}

export interface SectionSummary {
  readonly id: Id;
  readonly title: string;
  readonly kind: LineKind;
  readonly work: Kopecks;
  readonly material: Kopecks;
  readonly lines: number;
}

/** Everything of an estimate but its lines: the cost of reading it does not depend on their number. */
export interface EstimateCard {
  readonly id: Id;
  readonly number: string;
  /** The approved estimate that this one is extra work to; null: it is none. */
  readonly parentId: Id | null;
  readonly status: EstimateStatus;
  /** Grows by one with each accepted batch of changes. */
  readonly version: number;
  readonly revision: number;
  readonly title: string;
  readonly project: { readonly id: Id; readonly title: string; readonly address: string } | null;
  readonly client: { readonly id: Id; readonly name: string } | null;
  readonly date: Day;
  readonly validUntil: Day | null;
  readonly vat: VatMode;
  readonly discount: Discount | null;
  readonly adjustments: readonly Adjustment[];
  /** In reading order. */
  readonly sections: readonly SectionSummary[];
  /** Of the lines that stand in no section. */
  readonly loose: SectionSummary | null;
  readonly sums: Sums;
  readonly totals: Totals;
  readonly isRemoved: boolean;
  readonly foremanId: Id;
  readonly foremanName: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** `page`: optional lines that the client chose on the page of the link. */
export type ChangeSource = "bot" | "miniapp" | "api" | "crm" | "import" | "page";

/**
 * `conflict`: the estimate moved on since `baseVersion`; `since` are the changes to rebase on.
 * A resent batch whose changes are all in the log is `accepted` again, without effect.
 */
export type ChangeResult =
  | { readonly outcome: "accepted"; readonly version: number; readonly dropped: readonly Id[] }
  | { readonly outcome: "conflict"; readonly version: number; readonly since: readonly Change[] };

/** A line as a list gives it; a null price is looked up in the catalogue and in own estimates. */
export interface ListedLine {
  readonly name: string;
  readonly unit: string;
  readonly quantity: bigint;
  readonly price: Kopecks | null;
  readonly kind: LineKind;
}

export interface ListedSection {
  /** Null: the lines go before the first section, or into `sectionId` of the request. */
  readonly title: string | null;
  readonly kind: LineKind;
  readonly lines: readonly ListedLine[];
}

export interface AddedLines {
  readonly version: number;
  readonly added: number;
  /** How many prices were taken from the catalogue or own estimates. */
  readonly priced: number;
  /** How many still have no price. */
  readonly unpriced: number;
  /** Ids of the changes, to take them back as one. */
  readonly lineIds: readonly Id[];
  readonly sectionIds: readonly Id[];
}

/** Of which one thing at least is another when anything of the card or the content is. */
export type EstimateStamp = Pick<
  EstimateCard,
  | "version"
  | "revision"
  | "status"
  | "isRemoved"
  | "project"
  | "client"
  | "foremanName"
  | "updatedAt"
>;

export interface EstimateService {
  create(fields: {
    projectId: Id | null;
    clientId?: Id | null;
    title?: string;
  }): Promise<EstimateCard>;
  card(id: Id): Promise<EstimateCard>;
  list(
    request: PageRequest & { status?: EstimateStatus | undefined; projectId?: Id; clientId?: Id },
  ): Promise<Page<EstimateListItem>>;
  /** What a reader would see change, without reading the content. */
  stamp(id: Id): Promise<EstimateStamp>;
  /** The whole content: O(lines). */
  content(id: Id): Promise<{ card: EstimateCard; content: Content }>;
  /**
   * Applies changes with the shared reducer and writes the log. `baseVersion` null: apply on top of
   * whatever is there (edits by line and field, as the chat makes them).
   */
  change(
    id: Id,
    request: { baseVersion: number | null; changes: readonly Change[]; source: ChangeSource },
  ): Promise<ChangeResult>;
  changesSince(id: Id, version: number): Promise<{ version: number; changes: readonly Change[] }>;
  /** Adds listed sections and lines at the end; sections of the same title are continued. */
  addList(
    id: Id,
    sections: readonly ListedSection[],
    options: { source: ChangeSource; sectionId?: Id },
  ): Promise<AddedLines>;
  duplicate(id: Id): Promise<EstimateCard>;
  /** Removes softly; the number stays taken. */
  remove(id: Id): Promise<void>;
  restore(id: Id): Promise<EstimateCard>;
}

export interface CatalogueItem extends CatalogueFields {
  readonly id: Id;
  /** When the price was last set or learned. */
  readonly pricedAt: Date;
  readonly source: "import" | "learned" | "manual";
}

export interface PriceSuggestion {
  readonly price: Kopecks;
  readonly cost: Kopecks | null;
  readonly unit: string;
  readonly kind: LineKind;
  readonly source: "catalogue" | "history";
  readonly pricedAt: Date;
}

export interface CatalogueService {
  list(request: PageRequest): Promise<Page<CatalogueItem>>;
  create(fields: CatalogueFields): Promise<CatalogueItem>;
  set(id: Id, fields: Partial<CatalogueFields>): Promise<CatalogueItem>;
  /** Adds or updates by name and unit. */
  importItems(items: readonly CatalogueFields[]): Promise<{ added: number; updated: number }>;
  /** In the order of the request; null where nothing is known. Units must agree where both are given. */
  suggestPrices(
    wanted: readonly { name: string; unit: string }[],
  ): Promise<readonly (PriceSuggestion | null)[]>;
}

/** What the columns of a person's table mean, by index from 0. */
export interface ColumnMapping {
  readonly name: number;
  readonly unit: number | null;
  readonly quantity: number | null;
  readonly price: number | null;
  readonly sum: number | null;
  readonly code: number | null;
  /** Rows above the data, the header included. */
  readonly skipRows: number;
}

/** Lists that people sent and have not confirmed yet, and what is remembered about their tables. */
export interface ListService {
  /** Keeps a pasted text, or a table as tab-separated text. Forgotten after 30 days. */
  keep(list: { text: string; fileName: string | null; mapping: ColumnMapping | null }): Promise<Id>;
  read(id: Id): Promise<{ text: string; fileName: string | null; mapping: ColumnMapping | null }>;
  setMapping(id: Id, mapping: ColumnMapping): Promise<void>;
  /** The mapping last used for a table with this header row. */
  rememberedMapping(headerKey: string): Promise<ColumnMapping | null>;
  rememberMapping(headerKey: string, mapping: ColumnMapping): Promise<void>;
}

/** The person behind a Telegram account. */
export interface Person {
  readonly userId: Id;
  readonly telegramId: number;
  readonly name: string;
  /** In order of joining. */
  readonly memberships: readonly {
    readonly companyId: Id;
    readonly companyName: string;
    readonly role: Role;
  }[];
  /** Null: no company yet, or removed from the last one. */
  readonly actor: Actor | null;
}

/** What Telegram says of the sender of an update. */
export interface TelegramSender {
  readonly id: number;
  readonly username: string | null;
  readonly firstName: string;
  readonly lastName: string | null;
  readonly languageCode: string | null;
}

/**
 * Conversation state of one chat, inside the update's transaction. Values are what JSON can carry. The
 * chat's own key is its id as text; other keys may begin with it ("42:card").
 */
export interface ChatStateStore {
  read(key: string): Promise<unknown>;
  write(key: string, value: unknown): Promise<void>;
  delete(key: string): Promise<void>;
}

/** One Telegram update at work: all of it commits together or not at all. */
export interface UpdateWork {
  /** Null for updates without a sender. */
  readonly person: Person | null;
  readonly chatState: ChatStateStore;
  /** Throws `AppError("forbidden")` when the person has no company yet. */
  services(): Services;
  /** Whether the person has approved estimates in the company that `services()` work for. */
  hasContracts(): Promise<boolean>;
  /** Founds a company with the person as its owner; `services()` then work for it. */
  createCompany(name: string | null): Promise<void>;
  /**
   * Joins the company of an invitation, given without its `join_`. With `joined` and `already_member`
   * the person works for that company from now on, and `services()` are its.
   */
  joinCompany(token: string): Promise<JoinOutcome>;
  /** `services()` work for another company of the person. Throws `not_found`. */
  switchCompany(companyId: Id): Promise<void>;
  /**
   * Switches to the company that a message of the program was about; that company, or null when the
   * person works for it already or it is not known.
   */
  followMessage(messageId: number): Promise<Person["memberships"][number] | null>;
  /** The chat was blocked or unblocked by its person. */
  setReachable(isReachable: boolean): Promise<void>;
}

/** The door of the chat: runs each update of Telegram once, in one transaction. */
export interface Updates {
  /**
   * `repeat`: this update was handled before; `work` was not called.
   * Locks the chat, so that two updates of one chat never overlap, also across processes.
   * When `work` throws, nothing of it remains and the error goes on to the caller; an `OutageError` when
   * the database was away or busy.
   */
  run(
    update: {
      botId: number;
      updateId: number;
      chatId: number | null;
      sender: TelegramSender | null;
    },
    work: (work: UpdateWork) => Promise<void>,
  ): Promise<"done" | "repeat">;
  /** Counts a failure outside the transaction; true when the update should be given up. */
  recordFailure(update: { botId: number; updateId: number; error: string }): Promise<boolean>;
}
