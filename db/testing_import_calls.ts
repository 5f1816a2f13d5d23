import * as imported from "./imported_records.ts";
import type { Call } from "./testing_agreement_calls.ts";

/** Every query about what came from other programs, see `testing_calls.ts`. */
export const IMPORT_CALLS: Readonly<Record<string, Call>> = {
  "imported_records.findImportedThing": (tx, companyId, aim) =>
    imported.findImportedThing(tx, companyId, {
      source: "sqlite",
      kind: "client",
      sourceId: aim.name,
    }),
  "imported_records.insertImportedRecord": (tx, companyId, aim) =>
    imported.insertImportedRecord(tx, companyId, {
      source: "sqlite",
      kind: "client",
      sourceId: aim.name,
      thingId: aim.clientId,
      extra: {},
    }),
};
