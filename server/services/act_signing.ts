import type { ActResult } from "../../domain/acts.ts";
import { notFound } from "../../domain/errors.ts";
import { type ActState, findAct, setActSigned } from "../../db/acts.ts";
import type { EstimateState } from "../../db/estimates.ts";
import { writeActDocument } from "../documents/act_document.ts";
import { billAct, readAct } from "./act_parts.ts";
import { describeAct } from "./act_papers.ts";
import { tellAct } from "./contract_news.ts";
import type { Scope } from "./scope.ts";

/** Freezes a draft whose contract is locked: amounts, paper and all. */
export async function signAct(
  scope: Scope,
  main: EstimateState,
  act: ActState,
  { version }: { readonly version: number | null },
): Promise<ActResult> {
  const { tx, actor, now } = scope;
  if (act.status === "signed" && act.signedById === actor.userId) {
    return { outcome: "done", act: await readAct(scope, act) };
  }
  if (act.status !== "draft") return { outcome: "late", act: await readAct(scope, act) };
  if (version !== null && version !== act.version) {
    return { outcome: "changed", act: await readAct(scope, act) };
  }
  const bill = await billAct(scope, act);
  if (bill.parts.length === 0) return { outcome: "empty", act: await readAct(scope, act) };
  const document = await describeAct(scope, { ...act, status: "signed" }, bill);
  await setActSigned(tx, actor.companyId, act.id, {
    parts: bill.parts,
    total: bill.total,
    document: writeActDocument(document),
    by: actor.userId,
    at: now,
  });
  const signed = await findAct(tx, actor.companyId, act.id);
  if (!signed) throw notFound("Запись акта");
  await tellAct(scope, main, "act_signed", signed);
  return { outcome: "done", act: await readAct(scope, signed) };
}
