import type { Clock } from "../../fake/clock.ts";
import { createFaultScript, type FaultRule } from "../../fake/faults.ts";
import { createJournal } from "../../fake/journal.ts";
import { createLookupIndex, textKey, type LookupIndex } from "../../fake/lookup_index.ts";
import { comparableDigits } from "../../fake/phones.ts";
import { createSecrets } from "../../fake/random.ts";
import type { SeededTable } from "../../fake/seeded_table.ts";
import { seedCompanies } from "./companies.ts";
import { seedContacts } from "./contacts.ts";
import { seedDeals } from "./deals.ts";
import { MANAGER_ID } from "./edits.ts";
import { MEASURES } from "./measures.ts";
import type { Bitrix24Options } from "./options.ts";
import type { Item, PortalState } from "./portal_state.ts";
import { emptyQuotes } from "./quotes.ts";
import { FUNNELS, seedStages } from "./stages.ts";
import { createPortalTimes } from "./times.ts";

export interface PortalSeed {
  clock: Clock;
  /** Same seed, same portal: people, phones, secrets. */
  seed: number;
  contacts: number;
  companies: number;
  deals: number;
  options: Bitrix24Options;
  faults: readonly FaultRule[];
  /** When the seed was made, in ms: the seeded past is counted back from here. */
  bornAt: number;
  raise: (portal: PortalState, event: string, fields: Readonly<Record<string, string>>) => void;
}

const OWNER_ID = 1;
/** Above every id that follows from a seed. */
const FIRST_NEW_NUMBER = 50_000_000;

export function createPortalState(setup: PortalSeed): PortalState {
  const { clock, options, seed } = setup;
  const secret = createSecrets(seed);
  const sequences = new Map<string, number>();
  const now = (): number => Math.floor((clock.now() + options.clockSkew) / 1000);
  const born = Math.floor((setup.bornAt + options.clockSkew) / 1000);
  const contacts = seedContacts({
    seed,
    count: setup.contacts,
    companies: setup.companies,
    now: born,
  });
  const companies = seedCompanies({ seed: seed + 1, count: setup.companies, now: born });
  const portal: PortalState = {
    clock,
    options,
    times: createPortalTimes(options.timezone),
    journal: createJournal(),
    faults: createFaultScript(setup.faults),
    memberId: secret(32),
    host: "portal.bitrix24.example",
    condition: "working",
    webhook: {
      userId: OWNER_ID,
      secret: secret(16),
      scopes: new Set(["crm", "catalog"]),
      isAdmin: true,
      isRevoked: false,
      expiresAt: null,
    },
    actorId: OWNER_ID,
    users: [
      { id: OWNER_ID, name: "Мария", lastName: "Петрова", isActive: true },
      { id: MANAGER_ID, name: "Олег", lastName: "Сидоров", isActive: true },
    ],
    categories: FUNNELS.map((funnel) => ({ ...funnel })),
    stages: seedStages(),
    currencies: [
      { code: "RUB", name: "Российский рубль", isBase: true },
      { code: "USD", name: "Доллар США", isBase: false },
    ],
    measures: MEASURES.map((measure) => ({ ...measure })),
    dealUserFields: [],
    contacts,
    companies,
    deals: seedDeals({ seed: seed + 2, count: setup.deals, contacts: setup.contacts, now: born }),
    quotes: emptyQuotes(),
    phoneLookup: { contacts: phonesIn(contacts), companies: phonesIn(companies) },
    emailLookup: { contacts: emailsIn(contacts), companies: emailsIn(companies) },
    productRows: new Map(),
    comments: [],
    stageMoves: [],
    handlers: [],
    now,
    sequences,
    next(sequence) {
      const number = (sequences.get(sequence) ?? FIRST_NEW_NUMBER) + 1;
      sequences.set(sequence, number);
      return number;
    },
    raise: (event, fields) => setup.raise(portal, event, fields),
  };
  return portal;
}

function phonesIn(table: SeededTable<Item>): LookupIndex {
  return createLookupIndex(function* entries() {
    for (const { id, value } of valuesOf(table, "PHONE")) {
      const digits = comparableDigits(value);
      if (digits !== null) yield [Number(digits), id];
    }
  });
}

function emailsIn(table: SeededTable<Item>): LookupIndex {
  return createLookupIndex(function* entries() {
    for (const { id, value } of valuesOf(table, "EMAIL")) yield [textKey(value.toLowerCase()), id];
  });
}

function* valuesOf(
  table: SeededTable<Item>,
  typeId: string,
): Generator<{ id: number; value: string }> {
  for (const id of table.idsAfter(0)) {
    for (const one of table.get(id)?.fm ?? [])
      if (one.typeId === typeId) yield { id, value: one.value };
  }
}
