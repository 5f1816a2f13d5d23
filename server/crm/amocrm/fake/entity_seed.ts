import { createLookupIndex, type LookupIndex, textKey } from "../../fake/lookup_index.ts";
import { companyAt, personAt } from "../../fake/people.ts";
import { comparableDigits } from "../../fake/phones.ts";
import { hash } from "../../fake/random.ts";
import { createSeedTimes } from "../../fake/seed_times.ts";
import { createSeededTable, type SeededTable } from "../../fake/seeded_table.ts";
import type { Entity, Kind, StoredField } from "./account_state.ts";
import { EMAIL_FIELD_ID, PHONE_FIELD_ID } from "./custom_fields.ts";

const FIRST_IDS: Record<Kind, number> = {
  contacts: 10_000_001,
  leads: 20_000_001,
  companies: 30_000_001,
};
const STEP = 2;
export const OWNER_ID = 504_141;

/** Identifier of seeded entity number `index`. */
function seededId(kind: Kind, index: number): number {
  return FIRST_IDS[kind] + index * STEP;
}

export interface EntitySeed {
  seed: number;
  count: number;
  /** Seconds. */
  now: number;
}

export function seedContacts(setup: EntitySeed & { companies: number }): SeededTable<Entity> {
  return tableOf("contacts", setup, (id, index, at) => {
    const person = personAt(setup.seed, index, setup.companies);
    return {
      ...blankEntity(id, at),
      name: [person.name, person.lastName].filter(Boolean).join(" "),
      firstName: person.name,
      lastName: person.lastName,
      fields: contactFields(person.phones, person.emails),
      companyId: person.company === null ? null : seededId("companies", person.company),
    };
  });
}

export function seedCompanies(setup: EntitySeed): SeededTable<Entity> {
  return tableOf("companies", setup, (id, index, at) => {
    const company = companyAt(setup.seed, index);
    return {
      ...blankEntity(id, at),
      name: company.title,
      fields: contactFields(company.phones, company.emails),
    };
  });
}

const WORKS = ["Ремонт квартиры", "Баня под ключ", "Кровля", "Отделка офиса", "Фундамент"] as const;

export function seedLeads(
  setup: EntitySeed & { contacts: number; pipelineId: number; statusIds: readonly number[] },
): SeededTable<Entity> {
  return tableOf("leads", setup, (id, index, at) => {
    const work = WORKS[hash(setup.seed, index, 41) % WORKS.length] ?? WORKS[0];
    const contact = setup.contacts === 0 ? null : hash(setup.seed, index, 42) % setup.contacts;
    const statusId = setup.statusIds[hash(setup.seed, index, 43) % setup.statusIds.length] ?? 0;
    return {
      ...blankEntity(id, at),
      name: `${work} №${String(index + 1)}`,
      contactIds: contact === null ? [] : [seededId("contacts", contact)],
      lead: {
        price: (hash(setup.seed, index, 44) % 900_000) + 10_000,
        statusId,
        pipelineId: setup.pipelineId,
        closedAt: null,
        lossReasonId: null,
      },
    };
  });
}

function tableOf(
  kind: Kind,
  setup: EntitySeed,
  generate: (id: number, index: number, at: number) => Entity,
): SeededTable<Entity> {
  const changedAt = createSeedTimes(setup.now, setup.count);
  return createSeededTable<Entity>({
    count: setup.count,
    firstId: FIRST_IDS[kind],
    step: STEP,
    seedUpdatedAt: changedAt,
    updatedAt: (entity) => entity.updatedAt,
    generate: (id, index) => generate(id, index, changedAt(index)),
  });
}

export function blankEntity(id: number, at: number): Entity {
  return {
    id,
    name: "",
    firstName: "",
    lastName: "",
    responsibleUserId: OWNER_ID,
    createdBy: OWNER_ID,
    updatedBy: OWNER_ID,
    createdAt: at,
    updatedAt: at,
    fields: [],
    tags: [],
    contactIds: [],
    companyId: null,
    elements: [],
    fileUuids: [],
    lead: null,
  };
}

/** PHONE and EMAIL as stored; none at all for people without either. */
function contactFields(
  phones: readonly { value: string; kind: "mobile" | "work" }[],
  emails: readonly string[],
): StoredField[] {
  const numbers = phones.map(({ value, kind }) => ({
    value,
    enumId: kind === "mobile" ? 193_205 : 193_201,
  }));
  const boxes = emails.map((value) => ({ value, enumId: 193_227 }));
  return [
    { fieldId: PHONE_FIELD_ID, values: numbers },
    { fieldId: EMAIL_FIELD_ID, values: boxes },
  ].filter(({ values }) => values.length > 0);
}

/** Finds by the last ten digits of a phone. */
export function phonesIn(table: SeededTable<Entity>): LookupIndex {
  return createLookupIndex(function* entries() {
    for (const [value, id] of valuesOf(table, PHONE_FIELD_ID)) {
      const digits = comparableDigits(value);
      if (digits !== null) yield [Number(digits.slice(-10)), id];
    }
  });
}

export function emailsIn(table: SeededTable<Entity>): LookupIndex {
  return createLookupIndex(function* entries() {
    for (const [value, id] of valuesOf(table, EMAIL_FIELD_ID))
      yield [textKey(value.toLowerCase()), id];
  });
}

function* valuesOf(table: SeededTable<Entity>, fieldId: number): Generator<[string, number]> {
  for (const id of table.idsAfter(0)) {
    const field = table.get(id)?.fields.find((one) => one.fieldId === fieldId);
    for (const { value } of field?.values ?? []) yield [String(value), id];
  }
}
