import { nameKey } from "../domain/catalogue.ts";
import { normaliseUnit } from "../domain/units.ts";

/** By what an item of the price list is found: the columns `name_key` and `unit`. */
export interface CatalogueKey {
  readonly nameKey: string;
  readonly unit: string;
}

export function catalogueKey({ name, unit }: { name: string; unit: string }): CatalogueKey {
  return { nameKey: nameKey(name), unit: storedUnit(unit) };
}

/** The label of a known unit, so that «кв.м» and «м2» are one; any other text as it is. */
export function storedUnit(unit: string): string {
  return normaliseUnit(unit) ?? unit.trim();
}

/** The last of each name and unit, with its key and the unit as it is stored. */
export function uniqueByKey<Item extends { readonly name: string; readonly unit: string }>(
  items: readonly Item[],
): (Item & CatalogueKey)[] {
  const unique = new Map<string, Item & CatalogueKey>();
  for (const item of items) {
    const key = catalogueKey(item);
    unique.set(`${key.nameKey}\n${key.unit}`, { ...item, ...key });
  }
  return [...unique.values()];
}
