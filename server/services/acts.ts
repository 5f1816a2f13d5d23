import { type Act, type ActFields, type ActService, monthOf } from "../../domain/acts.ts";
import { AppError } from "../../domain/errors.ts";
import type { Id } from "../../domain/ids.ts";
import {
  type ActState,
  findAct,
  insertAct,
  listActs,
  removeAct,
  setActCancelled,
  updateAct,
} from "../../db/acts.ts";
import type { EstimateState } from "../../db/estimates.ts";
import { readActFields, takeLines, takeRest } from "./act_lines.ts";
import { orderActPaper } from "./act_papers.ts";
import { billAct, readAct } from "./act_parts.ts";
import { readRemainder } from "./act_remainder.ts";
import { signAct } from "./act_signing.ts";
import { tellAct } from "./contract_news.ts";
import { demandAgreed, lockMain, readMain } from "./contracts.ts";
import { readPage } from "./paging.ts";
import { readOwnEstimateOf } from "./revisions.ts";
import { demand, type Scope } from "./scope.ts";
import { byId } from "./input.ts";
import { readToday } from "./actor.ts";

export function createActService(scope: Scope): ActService {
  const { tx, actor, now, newId } = scope;
  const { companyId, userId } = actor;
  return {
    list: async (estimateId, request = {}) => {
      const main = await readMain(scope, estimateId);
      return readPage(request, (part) => listActs(tx, companyId, main.id, part));
    },
    get: async (id) => readAct(scope, await readOwnAct(scope, id)),
    remainder: async (estimateId, actId = null) =>
      readRemainder(scope, await readMain(scope, estimateId), actId),
    create: async (estimateId, { take, ...given }) => {
      const main = await lockMain(scope, estimateId);
      demandEdit(scope, main);
      await demandAgreed(scope, main);
      demandInWork(main);
      const today = await readToday(scope);
      const fields = readActFields(
        { date: today, periodFrom: monthOf(today), periodTo: today, acceptedBy: "" },
        given,
      );
      const id = newId();
      const act = { ...fields, id, estimateId: main.id, createdBy: userId, createdAt: now };
      // Looked at before anything is written: an outcome must leave nothing behind.
      const taken =
        take === "everything"
          ? await takeRest(scope, main)
          : await takeLines(scope, main, { actId: null, lines: take });
      if (taken.outcome === "over") return taken;
      await insertAct(tx, companyId, act);
      await taken.write(id);
      return { outcome: "done", act: await settle(scope, id) };
    },
    set: async (id, { version, lines, ...given }) => {
      const { main, act } = await lockOwnAct(scope, id);
      demandEdit(scope, main);
      if (act.status !== "draft") return { outcome: "late", act: await readAct(scope, act) };
      demandInWork(main);
      if (version !== null && version !== act.version) {
        return { outcome: "changed", act: await readAct(scope, act) };
      }
      const fields = readActFields(act, given);
      const taken = await takeLines(scope, main, { actId: id, lines: lines ?? [] });
      if (taken.outcome === "over") return taken;
      await taken.write(id);
      return { outcome: "done", act: await settle(scope, id, fields) };
    },
    sign: async (id, request) => {
      const { main, act } = await lockOwnAct(scope, id);
      demandEdit(scope, main);
      if (act.status === "draft") demandInWork(main);
      return signAct(scope, main, act, request);
    },
    cancel: async (id) => {
      const { main, act } = await lockOwnAct(scope, id);
      demandEdit(scope, main);
      if (act.status === "draft") {
        throw new AppError("conflict", "Это черновик: его можно просто удалить.");
      }
      if (act.status === "signed") {
        await setActCancelled(tx, companyId, id, { by: userId, at: now });
        await tellAct(scope, main, "act_cancelled", act);
      }
      return { outcome: "done", act: await readAct(scope, await readOwnAct(scope, id)) };
    },
    remove: async (id) => {
      const { main, act } = await lockOwnAct(scope, id);
      demandEdit(scope, main);
      if (act.status !== "draft") {
        throw new AppError("frozen", "Подписанный акт не удаляется, его можно отменить.");
      }
      await removeAct(tx, companyId, id);
    },
    order: async (id, paper, deliverTo) =>
      orderActPaper(scope, await readOwnAct(scope, id), paper, deliverTo),
  };
}

/** Counts anew what a draft comes to, and writes its fields where they are given. */
async function settle(scope: Scope, id: Id, fields?: ActFields): Promise<Act> {
  const { tx, actor } = scope;
  const before = await readOwnAct(scope, id);
  const act = { ...before, ...fields };
  const { total } = await billAct(scope, act);
  await updateAct(tx, actor.companyId, id, { ...pickFields(act), total });
  return readAct(scope, await readOwnAct(scope, id));
}

function pickFields({ date, periodFrom, periodTo, acceptedBy }: ActFields): ActFields {
  return { date, periodFrom, periodTo, acceptedBy };
}

/** `not_found` also where the estimate may not be seen. */
async function readOwnAct(scope: Scope, id: Id): Promise<ActState> {
  const act = await byId(id, () => findAct(scope.tx, scope.actor.companyId, id));
  await readOwnEstimateOf(scope, act?.estimateId ?? null, actNotFound());
  if (!act) throw actNotFound();
  return act;
}

/** `readOwnAct` with its contract locked first. */
async function lockOwnAct(scope: Scope, id: Id): Promise<{ main: EstimateState; act: ActState }> {
  const seen = await readOwnAct(scope, id);
  const main = await lockMain(scope, seen.estimateId);
  const act = await findAct(scope.tx, scope.actor.companyId, id);
  if (!act) throw actNotFound();
  return { main, act };
}

function demandEdit(scope: Scope, main: EstimateState): void {
  demand(scope, "estimate.edit", { ownerIds: [main.foremanId, main.createdBy] });
}

function actNotFound(): AppError {
  return new AppError("not_found", "Такого акта нет. Возможно, его удалили.");
}

/** A draft that was begun before its estimate was put away waits, too. */
function demandInWork(main: EstimateState): void {
  if (main.status === "approved") return;
  throw new AppError("conflict", "Смета в архиве: новых актов по ней нет, черновик не подписать.");
}
