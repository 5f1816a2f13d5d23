import { changesOfList } from "../../domain/estimate/added_list.ts";
import type { Id } from "../../domain/ids.ts";
import type { Quantity } from "../../domain/quantity.ts";
import type { AddedLines, ChangeSource, ListedSection } from "../../domain/services.ts";
import { findLastPositions, listSections } from "../../db/estimate_lines.ts";
import { lockEstimate } from "../../db/estimates.ts";
import { createCatalogueService } from "./catalogue.ts";
import { demandReadable } from "./estimate_cards.ts";
import { changeEstimate } from "./estimate_changes.ts";
import type { Scope } from "./scope.ts";

/** Adds a list at the end; prices that it lacks come from the catalogue. */
export async function addList(
  scope: Scope,
  id: Id,
  list: readonly ListedSection[],
  options: { source: ChangeSource; sectionId?: Id },
): Promise<AddedLines> {
  const { tx, actor, newId } = scope;
  // Locked first, so that the places computed below are still the last ones when they are written.
  demandReadable(scope, await lockEstimate(tx, actor.companyId, id));
  const lines = list.flatMap((section) => section.lines);
  const unpriced = lines.filter((line) => line.price === null);
  const suggestions = await createCatalogueService(scope).suggestPrices(unpriced);
  const suggested = new Map(unpriced.map((line, index) => [line, suggestions[index] ?? null]));
  const sections = await listSections(tx, actor.companyId, id);
  const changes = changesOfList(
    list.map((section) => ({
      ...section,
      lines: section.lines.map((line) => {
        const found = suggested.get(line) ?? null;
        return {
          kind: line.kind,
          name: line.name,
          unit: line.unit || (found?.unit ?? ""),
          quantity: line.quantity as Quantity,
          price: line.price ?? found?.price ?? null,
          cost: found?.cost ?? null,
          priceSource: found?.source ?? (options.source === "import" ? "import" : "typed"),
        };
      }),
    })),
    {
      sections: sections.map(({ section }) => section),
      lastPositions: await findLastPositions(tx, actor.companyId, id),
    },
    { target: options.sectionId ?? null, newId },
  );
  const result = await changeEstimate(scope, id, {
    baseVersion: null,
    changes,
    source: options.source,
    isFresh: true,
  });
  const priced = [...suggested.values()].filter((found) => found !== null).length;
  return {
    version: result.version,
    added: lines.length,
    priced,
    unpriced: unpriced.length - priced,
    lineIds: changes.flatMap((change) => (change.type === "line.add" ? change.line.id : [])),
    sectionIds: changes.flatMap((change) =>
      change.type === "section.add" ? change.section.id : [],
    ),
  };
}
