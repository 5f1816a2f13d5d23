import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "../../domain/access.ts";
import type { ActService } from "../../domain/acts.ts";
import type { Day } from "../../domain/calendar.ts";
import type { Id } from "../../domain/ids.ts";
import { add } from "../../domain/money.ts";
import { QUANTITY_ONE, type Quantity } from "../../domain/quantity.ts";
import { tenantTransaction } from "../../db/transactions.ts";
import { newId } from "../new_id.ts";
import { createTestWork, type TestWork } from "../testing.ts";
import { newEstimate, newPeople, type TestPeople } from "./testing_agreement.ts";
import { approve, done, linesOf, newContract, newExtra, shareOf } from "./testing_contracts.ts";
import { createSteps } from "./testing_steps.ts";

let work: TestWork;
let people: TestPeople;

beforeAll(async () => {
  work = await createTestWork();
  people = await newPeople(work);
});

afterAll(() => work.close());

function as<Result>(actor: Actor, act: (acts: ActService) => Promise<Result>): Promise<Result> {
  return work.asActor(actor, ({ acts }) => act(acts));
}

const left = (id: Id) => as(people.foreman, (acts) => acts.remainder(id));
const everything = (id: Id) =>
  as(people.foreman, async (acts) => done(await acts.create(id, { take: "everything" })));
const sign = (id: Id, actor = people.foreman) =>
  as(actor, (acts) => acts.sign(id, { version: null }));

async function totalOf(id: Id): Promise<bigint> {
  const card = await work.asActor(people.owner, ({ estimates }) => estimates.card(id));
  return card.totals.total;
}

describe("an act", () => {
  it("takes everything that is left, counts it as the estimate does, and freezes when signed", async () => {
    const id = await newContract(work, people);
    const draft = await everything(id);
    expect(draft).toMatchObject({
      number: 1,
      status: "draft",
      version: 2,
      date: "2026-11-22",
      periodFrom: "2026-11-01",
      periodTo: "2026-11-22",
    });
    expect(draft.total).toBe(await totalOf(id));
    const signed = done(await sign(draft.id));
    expect(signed).toMatchObject({
      status: "signed",
      signedByName: "Фёдор Прораб",
      total: draft.total,
      parts: draft.parts,
    });
    expect(linesOf(await left(id)).every((line) => line.left === 0n)).toBe(true);
    expect((await as(people.owner, (acts) => acts.list(id))).items).toMatchObject([
      { id: draft.id, status: "signed", total: draft.total },
    ]);
  });

  it("sums with the others to the approved estimate and its extras, to the kopeck", async () => {
    const id = await newContract(work, people);
    const extraId = await newExtra(work, people.foreman, id);
    await approve(work, people, extraId);
    for (const share of [137n, 611n, 1000n]) {
      const lines = shareOf(await left(id), share);
      const act = await as(people.foreman, (acts) => acts.create(id, { take: lines }));
      await sign(done(act).id);
    }
    const { items: acts } = await as(people.foreman, (service) => service.list(id));
    expect(acts).toHaveLength(3);
    expect(add(...acts.map(({ total }) => total))).toBe(
      (await totalOf(id)) + (await totalOf(extraId)),
    );
  });

  it("never takes more than is left: the lines and how much of each are told, nothing is done", async () => {
    const id = await newContract(work, people);
    const [line] = linesOf(await left(id));
    if (!line) throw new Error("no line");
    const taken = { estimateId: id, lineId: line.id };
    const half = (line.approved / 2n) as Quantity;
    await as(people.foreman, (acts) => acts.create(id, { take: [{ ...taken, quantity: half }] }));
    const over = await as(people.foreman, (acts) =>
      acts.create(id, { take: [{ ...taken, quantity: line.approved }] }),
    );
    expect(over).toMatchObject({
      outcome: "over",
      lines: [{ lineId: line.id, name: line.name, most: line.approved - half }],
    });
    expect((await as(people.foreman, (acts) => acts.list(id))).items).toHaveLength(1);
    const unknown = as(people.foreman, (acts) =>
      acts.create(id, { take: [{ estimateId: id, lineId: newId(), quantity: half }] }),
    );
    await expect(unknown).rejects.toMatchObject({ code: "invalid" });
  });

  it("is filled line by line; what was seen at an older version is not overwritten", async () => {
    const id = await newContract(work, people);
    const act = await as(people.foreman, (acts) => acts.create(id, { take: [] }));
    const { id: actId, version } = done(act);
    const [first, second] = linesOf(await left(id));
    if (!first || !second) throw new Error("no lines");
    const set = (line: { estimateId: Id; id: Id }, quantity: bigint, known: number | null) =>
      as(people.foreman, (acts) =>
        acts.set(actId, {
          version: known,
          lines: [{ estimateId: line.estimateId, lineId: line.id, quantity: quantity as Quantity }],
        }),
      );
    const filled = done(await set(first, QUANTITY_ONE, version));
    expect(filled.parts[0]?.lines).toMatchObject([{ id: first.id, quantity: QUANTITY_ONE }]);
    expect(await set(second, QUANTITY_ONE, version)).toMatchObject({
      outcome: "changed",
      act: { version: filled.version },
    });
    done(await set(second, QUANTITY_ONE, null));
    const emptied = done(await set(first, 0n, null));
    expect(emptied.parts[0]?.lines.map((line) => line.id)).toEqual([second.id]);
    const remainder = await as(people.foreman, (acts) => acts.remainder(id, actId));
    expect(linesOf(remainder).find((line) => line.id === second.id)).toMatchObject({
      inAct: QUANTITY_ONE,
      accepted: 0n,
      drafted: 0n,
      left: second.approved - QUANTITY_ONE,
    });
  });

  it("has the VAT of its own day", async () => {
    const { id } = await newEstimate(work, people.foreman);
    const vat = { kind: "on_top", rate: "standard" } as const;
    await work.asActor(people.foreman, ({ estimates }) =>
      estimates.change(id, {
        baseVersion: null,
        source: "bot",
        changes: [{ id: newId(), type: "estimate.set", set: { vat, date: "2025-11-01" as Day } }],
      }),
    );
    await approve(work, people, id);
    const act = await everything(id);
    expect(act.parts[0]?.vatPercent).toBe(22);
    const before = done(
      await as(people.foreman, (acts) =>
        acts.set(act.id, { version: null, date: "2025-12-31" as Day }),
      ),
    );
    expect(before.parts[0]).toMatchObject({ vatPercent: 20 });
    expect(before.total).toBe(await totalOf(id));
    expect(before.total).toBeLessThan(act.total);
    const period = as(people.foreman, (acts) =>
      acts.set(act.id, { version: null, periodFrom: "2026-12-01" as Day }),
    );
    await expect(period).rejects.toMatchObject({ code: "invalid" });
  });

  it("gives back what it took when it is cancelled, and keeps its number", async () => {
    const id = await newContract(work, people);
    const act = await everything(id);
    await sign(act.id);
    const cancelled = done(await as(people.foreman, (acts) => acts.cancel(act.id)));
    expect(cancelled).toMatchObject({ status: "cancelled", parts: act.parts });
    expect((await as(people.foreman, (acts) => acts.cancel(act.id))).outcome).toBe("done");
    const again = await everything(id);
    expect(again).toMatchObject({ number: 2, total: act.total });
    await as(people.foreman, (acts) => acts.remove(again.id));
    expect(await everything(id)).toMatchObject({ number: 2 });
  });

  it("is not removed or changed once it is signed; a second tap of the signer is done", async () => {
    const id = await newContract(work, people);
    const act = await everything(id);
    await sign(act.id);
    expect((await sign(act.id)).outcome).toBe("done");
    expect((await sign(act.id, people.manager)).outcome).toBe("late");
    const set = await as(people.foreman, (acts) => acts.set(act.id, { version: null, lines: [] }));
    expect(set.outcome).toBe("late");
    await expect(as(people.foreman, (acts) => acts.remove(act.id))).rejects.toMatchObject({
      code: "frozen",
    });
  });

  it("can't be signed empty, nor cancelled before it is signed", async () => {
    const id = await newContract(work, people);
    const act = done(await as(people.foreman, (acts) => acts.create(id, { take: [] })));
    expect((await sign(act.id)).outcome).toBe("empty");
    await expect(as(people.foreman, (acts) => acts.cancel(act.id))).rejects.toMatchObject({
      code: "conflict",
    });
  });

  it("takes lines of its own contract only, and a period that ends after it begins", async () => {
    const id = await newContract(work, people);
    const elsewhere = await newContract(work, people);
    const { id: actId, version } = done(
      await as(people.foreman, (acts) => acts.create(id, { take: [] })),
    );
    const [foreign] = linesOf(await left(elsewhere));
    if (!foreign) throw new Error("no lines");
    const quantity = QUANTITY_ONE;
    const attempts = [
      // Another contract's line, also when it is said to be one of this contract.
      { lines: [{ estimateId: elsewhere, lineId: foreign.id, quantity }] },
      { lines: [{ estimateId: id, lineId: foreign.id, quantity }] },
      { lines: [{ estimateId: id, lineId: newId(), quantity }] },
      { periodFrom: "2026-11-22" as Day, periodTo: "2026-11-21" as Day },
      // Before the first day of the month, where the period begins by itself.
      { periodTo: "2026-10-31" as Day },
    ];
    for (const attempt of attempts) {
      const trying = as(people.foreman, (acts) => acts.set(actId, { version: null, ...attempt }));
      await expect(trying).rejects.toMatchObject({ code: "invalid" });
    }
    expect(await as(people.foreman, (acts) => acts.get(actId))).toMatchObject({
      version,
      periodFrom: "2026-11-01",
      parts: [],
    });
    const oneDay = { periodFrom: "2026-11-22" as Day, periodTo: "2026-11-22" as Day };
    const set = await as(people.foreman, (acts) => acts.set(actId, { version: null, ...oneDay }));
    expect(done(set)).toMatchObject(oneDay);
  });

  it("is printed as КС-2 or КС-3 and as nothing else", async () => {
    const { id } = await everything(await newContract(work, people));
    const order = (paper: object) =>
      as(people.foreman, (acts) => acts.order(id, paper as never, { chatId: null }));
    for (const paper of [
      { form: "ks6", format: "pdf" },
      { form: "ks2", format: "doc" },
      { form: "ks3" },
    ]) {
      await expect(order(paper)).rejects.toMatchObject({ code: "invalid" });
    }
    expect(await order({ form: "ks3", format: "xlsx" })).toEqual(expect.any(String));
  });

  it("is not begun once the contract is in the archive; the signed ones stay", async () => {
    const id = await newContract(work, people);
    const act = await everything(id);
    await sign(act.id);
    const other = await newContract(work, people);
    const draft = await everything(other);
    const { steps } = createSteps(work, people);
    await steps.archive(people.foreman, id);
    await steps.archive(people.foreman, other);
    await expect(everything(id)).rejects.toMatchObject({ code: "conflict" });
    await expect(sign(draft.id)).rejects.toMatchObject({ code: "conflict" });
    await expect(
      as(people.foreman, (acts) => acts.set(draft.id, { version: null, acceptedBy: "Иванов" })),
    ).rejects.toMatchObject({ code: "conflict" });
    expect((await as(people.foreman, (acts) => acts.list(id))).items).toMatchObject([
      { id: act.id, status: "signed", total: act.total },
    ]);
  });

  it("needs an approved estimate, and keeps it from being opened again", async () => {
    const { id } = await newEstimate(work, people.foreman);
    await expect(everything(id)).rejects.toMatchObject({ code: "conflict" });
    await approve(work, people, id);
    const act = await everything(id);
    const { steps, as: agree } = createSteps(work, people);
    const revision = await agree(people.foreman, (agreement) => agreement.current(id));
    if (!revision) throw new Error("no revision");
    await expect(steps.revise(people.foreman, id, revision)).rejects.toMatchObject({
      code: "conflict",
    });
    await as(people.foreman, (acts) => acts.remove(act.id));
    expect(await steps.revise(people.foreman, id, revision)).toMatchObject({ outcome: "done" });
  });
});

describe("acts of several people at once", () => {
  it("never accept the last remainder twice: one wins, the other is told", async () => {
    for (let round = 0; round < 5; round += 1) {
      const id = await newContract(work, people);
      const lines = shareOf(await left(id), 1000n);
      const results = await Promise.all(
        [people.foreman, people.manager, people.owner].map((actor) =>
          as(actor, (acts) => acts.create(id, { take: lines })),
        ),
      );
      expect(results.map(({ outcome }) => outcome).toSorted()).toEqual(["done", "over", "over"]);
      const over = results.find((result) => result.outcome === "over");
      expect(over).toMatchObject({ lines: lines.map(({ lineId }) => ({ lineId, most: 0n })) });
    }
  });

  it("are kept apart by the database, too, when no service is asked", async () => {
    const id = await newContract(work, people);
    const [line] = linesOf(await left(id));
    if (!line) throw new Error("no line");
    const acts = await Promise.all(
      [1, 2].map(async () =>
        done(await as(people.foreman, (service) => service.create(id, { take: [] }))),
      ),
    );
    const { companyId } = people.foreman;
    const results = await Promise.allSettled(
      acts.map((act) =>
        tenantTransaction(
          work.database.sql,
          companyId,
          (tx) => tx`
            insert into act_lines (company_id, act_id, estimate_id, line_id, quantity)
            select company_id, ${act.id}, estimate_id, id, quantity
            from estimate_lines
            where company_id = ${companyId} and estimate_id = ${id} and id = ${line.id}
          `,
        ),
      ),
    );
    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(results.find(({ status }) => status === "rejected")).toMatchObject({
      reason: { code: "SM002" },
    });
  });

  it("sign a draft once", async () => {
    const id = await newContract(work, people);
    const act = await everything(id);
    const results = await Promise.all([sign(act.id, people.manager), sign(act.id, people.owner)]);
    expect(results.map(({ outcome }) => outcome).toSorted()).toEqual(["done", "late"]);
  });

  it("and a new version of an extra never both win", async () => {
    for (let round = 0; round < 5; round += 1) {
      const id = await newContract(work, people);
      const extraId = await newExtra(work, people.foreman, id);
      await approve(work, people, extraId);
      const { steps, as: agree } = createSteps(work, people);
      const revision = await agree(people.foreman, (agreement) => agreement.current(extraId));
      if (!revision) throw new Error("no revision");
      const [taken, revised] = await Promise.allSettled([
        everything(id),
        steps.revise(people.manager, extraId, revision),
      ]);
      const lines =
        taken.status === "fulfilled" ? taken.value.parts.map((part) => part.estimateId) : [];
      expect(lines.includes(extraId) && revised.status === "fulfilled").toBe(false);
    }
  });
});

describe("a signed act", () => {
  it("survives whatever somebody tries by hand with the program's own rights", async () => {
    const id = await newContract(work, people);
    const lines = shareOf(await left(id), 500n);
    const act = await as(people.foreman, (acts) => acts.create(id, { take: lines }));
    const { id: actId } = done(act);
    await sign(actId);
    const attempts: Parameters<typeof tenantTransaction>[2][] = [
      (tx) => tx`update acts set total_amount = 1 where id = ${actId}`,
      (tx) => tx`update acts set content = '[]' where id = ${actId}`,
      (tx) => tx`update acts set date = '2020-01-01' where id = ${actId}`,
      (tx) => tx`update acts set status = 'draft' where id = ${actId}`,
      (tx) => tx`delete from acts where id = ${actId}`,
      (tx) => tx`delete from act_lines where act_id = ${actId}`,
      (tx) => tx`update act_lines set quantity = 0.0000001 where act_id = ${actId}`,
      (tx) => tx`update estimates set status = 'draft' where id = ${id}`,
    ];
    for (const attempt of attempts) {
      const trying = tenantTransaction(work.database.sql, people.owner.companyId, attempt);
      // Or a key that holds it: what is printed and what is billed hang on it.
      await expect(trying).rejects.toMatchObject({
        code: expect.stringMatching(/^(SM001|23503)$/),
      });
    }
  });
});

describe("what is another's", () => {
  it("does not exist for other companies and for foremen whose it is not", async () => {
    const id = await newContract(work, people);
    const act = await everything(id);
    const chat = { chatId: 1 };
    for (const actor of [people.stranger, people.otherForeman]) {
      for (const attempt of [
        (acts: ActService) => acts.list(id),
        (acts: ActService) => acts.get(act.id),
        (acts: ActService) => acts.remainder(id),
        (acts: ActService) => acts.create(id, { take: "everything" }),
        (acts: ActService) => acts.set(act.id, { version: null, lines: [] }),
        (acts: ActService) => acts.sign(act.id, { version: null }),
        (acts: ActService) => acts.cancel(act.id),
        (acts: ActService) => acts.remove(act.id),
        (acts: ActService) => acts.order(act.id, { form: "ks2", format: "pdf" }, chat),
      ]) {
        await expect(as<unknown>(actor, attempt)).rejects.toMatchObject({ code: "not_found" });
      }
    }
    expect(await as(people.foreman, (acts) => acts.get(act.id))).toMatchObject({ status: "draft" });
  });
});
