import { AppError } from "../../domain/errors.ts";
import type { Id } from "../../domain/ids.ts";
import {
  type Payment,
  paymentFieldsSchema,
  type PaymentService,
  type Stage,
  spreadOverStages,
  stageFieldsSchema,
} from "../../domain/payments.ts";
import type { EstimateState } from "../../db/estimates.ts";
import {
  findPayment,
  findStage,
  insertPayment,
  insertStage,
  listPayments,
  listStages,
  removeStage,
  setPaymentRemoved,
} from "../../db/payments.ts";
import { tellPayment } from "./contract_news.ts";
import { demandAgreed, lockMain, MANY_STAGES } from "./contracts.ts";
import { createExtraService } from "./extras.ts";
import { byId, readInput } from "./input.ts";
import { readOwnEstimateOf } from "./revisions.ts";
import { demand, type Scope } from "./scope.ts";
import { readToday } from "./actor.ts";

const MANY_PAYMENTS = 500;

const NAMES = {
  kind: "Вид",
  title: "Название",
  amount: "Сумма",
  receivedOn: "Когда",
  size: "Сумма",
  dueOn: "Срок",
};

export function createPaymentService(scope: Scope): PaymentService {
  const { tx, actor, now, newId } = scope;
  const { companyId, userId } = actor;
  const made = { createdBy: userId, createdAt: now };
  return {
    get: async (estimateId) => {
      const contract = await createExtraService(scope).contract(estimateId);
      if (!contract) throw notAgreed();
      const { balance, number } = contract;
      const [payments, stages] = await Promise.all([
        listPayments(tx, companyId, contract.estimateId, MANY_PAYMENTS),
        listStages(tx, companyId, contract.estimateId, MANY_STAGES),
      ]);
      return {
        estimateId: contract.estimateId,
        number,
        payments,
        stages: spreadOverStages(stages, balance),
        balance,
      };
    },
    add: async (estimateId, given) => {
      const main = await lockToWrite(scope, estimateId);
      await demandAgreed(scope, main);
      const receivedOn = given.receivedOn ?? (await readToday(scope));
      const fields = readInput(paymentFieldsSchema, { ...given, receivedOn }, NAMES);
      const id = newId();
      await insertPayment(tx, companyId, { ...fields, ...made, id, estimateId: main.id });
      const payment = await readPayment(scope, id);
      await tellPayment(scope, main, payment);
      return payment;
    },
    remove: (id) => setRemoved(scope, id, now),
    restore: (id) => setRemoved(scope, id, null),
    addStage: async (estimateId, given): Promise<Stage> => {
      const main = await lockToWrite(scope, estimateId);
      await demandAgreed(scope, main);
      const fields = readInput(stageFieldsSchema, given, NAMES);
      const stages = await listStages(tx, companyId, main.id, MANY_STAGES);
      if (stages.length >= MANY_STAGES) {
        throw new AppError("limit", `В плане оплат может быть до ${MANY_STAGES} этапов.`);
      }
      const id = newId();
      await insertStage(tx, companyId, { ...fields, ...made, id, estimateId: main.id });
      return { ...fields, id, estimateId: main.id };
    },
    removeStage: async (id) => {
      const stage = await byId(id, () => findStage(tx, companyId, id));
      await readOwnEstimateOf(scope, stage?.estimateId ?? null, stageNotFound());
      if (!stage) throw stageNotFound();
      await lockToWrite(scope, stage.estimateId);
      await removeStage(tx, companyId, id, now);
    },
  };
}

async function lockToWrite(scope: Scope, estimateId: Id): Promise<EstimateState> {
  const main = await lockMain(scope, estimateId);
  demand(scope, "estimate.edit", { ownerIds: [main.foremanId, main.createdBy] });
  return main;
}

/** `not_found` also where the estimate may not be seen. */
async function readPayment(scope: Scope, id: Id): Promise<Payment> {
  const payment = await byId(id, () => findPayment(scope.tx, scope.actor.companyId, id));
  await readOwnEstimateOf(scope, payment?.estimateId ?? null, paymentNotFound());
  if (!payment) throw paymentNotFound();
  return payment;
}

async function setRemoved(scope: Scope, id: Id, at: Date | null): Promise<Payment> {
  const payment = await readPayment(scope, id);
  const main = await lockToWrite(scope, payment.estimateId);
  // Read once more: somebody may have done the same while this one waited.
  const before = await readPayment(scope, id);
  if (before.isRemoved === (at !== null)) return before;
  await setPaymentRemoved(scope.tx, scope.actor.companyId, id, at);
  const after = await readPayment(scope, id);
  await tellPayment(scope, main, after);
  return after;
}

function notAgreed(): AppError {
  return new AppError("conflict", "Смета ещё не утверждена. Оплаты появятся после согласования.");
}

function paymentNotFound(): AppError {
  return new AppError("not_found", "Такой оплаты нет.");
}

function stageNotFound(): AppError {
  return new AppError("not_found", "Такого этапа в плане оплат нет.");
}
