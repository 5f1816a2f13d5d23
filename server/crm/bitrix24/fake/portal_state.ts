import type { Clock } from "../../fake/clock.ts";
import type { FaultScript } from "../../fake/faults.ts";
import type { Journal } from "../../fake/journal.ts";
import type { LookupIndex } from "../../fake/lookup_index.ts";
import type { SeededTable } from "../../fake/seeded_table.ts";
import type { Fields } from "../../fake/values.ts";
import type { ItemField } from "./item_fields.ts";
import type { Bitrix24Options } from "./options.ts";
import type { PortalTimes } from "./times.ts";

export interface Multifield {
  id: number;
  typeId: string;
  valueType: string;
  value: string;
}

/** One CRM object: what was written to it, by REST names. Absent values read as null. */
export interface Item {
  id: number;
  /** Seconds of the portal's clock. */
  createdAt: number;
  updatedAt: number;
  createdBy: number;
  updatedBy: number;
  values: Fields;
  fm: Multifield[];
}

export interface Category {
  id: number;
  name: string;
  sort: number;
  /** Hidden from the webhook's user: its deals cannot be seen or made. */
  isHidden: boolean;
}

export interface Stage {
  id: number;
  categoryId: number;
  /** Without the funnel's prefix: `NEW`. */
  code: string;
  name: string;
  sort: number;
  semantics: "P" | "S" | "F" | "A";
}

export interface ProductRow {
  id: number;
  productId: number;
  productName: string;
  price: number;
  quantity: number;
  discountTypeId: number;
  discountRate: number;
  discountSum: number;
  priceExclusive: number;
  priceNetto: number;
  priceBrutto: number;
  taxRate: number | null;
  taxIncluded: "Y" | "N";
  measureCode: number;
  measureName: string;
  sort: number;
}

export interface AttachedFile {
  id: number;
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

export interface TimelineComment {
  id: number;
  entityType: string;
  entityId: number;
  createdAt: number;
  authorId: number;
  comment: string;
  files: AttachedFile[];
}

export interface StageMove {
  id: number;
  /** 1 created, 2 moved, 3 finished, 5 another funnel. */
  typeId: 1 | 2 | 3 | 5;
  ownerId: number;
  createdAt: number;
  categoryId: number;
  stageId: string;
}

export interface UserField extends ItemField {
  id: number;
  upperName: string;
  isMandatory: boolean;
}

export interface Measure {
  id: number;
  code: number;
  title: string;
  symbol: string;
  isDefault: boolean;
}

export interface EventHandler {
  id: number;
  url: string;
  applicationToken: string;
  events: ReadonlySet<string>;
}

/** The inbound webhook: one employee, one secret, some scopes. */
interface InboundWebhook {
  userId: number;
  secret: string;
  scopes: Set<string>;
  isAdmin: boolean;
  isRevoked: boolean;
  /** Second from which it is refused, or null. */
  expiresAt: number | null;
}

export type PortalCondition = "working" | "unpaid" | "overloaded" | "deleted";

/** Everything the portal remembers. Handlers and edits work on this one value. */
export interface PortalState {
  clock: Clock;
  options: Bitrix24Options;
  times: PortalTimes;
  journal: Journal;
  faults: FaultScript;
  memberId: string;
  /** `host:port` under which the portal knows itself; events and the 302 of a rename carry it. */
  host: string;
  condition: PortalCondition;
  webhook: InboundWebhook;
  /** In whose name the current change is made: the webhook's employee, or a manager in an edit. */
  actorId: number;
  users: { id: number; name: string; lastName: string; isActive: boolean }[];
  categories: Category[];
  stages: Stage[];
  currencies: { code: string; name: string; isBase: boolean }[];
  measures: Measure[];
  dealUserFields: UserField[];
  contacts: SeededTable<Item>;
  companies: SeededTable<Item>;
  deals: SeededTable<Item>;
  quotes: SeededTable<Item>;
  phoneLookup: { contacts: LookupIndex; companies: LookupIndex };
  emailLookup: { contacts: LookupIndex; companies: LookupIndex };
  /** Rows by owner: `D13143`. */
  productRows: Map<string, ProductRow[]>;
  comments: TimelineComment[];
  stageMoves: StageMove[];
  handlers: EventHandler[];
  /** Seconds of the portal's own clock, its skew included. */
  now(): number;
  /** Last number given out in each sequence: multifields, rows, files… */
  sequences: Map<string, number>;
  next(sequence: string): number;
  /** Tells the outgoing webhooks. */
  raise(event: string, fields: Readonly<Record<string, string>>): void;
}
