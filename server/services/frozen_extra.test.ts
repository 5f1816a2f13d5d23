import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Revision } from "../../domain/agreement.ts";
import type { AppError } from "../../domain/errors.ts";
import type { Id } from "../../domain/ids.ts";
import type { Transaction } from "../../db/client.ts";
import { tenantTransaction } from "../../db/transactions.ts";
import { newId } from "../new_id.ts";
import { createTestWork, type TestWork } from "../testing.ts";
import { newPeople, submit, type TestPeople } from "./testing_agreement.ts";
import { newContract, newExtra } from "./testing_contracts.ts";
import { createSteps, type Steps } from "./testing_steps.ts";

/** The smallest PNG. */
const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

let work: TestWork;
let people: TestPeople;
let steps: Steps["steps"];
let cardOf: Steps["cardOf"];

beforeAll(async () => {
  work = await createTestWork();
  people = await newPeople(work);
  ({ steps, cardOf } = createSteps(work, people));
});

afterAll(() => work.close());

/** Extra work with a photo, submitted to the manager. */
async function submitted(): Promise<{ parentId: Id; id: Id; revision: Revision }> {
  const parentId = await newContract(work, people);
  const id = await newExtra(work, people.foreman, parentId);
  await work.asActor(people.foreman, ({ extras }) => extras.addPhoto(id, PICTURE));
  return { parentId, id, revision: await submit(work, people.foreman, id) };
}

async function approved() {
  const extra = await submitted();
  await steps.approve(people.manager, extra.id, extra.revision);
  return extra;
}

type Attempt = (tx: Transaction, id: Id) => Promise<unknown>;

/** What somebody may try by hand with the program's own rights. */
const ATTEMPTS: Readonly<Record<string, Attempt>> = {
  "change its reason": (tx, id) => tx`update estimates set reason = 'другая' where id = ${id}`,
  "give it another number": (tx, id) =>
    tx`update estimates set extra_sequence = 9 where id = ${id}`,
  "give it another year": (tx, id) =>
    tx`update estimates set number_year = number_year + 1 where id = ${id}`,
  "hang it on another contract": (tx, id) =>
    tx`update estimates set parent_id = id where id = ${id}`,
  "change a price": (tx, id) => tx`update estimate_lines set price = 1 where estimate_id = ${id}`,
  "take its photo away": (tx, id) => tx`delete from extra_photos where estimate_id = ${id}`,
  "change its photo": (tx, id) =>
    tx`update extra_photos set bytes = '\\x00'::bytea where estimate_id = ${id}`,
  "add a photo": (tx, id) => tx`
    insert into extra_photos (company_id, estimate_id, id, sha256, media_type, bytes, created_by)
    values (
      ${people.owner.companyId}, ${id}, ${newId()}, ${"a".repeat(64)}, 'image/png', '\\x00',
      ${people.owner.userId}
    )
  `,
  "open it again": (tx, id) => tx`update estimates set status = 'draft' where id = ${id}`,
};

describe("extra work that is approved", () => {
  it.each(Object.entries(ATTEMPTS))("survives the attempt to %s", async (_, attempt) => {
    const { id } = await approved();
    const read = () => work.database.sql`
      select to_jsonb(e)::text || coalesce(string_agg(p.sha256, ','), '') as text
      from estimates as e
      left join extra_photos as p on p.estimate_id = e.id
      where e.id = ${id}
      group by e.company_id, e.id
    `;
    const before = await read();
    const trying = tenantTransaction(work.database.sql, people.owner.companyId, (tx) =>
      attempt(tx, id),
    );
    await expect(trying).rejects.toMatchObject({ code: "SM001" });
    expect(await read()).toEqual(before);
  });
});

describe("a decision about extra work", () => {
  it("of two people at once has one outcome, and the loser hears whose it was", async () => {
    for (let round = 0; round < 3; round += 1) {
      const { id, revision } = await submitted();
      const results = await Promise.all([
        steps.approve(people.manager, id, revision),
        steps.return(people.owner, id, revision),
      ]);
      expect(results.map(({ outcome }) => outcome).toSorted()).toEqual(["done", "late"]);
      const winner = results.find(({ outcome }) => outcome === "done");
      const loser = results.find(({ outcome }) => outcome === "late");
      expect(loser?.revision.decidedByName).toBe(winner?.revision.decidedByName);
      expect((await cardOf(id)).status).toBe(winner?.revision.status);
    }
  });

  it("and an edit in flight never both win", async () => {
    const parentId = await newContract(work, people);
    for (let round = 0; round < 3; round += 1) {
      const id = await newExtra(work, people.foreman, parentId);
      const [sent, edited] = await Promise.allSettled([
        submit(work, people.foreman, id),
        work.asActor(people.foreman, ({ extras }) => extras.setReason(id, `Правка ${round}`)),
      ]);
      expect(sent.status).toBe("fulfilled");
      const revisionId = sent.status === "fulfilled" ? sent.value.id : "";
      const details = await work.asActor(people.foreman, ({ extras }) => extras.details(id));
      const [row] = await work.database.sql`
        select document from estimate_revisions where id = ${revisionId}
      `;
      // Either the edit came first and is a part of what was sent, or it was refused.
      expect(String(row?.["document"])).toContain(`"reason":"${details?.reason}"`);
      const refusal = edited.status === "rejected" ? (edited.reason as AppError).code : "none";
      expect(["frozen", "none"]).toContain(refusal);
      expect(details?.reason === `Правка ${round}`).toBe(refusal === "none");
    }
  });

  it("and a new version at once never both win silently", async () => {
    const { id, revision } = await submitted();
    const [decided, revised] = await Promise.all([
      steps.approve(people.manager, id, revision),
      steps.revise(people.foreman, id, revision),
    ]);
    expect(revised).toMatchObject({ outcome: "done", revision: { status: "superseded" } });
    expect(revised.revision.decisions).toHaveLength(decided.outcome === "done" ? 1 : 0);
    expect((await cardOf(id)).status).toBe("draft");
  });
});

describe("the sum of a contract", () => {
  it("holds approved extras only, and loses one with its new version", async () => {
    const { parentId, id, revision } = await submitted();
    const totalOf = () =>
      work.asActor(
        people.owner,
        async ({ extras }) => (await extras.contract(parentId))?.extrasTotal,
      );
    expect(await totalOf()).toBe(0n);
    await steps.approve(people.manager, id, revision);
    expect(await totalOf()).toBe(594_000n);
    await steps.revise(people.foreman, id, revision);
    expect(await totalOf()).toBe(0n);
  });
});
