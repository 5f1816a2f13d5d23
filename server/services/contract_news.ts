import { formatMoney, type Kopecks } from "../../domain/money.ts";
import type { Payment } from "../../domain/payments.ts";
import type { EstimateState } from "../../db/estimates.ts";
import { findEstimateNames } from "../../db/estimate_names.ts";
import { readMoney } from "./contracts.ts";
import type { Scope } from "./scope.ts";
import { readActorName } from "./actor.ts";

/** Leaders, and the people whose contract it is; never the one who did it. */
function recipientsOf(scope: Scope, main: EstimateState) {
  const userIds = [main.foremanId, main.createdBy];
  return { to: { roles: ["owner", "manager"] as const, userIds }, by: scope.actor.userId };
}

/** Tells that an act was signed, or that a signed one does not hold any more. */
export async function tellAct(
  scope: Scope,
  main: EstimateState,
  kind: "act_signed" | "act_cancelled",
  act: { readonly number: number; readonly total: Kopecks },
): Promise<void> {
  const content = async () => {
    const { balance } = await readMoney(scope, main);
    return {
      ...(await describeContract(scope, main, balance.agreed)),
      act: act.number,
      amount: formatMoney(act.total),
      accepted: formatMoney(balance.accepted),
    };
  };
  await scope.notify(kind, content, recipientsOf(scope, main));
}

/** Tells of money that came, or that was taken out of the books again. */
export async function tellPayment(
  scope: Scope,
  main: EstimateState,
  payment: Payment,
): Promise<void> {
  const content = async () => {
    const { balance } = await readMoney(scope, main);
    return {
      ...(await describeContract(scope, main, balance.agreed)),
      payment: payment.kind,
      amount: formatMoney(payment.amount),
      receivedOn: payment.receivedOn,
      left: formatMoney(balance.left),
      isTakenOut: payment.isRemoved,
    };
  };
  await scope.notify("payment", content, recipientsOf(scope, main));
}

async function describeContract(scope: Scope, main: EstimateState, agreed: Kopecks) {
  const { tx, actor } = scope;
  const names = await findEstimateNames(tx, actor.companyId, main.id);
  return {
    estimateId: main.id,
    number: main.number,
    title: names?.project?.title ?? main.header.title,
    total: formatMoney(agreed),
    byName: await readActorName(scope),
  };
}
