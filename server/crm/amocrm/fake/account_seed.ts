import type { Clock } from "../../fake/clock.ts";
import type { Dispatcher } from "../../fake/dispatcher.ts";
import { createFaultScript, type FaultRule } from "../../fake/faults.ts";
import { createJournal } from "../../fake/journal.ts";
import { createSecrets } from "../../fake/random.ts";
import type { AccountState } from "./account_state.ts";
import { seedCatalogs } from "./catalogs.ts";
import { seedDefinitions } from "./custom_fields.ts";
import { MANAGER_ID } from "./edits.ts";
import {
  OWNER_ID,
  emailsIn,
  phonesIn,
  seedCompanies,
  seedContacts,
  seedLeads,
} from "./entity_seed.ts";
import type { AmocrmOptions } from "./options.ts";
import { PIPELINES, seedStatuses } from "./pipelines.ts";

export interface AccountSeed {
  clock: Clock;
  seed: number;
  contacts: number;
  companies: number;
  leads: number;
  options: AmocrmOptions;
  faults: readonly FaultRule[];
  hooksOut: Dispatcher;
}

/** Above every identifier that follows from a seed. */
const FIRST_NEW_NUMBER = 70_000_000;

export function createAccountState(setup: AccountSeed): AccountState {
  const { clock, options, seed } = setup;
  const secret = createSecrets(seed + 500);
  const sequences = new Map<string, number>();
  const now = (): number => Math.floor(clock.now() / 1000);
  const statuses = seedStatuses();
  const main = PIPELINES[0]?.id ?? 0;
  const open = statuses.filter(
    ({ pipelineId, type, sort }) => pipelineId === main && type === 0 && sort < 10_000,
  );
  const contacts = seedContacts({
    seed,
    count: setup.contacts,
    companies: setup.companies,
    now: now(),
  });
  const companies = seedCompanies({ seed: seed + 1, count: setup.companies, now: now() });
  const leads = seedLeads({
    seed: seed + 2,
    count: setup.leads,
    contacts: setup.contacts,
    pipelineId: main,
    statusIds: open.map(({ id }) => id),
    now: now(),
  });
  return {
    clock,
    options,
    journal: createJournal(),
    faults: createFaultScript(setup.faults),
    hooksOut: setup.hooksOut,
    id: 28_805_383,
    subdomain: "remont",
    baseUrl: "https://remont.amocrm.example",
    driveUrl: "https://drive-b.amocrm.example",
    isPaid: true,
    isBlocked: false,
    actorId: OWNER_ID,
    users: [
      { id: OWNER_ID, name: "Мария Петрова", email: "maria@remont.example", isActive: true },
      { id: MANAGER_ID, name: "Олег Сидоров", email: "oleg@remont.example", isActive: true },
      { id: 504_300, name: "Уволен", email: "gone@remont.example", isActive: false },
    ],
    pipelines: PIPELINES.map((pipeline) => ({ ...pipeline })),
    statuses,
    definitions: seedDefinitions(),
    tables: { contacts, companies, leads },
    deletedLeads: new Map(),
    phoneLookup: { contacts: phonesIn(contacts), companies: phonesIn(companies) },
    emailLookup: { contacts: emailsIn(contacts), companies: emailsIn(companies) },
    notes: [],
    hooks: [],
    files: new Map(),
    catalogs: seedCatalogs(options),
    elements: new Map(),
    now,
    next(sequence) {
      const number = (sequences.get(sequence) ?? FIRST_NEW_NUMBER) + 1;
      sequences.set(sequence, number);
      return number;
    },
    secret,
  };
}
