import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "../../domain/access.ts";
import { applyChanges, type Change } from "../../domain/estimate/changes.ts";
import { emptyContent, encodeContent } from "../../domain/estimate/estimate.ts";
import { someChange } from "../../domain/estimate/testing.ts";
import { clientCoefficients, sumLines, totalsOf } from "../../domain/estimate/totals.ts";
import { formatMoney, kopecks } from "../../domain/money.ts";
import type { EstimateCard, ListedLine } from "../../domain/services.ts";
import { parseQuantity } from "../../domain/quantity.ts";
import { newId } from "../new_id.ts";
import { createTestWork, type TestWork } from "../testing.ts";

let work: TestWork;
let owner: Actor;

beforeAll(async () => {
  work = await createTestWork();
  owner = await work.newActor();
});

afterAll(async () => {
  await work.close();
});

function create(actor: Actor = owner, title = ""): Promise<EstimateCard> {
  return work.asActor(actor, ({ estimates }) => estimates.create({ projectId: null, title }));
}

function listed(name: string, quantity: string, price: bigint | null): ListedLine {
  return {
    name,
    unit: "м²",
    quantity: parseQuantity(quantity) ?? 0n,
    price: price === null ? null : kopecks(price),
    kind: "work",
  };
}

function rename(title: string): Change {
  return { id: newId(), type: "estimate.set", set: { title } };
}

describe("estimates", () => {
  it("are numbered per company and year without gaps, also by 20 creators at once", async () => {
    const actor = await work.newActor();
    const cards = await Promise.all(Array.from({ length: 20 }, () => create(actor)));
    expect(cards.map((card) => card.number).sort()).toEqual(
      Array.from({ length: 20 }, (_, index) => `СМ-2026-${String(index + 1).padStart(4, "0")}`),
    );
  });

  it("give a number back when their creation fails", async () => {
    const actor = await work.newActor();
    await expect(
      work.asActor(actor, async ({ estimates }) => {
        await estimates.create({ projectId: null });
        throw new Error("crash before the commit");
      }),
    ).rejects.toThrow("crash");
    expect((await create(actor)).number).toBe("СМ-2026-0001");
  });

  it("begin with the company's VAT of the day and thirty days of validity", async () => {
    const actor = await work.newActor();
    await work.asActor(actor, ({ company }) =>
      company.setVatMode({
        validFrom: "2026-01-01" as EstimateCard["date"],
        mode: { kind: "on_top", rate: "standard" },
      }),
    );
    const card = await create(actor);
    expect(card).toMatchObject({
      date: "2026-11-22",
      validUntil: "2026-12-22",
      vat: { kind: "on_top", rate: "standard" },
      status: "draft",
      version: 1,
    });
  });

  it("take a list: sections are made once and continued, places stay in order", async () => {
    const { id } = await create();
    const lines = (names: string[]) => names.map((name) => listed(name, "2", 10_000n));
    await work.asActor(owner, async ({ estimates }) => {
      await estimates.addList(id, [{ title: "Полы", kind: "work", lines: lines(["а", "б"]) }], {
        source: "bot",
      });
      const added = await estimates.addList(
        id,
        [
          { title: null, kind: "work", lines: lines(["без раздела"]) },
          { title: "полы", kind: "work", lines: lines(["в"]) },
          { title: "Стены", kind: "work", lines: lines(["г"]) },
        ],
        { source: "bot" },
      );
      expect(added).toMatchObject({ added: 3, priced: 0, unpriced: 0 });
      const { card, content } = await estimates.content(id);
      expect(card.sections.map((section) => [section.title, section.lines])).toEqual([
        ["Полы", 3],
        ["Стены", 1],
      ]);
      expect(card.loose).toMatchObject({ lines: 1, work: 20_000n });
      expect(encodeContent(content).lines.map((line) => line.name)).toEqual([
        "без раздела",
        "а",
        "б",
        "в",
        "г",
      ]);
      expect(formatMoney(card.totals.total)).toBe("1000.00");
    });
  });

  it("take a missing price from the catalogue, say so, and count what has none", async () => {
    const { id } = await create();
    await work.asActor(owner, async ({ estimates, catalogue }) => {
      await catalogue.create({
        kind: "work",
        name: "Штукатурка стен",
        unit: "м²",
        price: kopecks(65_000n),
        cost: kopecks(40_000n),
        code: "",
        section: "",
      });
      const added = await estimates.addList(
        id,
        [
          {
            title: null,
            kind: "work",
            lines: [listed("штукатурка  СТЕН", "1", null), listed("Неведомое", "1", null)],
          },
        ],
        { source: "bot" },
      );
      expect(added).toMatchObject({ added: 2, priced: 1, unpriced: 1 });
      const { content } = await estimates.content(id);
      expect(
        [...content.lines.values()].map(({ name, price, cost, priceSource }) => [
          name,
          price,
          cost,
          priceSource,
        ]),
      ).toEqual([
        ["штукатурка  СТЕН", 65_000n, 40_000n, "catalogue"],
        ["Неведомое", 0n, null, "typed"],
      ]);
    });
  });

  it("answer a resent batch as accepted, without doing it twice", async () => {
    const { id } = await create();
    const changes = [rename("Раз"), rename("Два")];
    const send = (baseVersion: number | null) =>
      work.asActor(owner, ({ estimates }) =>
        estimates.change(id, { baseVersion, changes, source: "miniapp" }),
      );
    expect(await send(1)).toMatchObject({ outcome: "accepted", version: 2 });
    expect(await send(1)).toMatchObject({ outcome: "accepted", version: 2 });
    const [first] = changes;
    const twice = await work.asActor(owner, ({ estimates }) =>
      estimates.change(id, {
        baseVersion: null,
        changes: first ? [first, first] : [],
        source: "miniapp",
      }),
    );
    expect(twice).toMatchObject({ outcome: "accepted", version: 2 });
  });

  it("answer a batch for an old version with the changes since then", async () => {
    const { id } = await create();
    const mine = rename("Моё");
    const theirs = rename("Чужое");
    await work.asActor(owner, ({ estimates }) =>
      estimates.change(id, { baseVersion: 1, changes: [theirs], source: "bot" }),
    );
    const result = await work.asActor(owner, ({ estimates }) =>
      estimates.change(id, { baseVersion: 1, changes: [mine], source: "miniapp" }),
    );
    expect(result).toEqual({ outcome: "conflict", version: 2, since: [theirs] });
    expect((await work.asActor(owner, ({ estimates }) => estimates.card(id))).title).toBe("Чужое");
  });

  it("keep every change of 32 writers at once, in one order", async () => {
    const { id } = await create();
    const changes = Array.from({ length: 32 }, (_, index) => rename(`Писатель ${index}`));
    await Promise.all(
      changes.map((change) =>
        work.asActor(owner, ({ estimates }) =>
          estimates.change(id, { baseVersion: null, changes: [change], source: "miniapp" }),
        ),
      ),
    );
    const since = await work.asActor(owner, ({ estimates }) => estimates.changesSince(id, 1));
    expect(since.version).toBe(33);
    expect(since.changes.map((change) => change.id).sort()).toEqual(
      changes.map((change) => change.id).sort(),
    );
    const card = await work.asActor(owner, ({ estimates }) => estimates.card(id));
    expect(since.changes.at(-1)).toMatchObject({ set: { title: card.title } });
  });

  // Many short histories find what a change does, a few long ones what changes do to each other.
  it.each([
    { histories: 30, batches: 3, changes: 6 },
    { histories: 6, batches: 6, changes: 15 },
  ])(
    "equal their log replayed from zero, and their sums those of their lines: %o",
    async (most) => {
      const batch = fc.array(someChange, { minLength: 1, maxLength: most.changes });
      const batches = fc.array(batch, { minLength: 1, maxLength: most.batches });
      await fc.assert(
        fc.asyncProperty(batches, async (edits) => {
          const { id } = await create();
          for (const changes of edits) {
            await work.asActor(owner, ({ estimates }) =>
              estimates.change(id, { baseVersion: null, changes, source: "miniapp" }),
            );
          }
          await work.asActor(owner, async ({ estimates }) => {
            const { card, content } = await estimates.content(id);
            const log = await estimates.changesSince(id, 0);
            const replayed = applyChanges(emptyContent(), log.changes);
            expect(encodeContent(replayed)).toEqual(encodeContent(content));
            const coefficients = clientCoefficients(content.adjustments.values());
            expect(card.sums).toEqual(sumLines(content.lines.values(), coefficients));
            expect(card.totals).toEqual(totalsOf(content));
            const listItem = (await estimates.list({})).items.find((item) => item.id === id);
            expect(listItem?.total).toBe(card.totals.total);
          });
        }),
        { numRuns: most.histories },
      );
    },
  );

  it("copy their whole content under a new number of today", async () => {
    const { id, number } = await create(owner, "Оригинал");
    await work.asActor(owner, async ({ estimates }) => {
      await estimates.addList(
        id,
        [{ title: "Полы", kind: "work", lines: [listed("Стяжка", "4.2", 90_000n)] }],
        { source: "bot" },
      );
      const copy = await estimates.duplicate(id);
      expect(copy.number).not.toBe(number);
      expect(copy.totals.total).toBe(378_000n);
      const { content } = await estimates.content(copy.id);
      const original = await estimates.content(id);
      const expected = encodeContent(original.content);
      expect(encodeContent(content)).toEqual({
        ...expected,
        lines: expected.lines.map((line) => ({ ...line, priceSource: "history" })),
      });
      const log = await estimates.changesSince(copy.id, 0);
      expect(encodeContent(applyChanges(emptyContent(), log.changes))).toEqual(
        encodeContent(content),
      );
    });
  });

  it("can be removed and brought back, and keep their number meanwhile", async () => {
    const { id, number } = await create();
    await work.asActor(owner, ({ estimates }) => estimates.remove(id));
    const { items } = await work.asActor(owner, ({ estimates }) => estimates.list({ limit: 100 }));
    expect(items.some((item) => item.id === id)).toBe(false);
    await expect(
      work.asActor(owner, ({ estimates }) =>
        estimates.change(id, { baseVersion: null, changes: [rename("x")], source: "bot" }),
      ),
    ).rejects.toMatchObject({ code: "not_found" });
    const restored = await work.asActor(owner, ({ estimates }) => estimates.restore(id));
    expect(restored).toMatchObject({ number, isRemoved: false });
  });

  it("refuse a sum beyond a hundred billion with a sentence, and keep what was there", async () => {
    const { id } = await create();
    const huge = { ...listed("Опечатка", "10000000", 1_000_000_000_000n) };
    await expect(
      work.asActor(owner, ({ estimates }) =>
        estimates.addList(id, [{ title: null, kind: "work", lines: [huge] }], { source: "bot" }),
      ),
    ).rejects.toMatchObject({ code: "invalid", message: expect.stringContaining("100 млрд") });
    expect(await work.asActor(owner, ({ estimates }) => estimates.card(id))).toMatchObject({
      version: 1,
      totals: { total: 0n },
    });
  });

  it("refuse any change once they are frozen", async () => {
    const { id } = await create();
    await work.database.sql`update estimates set status = 'approved' where id = ${id}`;
    await expect(
      work.asActor(owner, ({ estimates }) =>
        estimates.change(id, { baseVersion: 1, changes: [rename("x")], source: "api" }),
      ),
    ).rejects.toMatchObject({ code: "frozen" });
    await expect(
      work.asActor(owner, ({ estimates }) => estimates.remove(id)),
    ).rejects.toMatchObject({ code: "frozen" });
  });

  it("are paged newest first without a gap or a double", async () => {
    const actor = await work.newActor();
    const made: string[] = [];
    for (let index = 0; index < 7; index += 1) made.unshift((await create(actor)).id);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof readPage>> = await readPage(actor, cursor);
      seen.push(...page.items.map((item) => item.id));
      cursor = page.next;
    } while (cursor !== null);
    expect(seen).toEqual(made);
  });

  function readPage(actor: Actor, cursor: string | null) {
    return work.asActor(actor, ({ estimates }) => estimates.list({ cursor, limit: 3 }));
  }

  it("are found by number, title, object, client and phone, ё as е", async () => {
    const actor = await work.newActor();
    await work.asActor(actor, async ({ estimates, projects, clients }) => {
      const client = await clients.create({
        name: "Пётр Иванов",
        kind: "person",
        phones: [{ raw: "8 916 123-45-67", e164: "+79161234567" }],
        emails: [],
        inn: "",
        address: "",
        note: "",
      });
      const project = await projects.create({
        title: "Ленина 12, кв. 5",
        address: "",
        clientId: client.id,
        note: "",
      });
      const { id } = await estimates.create({ projectId: project.id, title: "Ванная" });
      await estimates.create({ projectId: null, title: "Другая" });
      for (const search of ["СМ-2026-0001", "ванная", "ленина 12", "петр", "89161234567"]) {
        const { items } = await estimates.list({ search });
        expect([search, items.map((item) => item.id)]).toEqual([search, [id]]);
      }
      expect((await estimates.list({ search: "100%_" })).items).toEqual([]);
    });
  });
});

describe("rights on estimates", () => {
  it("let a foreman see his own only, and reveal nothing of the others", async () => {
    const companyId = owner.companyId;
    const foreman = await work.newActor({ companyId, role: "foreman" });
    const other = await create();
    const own = await create(foreman);
    await expect(
      work.asActor(foreman, ({ estimates }) => estimates.card(other.id)),
    ).rejects.toMatchObject({ code: "not_found" });
    const unknown = await work
      .asActor(foreman, ({ estimates }) => estimates.card(newId()))
      .catch((error: unknown) => error);
    const hidden = await work
      .asActor(foreman, ({ estimates }) => estimates.card(other.id))
      .catch((error: unknown) => error);
    expect(String(hidden)).toBe(String(unknown));
    const { items } = await work.asActor(foreman, ({ estimates }) => estimates.list({}));
    expect(items.map((item) => item.id)).toEqual([own.id]);
  });

  it("refuse every function for another company's estimate", async () => {
    const stranger = await work.newActor();
    const { id } = await create();
    const attempts: ((actor: Actor) => Promise<unknown>)[] = [
      (actor) => work.asActor(actor, ({ estimates }) => estimates.card(id)),
      (actor) => work.asActor(actor, ({ estimates }) => estimates.content(id)),
      (actor) => work.asActor(actor, ({ estimates }) => estimates.changesSince(id, 0)),
      (actor) => work.asActor(actor, ({ estimates }) => estimates.duplicate(id)),
      (actor) => work.asActor(actor, ({ estimates }) => estimates.remove(id)),
      (actor) => work.asActor(actor, ({ estimates }) => estimates.restore(id)),
      (actor) =>
        work.asActor(actor, ({ estimates }) => estimates.addList(id, [], { source: "bot" })),
      (actor) =>
        work.asActor(actor, ({ estimates }) =>
          estimates.change(id, { baseVersion: null, changes: [rename("x")], source: "bot" }),
        ),
      (actor) => work.asActor(actor, ({ documents }) => documents.order(id, "pdf", { chatId: 1 })),
    ];
    for (const attempt of attempts) {
      await expect(attempt(stranger)).rejects.toMatchObject({ code: "not_found" });
    }
  });

  it("refuse an object or a client of another company", async () => {
    const stranger = await work.newActor();
    const project = await work.asActor(stranger, ({ projects }) =>
      projects.create({ title: "Чужой", address: "", clientId: null, note: "" }),
    );
    const { id } = await create();
    await expect(
      work.asActor(owner, ({ estimates }) => estimates.create({ projectId: project.id })),
    ).rejects.toMatchObject({ code: "not_found" });
    await expect(
      work.asActor(owner, ({ estimates }) =>
        estimates.change(id, {
          baseVersion: null,
          changes: [{ id: newId(), type: "estimate.set", set: { projectId: project.id } }],
          source: "api",
        }),
      ),
    ).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("jobs of a change", () => {
  it("are there when it committed and not when it was rolled back", async () => {
    const actor = await work.newActor();
    const { id } = await create(actor);
    const waiting = () => work.database.sql`
      select count(*)::int as count from pgboss.job
      where name = 'document.render' and data ->> 'companyId' = ${actor.companyId}
    `;
    await work
      .asActor(actor, async ({ documents }) => {
        await documents.order(id, "pdf", { chatId: 1 });
        throw new Error("crash before the commit");
      })
      .catch(() => undefined);
    expect(await waiting()).toEqual([{ count: 0 }]);
    await work.asActor(actor, ({ documents }) => documents.order(id, "pdf", { chatId: 1 }));
    expect(await waiting()).toEqual([{ count: 1 }]);
    expect(work.committed).toContainEqual(["document.render"]);
  });
});
