import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "../../domain/access.ts";
import type { Id } from "../../domain/ids.ts";
import { newEstimate, submit } from "../services/testing_agreement.ts";
import { createManagerStage, type ManagerStage } from "./testing.ts";
import { indexAll } from "./testing_seed.ts";

const HOUR = 3_600_000;
/** More than a page holds. */
const EMPTY_DRAFTS = 55;

let stage: ManagerStage;
let cookie: string;
let start: number;
/** By what became of it; each comes to 196 736,26. */
const ids = { approved: "", client: "", manager: "", draft: "" };

beforeAll(async () => {
  stage = await createManagerStage();
  const { foreman, otherForeman, manager } = stage.people;
  start = stage.work.clock.now.getTime();
  ids.approved = await newAt(foreman, 0);
  ids.manager = await newAt(otherForeman, 0);
  ids.client = await newAt(foreman, 0);
  ids.draft = await newAt(foreman, 0);
  moveTo(4);
  const { id: revisionId } = await submit(stage.work, foreman, ids.approved);
  moveTo(10);
  await stage.work.asActor(manager, ({ agreement }) =>
    agreement.approve({ revisionId }, { channel: "chat" }),
  );
  await submit(stage.work, otherForeman, ids.manager);
  moveTo(34);
  await submit(stage.work, foreman, ids.client, "client");
  moveTo(106);
  await indexAll(stage);
});

afterAll(() => stage.close());

function moveTo(hours: number): void {
  stage.work.clock.now = new Date(start + hours * HOUR);
}

async function newAt(actor: Actor, hours: number): Promise<Id> {
  const { id } = await newEstimate(stage.work, actor);
  await stage.work.database.sql`
    update estimates set created_at = ${new Date(start + hours * HOUR)} where id = ${id}
  `;
  return id;
}

async function open(path: string): Promise<string> {
  cookie ||= await stage.login(stage.people.manager);
  const answer = await stage.get(path, cookie);
  expect([path, answer.status]).toEqual([path, 200]);
  return answer.text();
}

/** What is read there, with plain spaces. */
function wordsOf(page: string): string {
  return page.replace(/<[^>]*>/g, " ").replace(/[\s\u00a0]+/g, " ");
}

function listed(page: string): string[] {
  return [...page.matchAll(/class="number" href="\/manager\/estimates\/([\w-]{36})"/g)].map(
    ([, id]) => id ?? "",
  );
}

/** Every estimate of a list, page by page. */
async function walk(path: string): Promise<string[][]> {
  const pages: string[][] = [];
  let next: string | undefined = path;
  while (next !== undefined) {
    const page: string = await open(next);
    pages.push(listed(page));
    next = /rel="next" href="([^"]+)"/.exec(page)?.[1]?.replaceAll("&amp;", "&");
  }
  return pages;
}

describe("the overview", () => {
  it("sums money by status, month and foreman", async () => {
    const page = await open("/manager");
    const words = wordsOf(page);
    expect(words).toContain("черновик 196 736,26 ₽ 1 смета");
    expect(words).toContain("на согласовании 393 472,52 ₽ 2 сметы");
    expect(words).toContain("утверждена 196 736,26 ₽ 1 смета");
    expect(words).toContain("ноябрь 2026 786 945,04 ₽ 196 736,26 ₽");
    expect(words).toMatch(
      /Фёдор Прораб .*3 590 208,78 ₽ 196 736,26 ₽ .*1 196 736,26 ₽ 0,00 ₽ Дольше/,
    );
  });

  it("tells who can't see its picture what is in it", async () => {
    const label = /role="img" aria-label="([^"]+)"/.exec(await open("/manager"))?.[1] ?? "";
    expect(wordsOf(label)).toBe("Сметы по месяцам. ноябрь 2026: 786 945,04 ₽");
  });

  it("follows estimates from the draft to the approval, with the usual times", async () => {
    const words = wordsOf(await open("/manager"));
    expect(words).toContain("Создано 4 · 100 %");
    // After 4, 10 and 34 hours.
    expect(words).toContain("до отправки: обычно 10 ч (половина быстрее)");
    expect(words).toContain("Отправлено 3 · 75 %");
    expect(words).toContain("до утверждения: обычно 6 ч (половина быстрее)");
    expect(words).toContain("Утверждено 1 · 25 %");
  });

  it("shows what waits, longest first, and for whom", async () => {
    const page = await open("/manager");
    const waiting = page.slice(page.indexOf("Дольше всего ждут"));
    expect(listed(waiting)).toEqual([ids.manager, ids.client]);
    expect(wordsOf(waiting)).toMatch(/руководитель 196 736,26 ₽ 4 дня .*заказчик.* 3 дня/);
  });
});

describe("the list of estimates", () => {
  it("is narrowed by status and foreman, and counts what is left", async () => {
    const approved = await open("/manager/estimates?status=approved");
    expect(listed(approved)).toEqual([ids.approved]);
    expect(wordsOf(approved)).toContain("1 смета на 196 736,26 ₽");
    const { userId } = stage.people.otherForeman;
    expect(listed(await open(`/manager/estimates?foreman=${userId}`))).toEqual([ids.manager]);
    const both = `/manager/estimates?foreman=${userId}&status=approved`;
    expect(listed(await open(both))).toEqual([]);
  });

  it("is searched by the forms of words and with mistakes in them", async () => {
    const found = await open("/manager/estimates?q=подсветкой");
    expect(listed(found)).toHaveLength(4);
    expect(found).toContain("Строка: <mark>Подсветка</mark>");
    expect(await open("/manager/estimates")).not.toContain("<mark>");
    const mistyped = await open("/manager/estimates?q=потсветка");
    expect(listed(mistyped)).toHaveLength(4);
    expect(mistyped).toContain("<mark>Подсветка</mark>");
    expect(wordsOf(mistyped)).toContain("Точно таких слов нет. Показано похожее");
    expect(listed(await open("/manager/estimates?q=бетономешалка"))).toEqual([]);
  });

  it("brings everything once and in its order, page by page", async () => {
    const { foreman } = stage.people;
    for (let count = 0; count < EMPTY_DRAFTS; count += 1) {
      await stage.work.asActor(foreman, ({ estimates }) => estimates.create({ projectId: null }));
    }
    const { sql } = stage.work.database;
    // Two of each sum, so that a page may end between equals.
    await sql`
      update estimates
      set total_amount = number_sequence / 2
      where total_amount = 0
    `;
    for (const [order, column] of [
      ["", sql`id desc`],
      ["sum", sql`total_amount desc, id desc`],
      ["changed", sql`updated_at desc, id desc`],
    ] as const) {
      const rows = await sql`select id from estimates order by ${column}`;
      const pages = await walk(`/manager/estimates?order=${order}`);
      expect([order, pages.map((page) => page.length)]).toEqual([
        order,
        [50, EMPTY_DRAFTS + 4 - 50],
      ]);
      expect([order, pages.flat()]).toEqual([order, rows.map((row) => row["id"])]);
    }
  });

  it("refuses a place that no page gave", async () => {
    const answer = await stage.get("/manager/estimates?after=nonsense", cookie);
    expect(answer.status).toBe(400);
  });
});
