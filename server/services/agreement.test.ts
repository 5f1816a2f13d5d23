import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Revision } from "../../domain/agreement.ts";
import { kopecks } from "../../domain/money.ts";
import { newId } from "../new_id.ts";
import { createTestWork, type TestWork } from "../testing.ts";
import { listTold, newEstimate, newPeople, submit, type TestPeople } from "./testing_agreement.ts";
import { createSteps, type Steps } from "./testing_steps.ts";

let work: TestWork;
let people: TestPeople;
let steps: Steps["steps"];
let as: Steps["as"];
let cardOf: Steps["cardOf"];

beforeAll(async () => {
  work = await createTestWork();
  people = await newPeople(work);
  ({ steps, as, cardOf } = createSteps(work, people));
});

afterAll(() => work.close());

describe("submitting", () => {
  it("freezes the content, its hash and its total", async () => {
    const { foreman } = people;
    const { id } = await newEstimate(work, foreman);
    const card = await cardOf(id);
    const revision = await submit(work, foreman, id);
    expect(revision).toMatchObject({
      revision: 1,
      version: card.version,
      total: card.totals.total,
      status: "submitted",
      submittedBy: { name: "Фёдор Прораб" },
      decisions: [],
      replacedBy: null,
    });
    const [row] = await work.database.sql`
      select document, sha256 from estimate_revisions where id = ${revision.id}
    `;
    const digest = createHash("sha256").update(String(row?.["document"])).digest("hex");
    expect(digest).toBe(revision.sha256);
    expect(row?.["sha256"]).toBe(digest);
  });

  it("tells leaders, not the sender", async () => {
    const own = await newPeople(work);
    const { id } = await newEstimate(work, own.foreman);
    await submit(work, own.foreman, id);
    const told = await listTold(work, own.owner.companyId);
    expect(told.map(({ kind, name }) => `${kind}: ${name}`).toSorted()).toEqual([
      "submitted: Ольга Владелица",
      "submitted: Пётр Начальник",
    ]);
    expect(told[0]?.content).toMatchObject({ estimateId: id, byName: "Фёдор Прораб", revision: 1 });
  });

  it("orders the PDF of the revision in the same transaction", async () => {
    const { foreman } = people;
    const { id } = await newEstimate(work, foreman);
    work.committed.length = 0;
    const revision = await submit(work, foreman, id);
    expect(work.committed).toEqual([expect.arrayContaining(["document.render"])]);
    const rows = await work.database.sql`
      select format from documents where revision_id = ${revision.id}
    `;
    expect(rows).toMatchObject([{ format: "pdf" }]);
  });

  it("stops at blocking problems, and at warnings until they are accepted", async () => {
    const { foreman } = people;
    const { id } = await work.asActor(foreman, ({ estimates }) =>
      estimates.create({ projectId: null }),
    );
    const send = (acceptWarnings: boolean) =>
      as(foreman, (agreement) => agreement.submit(id, { audience: "manager", acceptWarnings }));
    expect(await send(true)).toMatchObject({
      outcome: "problems",
      problems: [
        { kind: "no_lines", isBlocking: true },
        { kind: "no_client", isBlocking: false },
      ],
    });
    const line = { name: "Стяжка", unit: "м²", quantity: 20_000_000n, kind: "work" as const };
    await work.asActor(foreman, ({ estimates }) =>
      estimates.addList(
        id,
        [{ title: null, kind: "work", lines: [{ ...line, price: kopecks(50_000n) }] }],
        { source: "bot" },
      ),
    );
    expect(await send(false)).toEqual({
      outcome: "problems",
      problems: [{ kind: "no_client", isBlocking: false }],
    });
    expect((await cardOf(id)).status).toBe("draft");
    expect(await send(true)).toMatchObject({
      outcome: "submitted",
      warnings: [{ kind: "no_client" }],
    });
  });

  it("warns of a price far from the company's own median", async () => {
    const own = await newPeople(work);
    for (let index = 0; index < 3; index += 1) await newEstimate(work, own.foreman);
    const { id } = await newEstimate(work, own.foreman);
    expect(await as(own.foreman, (agreement) => agreement.check(id))).toEqual([]);
    const { content } = await work.asActor(own.foreman, ({ estimates }) => estimates.content(id));
    const line = [...content.lines.values()].find(({ name }) => name === "Снятие обоев");
    await work.asActor(own.foreman, ({ estimates }) =>
      estimates.change(id, {
        baseVersion: null,
        source: "bot",
        changes: [
          {
            id: newId(),
            type: "line.set",
            lineId: line?.id ?? "",
            set: { price: kopecks(90_000n) },
          },
        ],
      }),
    );
    expect(await as(own.foreman, (agreement) => agreement.check(id))).toEqual([
      {
        kind: "far_price",
        isBlocking: false,
        line: expect.objectContaining({ name: "Снятие обоев", price: 90_000n }),
        median: 9_000n,
      },
    ]);
  });

  it("refuses what changed since the person looked", async () => {
    const { foreman } = people;
    const { id } = await newEstimate(work, foreman);
    const { version } = await cardOf(id);
    const send = (seen: number) =>
      as(foreman, (agreement) =>
        agreement.submit(id, { audience: "manager", acceptWarnings: true, version: seen }),
      );
    expect(await send(version - 1)).toEqual({ outcome: "changed", version });
    expect(await send(version)).toMatchObject({ outcome: "submitted" });
  });

  it("by two people at once freezes one revision, and the other one is told whose", async () => {
    const { foreman, owner } = people;
    const { id } = await newEstimate(work, foreman);
    const results = await Promise.all([
      steps.submit(foreman, id),
      steps.submit(owner, id),
      steps.submit(foreman, id),
    ]);
    expect(results.map(({ outcome }) => outcome).toSorted()).toEqual(["late", "late", "submitted"]);
    const late = results.find(({ outcome }) => outcome === "late");
    expect(late).toMatchObject({ status: "submitted", revision: { revision: 1 } });
    expect((await as(owner, (agreement) => agreement.revisions(id))).items).toHaveLength(1);
  });
});

describe("a decision", () => {
  it("of two people at once has exactly one outcome, and the loser hears whose it was", async () => {
    const { foreman, owner, manager } = people;
    for (let round = 0; round < 8; round += 1) {
      const { id } = await newEstimate(work, foreman);
      const revision = await submit(work, foreman, id);
      const results = await Promise.all([
        steps.approve(owner, id, revision),
        steps.return(manager, id, revision),
      ]);
      const done = results.findIndex(({ outcome }) => outcome === "done");
      const late = results[1 - done];
      expect(late).toMatchObject({
        outcome: "late",
        revision: {
          status: done === 0 ? "approved" : "returned",
          decidedByName: done === 0 ? "Ольга Владелица" : "Пётр Начальник",
        },
      });
      expect((await cardOf(id)).status).toBe(done === 0 ? "approved" : "returned");
      const approvals = await work.database.sql`
        select 1 from approvals where revision_id = ${revision.id}
      `;
      expect(approvals).toHaveLength(1);
    }
  });

  it("tapped twice at once by one person counts once and is no surprise", async () => {
    const { foreman, manager } = people;
    const { id } = await newEstimate(work, foreman);
    const revision = await submit(work, foreman, id);
    const results = await Promise.all([
      steps.approve(manager, id, revision),
      steps.approve(manager, id, revision),
    ]);
    expect(results.map((result) => result.outcome)).toEqual(["done", "done"]);
    const repeats = results.filter((result) => result.outcome === "done" && result.isRepeat);
    expect(repeats).toHaveLength(1);
  });

  it("and an edit in flight never both win", async () => {
    const { foreman, manager } = people;
    for (let round = 0; round < 5; round += 1) {
      const { id } = await newEstimate(work, foreman);
      const before = await cardOf(id);
      const edit = () =>
        work.asActor(foreman, ({ estimates }) =>
          estimates.change(id, {
            baseVersion: null,
            source: "miniapp",
            changes: [{ id: newId(), type: "estimate.set", set: { note: `правка ${round}` } }],
          }),
        );
      const [, edited] = await Promise.allSettled([submit(work, foreman, id), edit()]);
      const current = await as(foreman, (agreement) => agreement.current(id));
      const after = await cardOf(id);
      expect(current?.version).toBe(after.version);
      const isEdited = after.version === before.version + 1;
      expect(edited.status).toBe(isEdited ? "fulfilled" : "rejected");
      await steps.approve(manager, id, current as Revision);
      await expect(edit()).rejects.toMatchObject({ code: "frozen" });
    }
  });

  it("is bound to the hash, where it is given", async () => {
    const { foreman, manager } = people;
    const { id } = await newEstimate(work, foreman);
    const { id: revisionId, sha256 } = await submit(work, foreman, id);
    const approve = (hash: string) =>
      as(manager, (agreement) =>
        agreement.approve({ revisionId, sha256: hash }, { channel: "api" }),
      );
    await expect(approve("0".repeat(64))).rejects.toMatchObject({ code: "conflict" });
    expect(await approve(sha256.toUpperCase())).toMatchObject({ outcome: "done" });
  });

  it("needs a reason when it sends back", async () => {
    const { foreman, manager } = people;
    const { id } = await newEstimate(work, foreman);
    const { id: revisionId } = await submit(work, foreman, id);
    for (const reason of ["", "  ", "x".repeat(1001)]) {
      await expect(
        as(manager, (agreement) => agreement.giveBack({ revisionId }, { channel: "chat", reason })),
      ).rejects.toMatchObject({ code: "invalid" });
    }
  });

  it("is told to the foreman with who and why", async () => {
    const own = await newPeople(work);
    const { id } = await newEstimate(work, own.foreman);
    const first = await submit(work, own.foreman, id);
    await steps.return(own.manager, id, first);
    await steps.approve(own.owner, id, await submit(work, own.foreman, id));
    const told = await listTold(work, own.owner.companyId);
    expect(told.filter(({ name }) => name === "Фёдор Прораб")).toMatchObject([
      { kind: "returned", content: { byName: "Пётр Начальник", reason: "Дорого", revision: 1 } },
      { kind: "approved", content: { byName: "Ольга Владелица", side: "company", revision: 2 } },
    ]);
  });
});
