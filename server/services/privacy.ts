import { AppError } from "../../domain/errors.ts";
import { AGREED_YEARS, type PrivacyService } from "../../domain/privacy.ts";
import { eraseClient, hasSubmittedEstimate, readPersonalData } from "../../db/erasures.ts";
import { readClient } from "./clients.ts";
import { demand, type Scope } from "./scope.ts";

/** Of each kind of record; nobody has more with one client. */
const MOST = 10_000;

export function createPrivacyService(scope: Scope): PrivacyService {
  const { tx, actor, now, newId } = scope;
  const { companyId } = actor;
  return {
    export: async (clientId) => {
      demand(scope, "company.edit");
      await readClient(scope, clientId);
      return JSON.stringify(await readPersonalData(tx, companyId, clientId, MOST), null, 2);
    },
    erase: async (clientId) => {
      demand(scope, "company.edit");
      await readClient(scope, clientId);
      if (await hasSubmittedEstimate(tx, companyId, clientId)) {
        throw new AppError(
          "conflict",
          "Смета этого заказчика ждёт решения. Сначала решите её или отзовите, потом стирайте.",
        );
      }
      const erasure = { id: newId(), by: actor.userId, at: now, keptYears: AGREED_YEARS };
      const erased = await eraseClient(tx, companyId, clientId, erasure);
      if (!erased) throw new AppError("conflict", "Данные этого заказчика уже стёрты.");
      return erased;
    },
  };
}
