import { afterAll, beforeAll, expect, it } from "vitest";
import type { Change } from "../../domain/estimate/changes.ts";
import type { Id } from "../../domain/ids.ts";
import type { EstimateService } from "../../domain/services.ts";
import { PERCENT_ONE } from "../../domain/percent.ts";
import { QUANTITY_ONE } from "../../domain/quantity.ts";
import { newId } from "../../server/new_id.ts";
import { createTestWork, type TestWork } from "../../server/testing.ts";
import type { Simulator } from "../simulator/simulator.ts";
import { flat, settleIn } from "../testing.ts";
import { type BotStage, has, openBotStage, type Person } from "./testing_stage.ts";

let work: TestWork;
let stage: BotStage;
let simulator: Simulator;

beforeAll(async () => {
  work = await createTestWork();
  stage = await openBotStage(work.updates);
  ({ simulator } = stage);
});

afterAll(async () => {
  await stage.close();
  await work.close();
});

/** Does as the person of the chat what only the Mini App can; the newest estimate goes in. */
async function inMiniApp<Result>(
  person: Person,
  act: (estimates: EstimateService, estimateId: Id) => Promise<Result>,
): Promise<Result> {
  await simulator.settle();
  const [row] = await work.database.sql`
    select memberships.company_id, memberships.user_id
    from memberships join telegram_users on telegram_users.user_id = memberships.user_id
    where telegram_id = ${person.id}
  `;
  const companyId = String(row?.["company_id"]);
  const userId = String(row?.["user_id"]);
  return work.asActor({ companyId, userId, role: "owner" }, async ({ estimates }) => {
    const { items } = await estimates.list({ cursor: null, limit: 1 });
    return act(estimates, items[0]?.id ?? "");
  });
}

async function linesOf(person: Person): Promise<Id[]> {
  return inMiniApp(person, async (estimates, id) => [
    ...(await estimates.content(id)).content.lines.keys(),
  ]);
}

async function change(person: Person, ...changes: Change[]): Promise<void> {
  const request = { baseVersion: null, changes, source: "miniapp" as const };
  const result = await inMiniApp(person, (estimates, id) => estimates.change(id, request));
  expect(result).toMatchObject({ outcome: "accepted", dropped: [] });
}

async function addEstimate(owner: Person, list: string): Promise<void> {
  owner.command("new");
  await owner.waitFor("Для какого объекта смета?");
  owner.press("Без объекта");
  await owner.waitFor("Пришлите работы");
  owner.sendText(list);
  await owner.waitFor("Понятно");
  owner.press(owner.buttons().flat()[0] ?? "");
  await owner.waitFor(/СМ-\d{4}-\d{4} · черновик/);
}

async function openHistory(owner: Person): Promise<string[]> {
  owner.press("⋯ Ещё");
  await owner.waitFor(has(owner, "🕘 История"));
  owner.press("🕘 История");
  const history = flat(await owner.waitFor("последние изменения"));
  return history.split("\n").filter((line) => line.startsWith("•") || line.startsWith("…"));
}

it("the history names every kind of change, the newest first", async () => {
  const owner = await settleIn(simulator.person({ firstName: "Пётр" }));
  await addEstimate(owner, "Стяжка 10 м2 900\nОбои 20 м2 500");
  expect(await openHistory(owner)).toEqual(["• добавлено 2 строки", "• смета создана"]);
  owner.press("⬅️ Назад");
  await owner.waitFor(has(owner, "⋯ Ещё"));
  const [first = "", second = ""] = await linesOf(owner);
  const [section, adjustment, room] = [newId(), newId(), newId()];
  const id = () => newId();
  const percent = PERCENT_ONE;
  await change(
    owner,
    {
      id: id(),
      type: "section.add",
      section: { id: section, title: "Полы", kind: "work", position: "a0" },
    },
    { id: id(), type: "section.set", sectionId: section, set: { title: "Полы и стены" } },
    { id: id(), type: "section.move", sectionId: section, position: "a1" },
    { id: id(), type: "line.set", lineId: first, set: { name: "Стяжка пола" } },
    { id: id(), type: "line.move", lineId: first, sectionId: section, position: "a0" },
  );
  await change(
    owner,
    { id: id(), type: "line.remove", lineId: second },
    { id: id(), type: "section.remove", sectionId: section },
  );
  await change(
    owner,
    {
      id: id(),
      type: "adjustment.add",
      adjustment: {
        id: adjustment,
        position: "a0",
        title: "Накладные",
        percent,
        base: "all",
        isHidden: false,
      },
    },
    { id: id(), type: "adjustment.set", adjustmentId: adjustment, set: { title: "Транспорт" } },
    { id: id(), type: "adjustment.remove", adjustmentId: adjustment },
  );
  const sizes = { length: QUANTITY_ONE, width: QUANTITY_ONE, height: QUANTITY_ONE, openings: [] };
  await change(
    owner,
    { id: id(), type: "room.add", room: { id: room, position: "a0", name: "Кухня", ...sizes } },
    { id: id(), type: "room.set", roomId: room, set: { name: "Ванная" } },
    { id: id(), type: "room.remove", roomId: room },
  );
  await change(owner, {
    id: id(),
    type: "estimate.set",
    set: { title: "Ленина 12", note: "спешим", warranty: "год" },
  });
  const history = await openHistory(owner);
  expect(history).toEqual([
    "• изменено: название, условия",
    "• изменены размеры помещения",
    "• изменены размеры помещения",
    "• изменены размеры помещения",
    "• удалено начисление",
    "• изменено начисление",
    "• изменено начисление",
    "• удалён раздел",
    "• удалена строка",
    "• изменён порядок",
    "• изменена строка",
    "• изменён порядок",
    "• изменён раздел",
    "• добавлен раздел «Полы»",
    "• добавлено 2 строки",
    "… и раньше",
  ]);
});

it("the lines of a long estimate are read page by page, with their sections and what is optional", async () => {
  const owner = await settleIn(simulator.person({ firstName: "Пётр" }));
  const works = Array.from({ length: 14 }, (_, index) => `Работа ${index + 1} 1 шт 100`);
  await addEstimate(owner, ["Полы", ...works, "Грунтовка 5 м2"].join("\n"));
  const [lineId = ""] = await linesOf(owner);
  const set = { isOptional: true, isChosen: false };
  await change(owner, { id: newId(), type: "line.set", lineId, set });
  owner.press("✏️ Открыть");
  const page = flat(await owner.waitFor("строки 1–12 из 15"));
  expect(page).toContain(
    "\n\nПолы\n1. Работа 1: 1 шт × 100,00 ₽ = 100,00 ₽ · по желанию, не в сумме",
  );
  owner.press("Ещё ▶️");
  const rest = flat(await owner.waitFor("строки 13–15 из 15"));
  expect(rest).toContain("15. Грунтовка: 5 м² × цены нет = 0,00 ₽");
  expect(owner.buttons().flat()).toEqual(["⏮ В начало", "⬅️ Назад"]);
  owner.press("⏮ В начало");
  await owner.waitFor("строки 1–12 из 15");
});

it("an estimate without lines has nothing to read", async () => {
  const owner = await settleIn(simulator.person({ firstName: "Пётр" }));
  await addEstimate(owner, "Стяжка 10 м2 900");
  const [lineId = ""] = await linesOf(owner);
  await change(owner, { id: newId(), type: "line.remove", lineId });
  owner.press("✏️ Открыть");
  const page = await owner.waitFor("строки 0–0 из 0");
  expect(owner.buttons(page).flat()).toEqual(["⬅️ Назад"]);
});
