import type { Clock } from "../../fake/clock.ts";
import type { Dispatcher } from "../../fake/dispatcher.ts";
import type { FaultScript } from "../../fake/faults.ts";
import type { Journal } from "../../fake/journal.ts";
import type { LookupIndex } from "../../fake/lookup_index.ts";
import type { SeededTable } from "../../fake/seeded_table.ts";
import type { AmocrmOptions } from "./options.ts";

export type Kind = "leads" | "contacts" | "companies";

export interface FieldValue {
  value: string | number | boolean;
  enumId: number | null;
}

export interface StoredField {
  fieldId: number;
  values: FieldValue[];
}

export interface Tag {
  id: number;
  name: string;
}

export interface LeadPart {
  /** Roubles with kopecks; what the API shows of them is a switch. */
  price: number;
  statusId: number;
  pipelineId: number;
  closedAt: number | null;
  lossReasonId: number | null;
}

interface ElementLink {
  id: number;
  catalogId: number;
  quantity: number;
}

/** A lead, a contact or a company. Times are seconds. */
export interface Entity {
  id: number;
  name: string;
  firstName: string;
  lastName: string;
  responsibleUserId: number;
  createdBy: number;
  updatedBy: number;
  createdAt: number;
  updatedAt: number;
  fields: StoredField[];
  tags: Tag[];
  /** Contacts of a lead or a company, the main one first. */
  contactIds: number[];
  companyId: number | null;
  elements: ElementLink[];
  fileUuids: string[];
  /** Null for contacts and companies. */
  lead: LeadPart | null;
}

export interface FieldDefinition {
  id: number;
  name: string;
  code: string | null;
  type: string;
  sort: number;
  isPredefined: boolean;
  enums: { id: number; value: string; code: string | null }[];
}

export interface Status {
  id: number;
  pipelineId: number;
  name: string;
  sort: number;
  /** 1 is «Неразобранное»: nothing can be moved there. */
  type: 0 | 1;
  color: string;
}

export interface Pipeline {
  id: number;
  name: string;
  sort: number;
  isMain: boolean;
  isArchived: boolean;
}

export interface Note {
  id: number;
  kind: Kind;
  entityId: number;
  noteType: string;
  params: Record<string, unknown>;
  createdBy: number;
  createdAt: number;
}

export interface Hook {
  id: number;
  destination: string;
  settings: string[];
  isDisabled: boolean;
  createdBy: number;
  createdAt: number;
  updatedAt: number;
}

export interface StoredFile {
  uuid: string;
  versionUuid: string;
  name: string;
  contentType: string;
  bytes: Uint8Array<ArrayBuffer>;
  createdAt: number;
}

export interface Catalog {
  id: number;
  name: string;
  type: "invoices" | "products";
}

export interface CatalogElement {
  id: number;
  catalogId: number;
  name: string;
  fields: unknown;
  createdAt: number;
  updatedAt: number;
}

export interface User {
  id: number;
  name: string;
  email: string;
  isActive: boolean;
}

/** Everything the account remembers. */
export interface AccountState {
  clock: Clock;
  options: AmocrmOptions;
  journal: Journal;
  faults: FaultScript;
  hooksOut: Dispatcher;
  id: number;
  subdomain: string;
  /** Where the API and the file service answer; set by `listen`. */
  baseUrl: string;
  driveUrl: string;
  isPaid: boolean;
  isBlocked: boolean;
  /** In whose name the current change is made. */
  actorId: number;
  users: User[];
  pipelines: Pipeline[];
  statuses: Status[];
  definitions: Record<Kind, FieldDefinition[]>;
  tables: Record<Kind, SeededTable<Entity>>;
  /** Leads in the bin; contacts and companies just vanish. */
  deletedLeads: Map<number, Entity>;
  phoneLookup: { contacts: LookupIndex; companies: LookupIndex };
  emailLookup: { contacts: LookupIndex; companies: LookupIndex };
  notes: Note[];
  hooks: Hook[];
  files: Map<string, StoredFile>;
  catalogs: Catalog[];
  elements: Map<number, CatalogElement>;
  /** Seconds. */
  now(): number;
  next(sequence: string): number;
  secret(length: number): string;
}
