import { personAt } from "../../fake/people.ts";
import { createSeededTable, type SeededTable } from "../../fake/seeded_table.ts";
import { createSeedTimes } from "../../fake/seed_times.ts";
import { type Fields, asInteger, asList } from "../../fake/values.ts";
import { companyIdAt } from "./companies.ts";
import { multifieldViews, seedMultifields } from "./multifields.ts";
import type { Item, PortalState } from "./portal_state.ts";

const FIRST_ID = 11;
const STEP = 2;

/** Identifier of seeded contact number `index`. */
export function contactIdAt(index: number): number {
  return FIRST_ID + index * STEP;
}

export function seedContacts(setup: {
  seed: number;
  count: number;
  companies: number;
  now: number;
}): SeededTable<Item> {
  const changedAt = createSeedTimes(setup.now, setup.count);
  return createSeededTable<Item>({
    count: setup.count,
    firstId: FIRST_ID,
    step: STEP,
    seedUpdatedAt: changedAt,
    updatedAt: (item) => item.updatedAt,
    generate(id, index) {
      const person = personAt(setup.seed, index, setup.companies);
      const companyId = person.company === null ? null : companyIdAt(person.company);
      const at = changedAt(index);
      return {
        id,
        createdAt: at,
        updatedAt: at,
        createdBy: 1,
        updatedBy: 1,
        values: {
          name: person.name || null,
          secondName: person.secondName || null,
          lastName: person.lastName || null,
          assignedById: 1,
          typeId: "CLIENT",
          sourceId: "CALL",
          companyId,
          companyIds: companyId === null ? [] : [companyId],
        },
        fm: seedMultifields(id, person.phones, person.emails),
      };
    },
  });
}

export const contactDefaults: Fields = {
  opened: "Y",
  export: "Y",
  webformId: 0,
  companyId: 0,
  companyIds: [],
  observers: [],
  categoryId: 0,
};

export function deriveContact(_portal: PortalState, item: Item): Fields {
  return multifieldViews(item.fm);
}

/** A contact may be quite empty; only its companies are kept in step. */
export function prepareContact(
  portal: PortalState,
  draft: Item,
  _before: Item | null,
  touched: ReadonlySet<string>,
): Item {
  const values: Fields = { assignedById: portal.actorId, typeId: "CLIENT", ...draft.values };
  if (touched.has("companyIds")) {
    values["companyId"] = asInteger(asList(values["companyIds"])[0]);
  } else if (touched.has("companyId")) {
    const companyId = asInteger(values["companyId"]);
    values["companyIds"] = companyId === null ? [] : [companyId];
  }
  return { ...draft, values };
}
