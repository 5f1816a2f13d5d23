import { acceptanceVat, computeActPart } from "../../domain/acceptance.ts";
import type { Act, ActPart } from "../../domain/acts.ts";
import { notFound } from "../../domain/errors.ts";
import type { Id } from "../../domain/ids.ts";
import { add, type Kopecks } from "../../domain/money.ts";
import {
  type ActState,
  findActContent,
  listActQuantities,
  listSignedActs,
  type SignedAct,
  summaryOf,
} from "../../db/acts.ts";
import type { Transaction } from "../../db/client.ts";
import { listVatModes } from "../../db/companies.ts";
import { findEstimate } from "../../db/estimates.ts";
import { sumByLine } from "./act_remainder.ts";
import { readParts } from "./contracts.ts";
import type { CompanyScope } from "./scope.ts";

const MANY_ACTS = 1000;

/** What a draft bills if it is signed now. */
export interface Bill {
  readonly parts: readonly ActPart[];
  /** With VAT. */
  readonly total: Kopecks;
  /** The acts that were signed before. */
  readonly before: readonly SignedAct[];
}

export async function billAct(
  scope: CompanyScope,
  act: Pick<ActState, "id" | "estimateId" | "date">,
): Promise<Bill> {
  const { tx, actor } = scope;
  const { companyId } = actor;
  const main = await findEstimate(tx, companyId, act.estimateId);
  if (!main) throw notFound("Смета");
  const [approved, quantities, before, modes] = await Promise.all([
    readParts(scope, main),
    listActQuantities(tx, companyId, main.id),
    listSignedActs(tx, companyId, main.id, MANY_ACTS),
    listVatModes(tx, companyId),
  ]);
  const taken = quantities.filter(({ actId }) => actId === act.id);
  const parts = approved.flatMap((part) => {
    const own = sumByLine(taken.filter(({ estimateId }) => estimateId === part.estimateId));
    if (own.size === 0) return [];
    const { vat, date: on } = part.content.header;
    const billed = before.flatMap((signed) =>
      signed.parts.filter(({ estimateId }) => estimateId === part.estimateId),
    );
    return [
      computeActPart(part, own, {
        before: billed,
        vat: acceptanceVat({ vat, on }, modes, act.date),
        date: act.date,
      }),
    ];
  });
  return { parts, total: add(...parts.map(({ total }) => total)), before };
}

/** An act with its lines: as it was signed, or as it would be signed now. */
export async function readAct(scope: CompanyScope, state: ActState): Promise<Act> {
  const act = summaryOf(state);
  if (state.status === "draft") {
    const { parts, total } = await billAct(scope, state);
    return { ...act, parts, total };
  }
  return { ...act, parts: (await readSigned(scope.tx, scope.actor.companyId, state.id)).parts };
}

async function readSigned(tx: Transaction, companyId: Id, id: Id) {
  const content = await findActContent(tx, companyId, id);
  if (!content) throw new Error("a signed act has no content");
  return content;
}
