import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../new_id.ts";
import { createTestWork, type TestWork } from "../testing.ts";
import { newEstimate, newPeople, submit, type TestPeople } from "./testing_agreement.ts";
import { createSteps, type Steps } from "./testing_steps.ts";

let work: TestWork;
let people: TestPeople;
let steps: Steps["steps"];
let as: Steps["as"];
let cardOf: Steps["cardOf"];
let estimateIn: Steps["estimateIn"];

beforeAll(async () => {
  work = await createTestWork();
  people = await newPeople(work);
  ({ steps, as, cardOf, estimateIn } = createSteps(work, people));
});

afterAll(() => work.close());

describe("a new version", () => {
  it("retires the old one at once and opens a draft with the same content", async () => {
    const { foreman } = people;
    const { id, revision } = await estimateIn("approved");
    const result = await steps.revise(foreman, id, revision);
    expect(result).toMatchObject({
      outcome: "done",
      revision: { status: "superseded", replacedBy: 2, decidedByName: "Фёдор Прораб" },
    });
    const card = await cardOf(id);
    expect(card).toMatchObject({ status: "draft", revision: 2 });
    expect(card.totals.total).toBe(revision.total);
    const second = await submit(work, foreman, id);
    expect(second).toMatchObject({ revision: 2, replacedBy: null });
    expect(second.sha256).not.toBe(revision.sha256);
  });

  it("makes a late tap on the old one's button harmless", async () => {
    const { foreman, manager } = people;
    const { id } = await newEstimate(work, foreman);
    const first = await submit(work, foreman, id);
    await steps.revise(foreman, id, first);
    await submit(work, foreman, id);
    for (const step of ["approve", "return", "withdraw", "revise"] as const) {
      const result = await steps[step](manager, id, first);
      expect(result).toMatchObject({ outcome: "late", revision: { replacedBy: 2 } });
    }
    expect((await cardOf(id)).status).toBe("submitted");
  });

  it("and an approval at once never both win silently", async () => {
    const { foreman, manager } = people;
    for (let round = 0; round < 5; round += 1) {
      const { id } = await newEstimate(work, foreman);
      const revision = await submit(work, foreman, id);
      const [approved, revised] = await Promise.all([
        steps.approve(manager, id, revision),
        steps.revise(foreman, id, revision),
      ]);
      expect(revised).toMatchObject({ outcome: "done" });
      const { decisions, status } = revised.revision;
      expect(status).toBe("superseded");
      expect(decisions).toHaveLength(approved.outcome === "done" ? 1 : 0);
      expect((await cardOf(id)).status).toBe("draft");
    }
  });

  it("follows what was returned, too", async () => {
    const { foreman } = people;
    const { id, revision } = await estimateIn("returned");
    await submit(work, foreman, id);
    const { items } = await as(foreman, (agreement) => agreement.revisions(id));
    const [second, first] = items;
    expect(second).toMatchObject({ revision: 2, status: "submitted" });
    expect(first).toMatchObject({
      id: revision.id,
      status: "superseded",
      replacedBy: 2,
      decisions: [{ decision: "returned", reason: "Дорого" }],
    });
  });

  it("is compared with the old one line by line", async () => {
    const { foreman } = people;
    const { id, revision } = await estimateIn("approved");
    await steps.revise(foreman, id, revision);
    const { content } = await work.asActor(foreman, ({ estimates }) => estimates.content(id));
    const line = [...content.lines.values()].find(({ name }) => name === "Снятие обоев");
    await work.asActor(foreman, ({ estimates }) =>
      estimates.change(id, {
        baseVersion: null,
        source: "bot",
        changes: [{ id: newId(), type: "line.remove", lineId: line?.id ?? "" }],
      }),
    );
    const compare = (to: number | null) =>
      as(foreman, (agreement) => agreement.compare(id, { from: 1, to }));
    const draft = await compare(null);
    expect(draft.removed).toMatchObject([{ before: { name: "Снятие обоев" } }]);
    expect(draft.totalBefore).toBe(revision.total);
    // 86 m² at 90 roubles and the hidden 10 %.
    expect(draft.difference).toBe(-851_400n);
    await submit(work, foreman, id);
    expect(await compare(2)).toEqual(draft);
    for (const to of [3, 0, -1, 1.5, 2 ** 40]) {
      await expect(compare(to)).rejects.toMatchObject({ code: "not_found" });
    }
  });
});

describe("what is another's", () => {
  it("does not exist for other companies and for foremen whose it is not", async () => {
    const { stranger, otherForeman } = people;
    const { id, revision } = await estimateIn("submitted");
    const reference = { revisionId: revision.id };
    for (const actor of [stranger, otherForeman]) {
      for (const act of [
        () => as(actor, (agreement) => agreement.check(id)),
        () => steps.submit(actor, id),
        () => steps.approve(actor, id, revision),
        () => steps.return(actor, id, revision),
        () => steps.withdraw(actor, id, revision),
        () => steps.revise(actor, id, revision),
        () => steps.archive(actor, id),
        () => as(actor, (agreement) => agreement.revisions(id)),
        () => as(actor, (agreement) => agreement.revision(reference.revisionId)),
        () => as(actor, (agreement) => agreement.current(id)),
        () => as(actor, (agreement) => agreement.compare(id, { from: 1, to: null })),
        () => work.asActor(actor, ({ sharing }) => sharing.share(id)),
        () => work.asActor(actor, ({ sharing }) => sharing.links(id)),
        () => work.asActor(actor, ({ questions }) => questions.list(id)),
      ]) {
        await expect(act()).rejects.toMatchObject({ code: "not_found" });
      }
    }
    expect((await cardOf(id)).status).toBe("submitted");
  });
});
