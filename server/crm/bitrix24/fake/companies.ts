import { companyAt } from "../../fake/people.ts";
import { createSeededTable, type SeededTable } from "../../fake/seeded_table.ts";
import { createSeedTimes } from "../../fake/seed_times.ts";
import type { Fields } from "../../fake/values.ts";
import { multifieldViews, seedMultifields } from "./multifields.ts";
import type { Item, PortalState } from "./portal_state.ts";

const FIRST_ID = 5;
const STEP = 2;

/** Identifier of seeded company number `index`. */
export function companyIdAt(index: number): number {
  return FIRST_ID + index * STEP;
}

export function seedCompanies(setup: {
  seed: number;
  count: number;
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
      const company = companyAt(setup.seed, index);
      const at = changedAt(index);
      return {
        id,
        createdAt: at,
        updatedAt: at,
        createdBy: 1,
        updatedBy: 1,
        values: { title: company.title, assignedById: 1, typeId: "CUSTOMER" },
        fm: seedMultifields(id, company.phones, company.emails),
      };
    },
  });
}

export const companyDefaults: Fields = {
  opened: "Y",
  isMyCompany: "N",
  webformId: 0,
  revenue: 0,
  contactIds: [],
  observers: [],
  categoryId: 0,
};

export function deriveCompany(_portal: PortalState, item: Item): Fields {
  return multifieldViews(item.fm);
}

export function prepareCompany(portal: PortalState, draft: Item): Item {
  const values = {
    title: `Компания #${String(draft.id)}`,
    assignedById: portal.actorId,
    ...draft.values,
  };
  return { ...draft, values };
}
