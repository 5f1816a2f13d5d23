import { learnPrices } from "../../db/catalogue_prices.ts";
import type { Sql } from "../../db/client.ts";
import { tenantTransaction } from "../../db/transactions.ts";
import type { Id } from "../../domain/ids.ts";
import type { Handlers } from "./queues.ts";

/** The company's price list grows by what its people type. */
export function createCatalogueLearning(dependencies: {
  sql: Sql;
  newId: () => Id;
}): Handlers["catalogue.learn"] {
  return async ({ companyId, estimateId }) => {
    await tenantTransaction(dependencies.sql, companyId, (tx) =>
      learnPrices(tx, companyId, estimateId, dependencies.newId),
    );
  };
}
