import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Revision } from "../../domain/agreement.ts";
import type { Id } from "../../domain/ids.ts";
import type { Transaction } from "../../db/client.ts";
import { tenantTransaction } from "../../db/transactions.ts";
import { newId } from "../new_id.ts";
import { createTestWork, type TestWork } from "../testing.ts";
import { newPeople, shareWithClient, type TestPeople } from "./testing_agreement.ts";
import { createSteps } from "./testing_steps.ts";

let work: TestWork;
let people: TestPeople;
let id: Id;
let otherId: Id;
let revision: Revision;

/** Everything of the estimate that an approval is about. */
async function fingerprint(): Promise<string> {
  const { sql } = work.database;
  const rows = await sql`
    select md5(string_agg(text, '|' order by text)) as digest
    from (
      select to_jsonb(lines)::text as text from estimate_lines as lines where estimate_id = ${id}
      union all
      select to_jsonb(s)::text from estimate_sections as s where estimate_id = ${id}
      union all
      select to_jsonb(a)::text from estimate_adjustments as a where estimate_id = ${id}
      union all
      select to_jsonb(c)::text from estimate_changes as c where estimate_id = ${id}
      union all
      select to_jsonb(e)::text from estimates as e where id = ${id}
      union all
      select to_jsonb(r)::text from estimate_revisions as r where estimate_id = ${id}
      union all
      select to_jsonb(p)::text from approvals as p where revision_id = ${revision.id}
    ) as everything
  `;
  return String(rows[0]?.["digest"]);
}

beforeAll(async () => {
  work = await createTestWork();
  people = await newPeople(work);
  ({ id, revision } = await shareWithClient(work, people.foreman));
  const { steps, estimateIn } = createSteps(work, people);
  await steps.approve(people.manager, id, revision);
  ({ id: otherId } = await estimateIn("draft"));
});

afterAll(() => work.close());

type Attempt = (tx: Transaction) => Promise<unknown>;

/** What somebody may try by hand with the program's own rights. */
const ATTEMPTS: Readonly<Record<string, Attempt>> = {
  "change a price": (tx) => tx`update estimate_lines set price = 1 where estimate_id = ${id}`,
  "choose an option": (tx) =>
    tx`update estimate_lines set is_chosen = true where estimate_id = ${id}`,
  "remove a line": (tx) => tx`delete from estimate_lines where estimate_id = ${id}`,
  "remove a section with its lines": (tx) =>
    tx`delete from estimate_sections where estimate_id = ${id}`,
  "add a section": (tx) => tx`
    insert into estimate_sections (company_id, estimate_id, id, title, kind, position)
    values (${people.owner.companyId}, ${id}, ${newId()}, 'x', 'work', 'z')
  `,
  "change a per cent": (tx) =>
    tx`update estimate_adjustments set percent = 0 where estimate_id = ${id}`,
  "write into the log": (tx) => tx`
    insert into estimate_changes (
      company_id, estimate_id, change_id, version, ordinal, change, source
    )
    values (${people.owner.companyId}, ${id}, ${newId()}, 99, 0, '{}', 'api')
  `,
  "rewrite the log": (tx) =>
    tx`update estimate_changes set change = '{}' where estimate_id = ${id}`,
  "move a line in from a draft": (tx) =>
    tx`update estimate_lines set estimate_id = ${id}, id = ${newId()} where estimate_id = ${otherId}`,
  "move a line out to a draft": (tx) =>
    tx`update estimate_lines set estimate_id = ${otherId}, section_id = null where estimate_id = ${id}`,
  "change the discount": (tx) => tx`
    update estimates
    set discount = '{"kind": "percent", "percent": "50", "base": "all"}'
    where id = ${id}
  `,
  "change the total": (tx) => tx`update estimates set total_amount = 1 where id = ${id}`,
  "change the client": (tx) => tx`update estimates set client_id = null where id = ${id}`,
  "open it again": (tx) => tx`update estimates set status = 'draft' where id = ${id}`,
  "open it by way of the archive": async (tx) => {
    await tx`update estimates set status = 'archived' where id = ${id}`;
    await tx`update estimates set status = 'returned' where id = ${id}`;
  },
  "change the frozen document": (tx) =>
    tx`update estimate_revisions set document = '{}' where id = ${revision.id}`,
  "change the frozen content": (tx) =>
    tx`update estimate_revisions set content = '{}' where id = ${revision.id}`,
  "change the hash": (tx) =>
    tx`update estimate_revisions set sha256 = ${"0".repeat(64)} where id = ${revision.id}`,
  "take the approval back": (tx) =>
    tx`update estimate_revisions set status = 'submitted' where id = ${revision.id}`,
  "remove the revision": (tx) => tx`delete from estimate_revisions where id = ${revision.id}`,
  "change who approved": (tx) =>
    tx`update approvals set name = 'x' where revision_id = ${revision.id}`,
  "remove the approval": (tx) => tx`delete from approvals where revision_id = ${revision.id}`,
};

describe("what is approved", () => {
  it.each(Object.entries(ATTEMPTS))("survives the attempt to %s", async (_, attempt) => {
    const before = await fingerprint();
    const trying = tenantTransaction(work.database.sql, people.owner.companyId, attempt);
    await expect(trying).rejects.toMatchObject({ code: "SM001" });
    expect(await fingerprint()).toBe(before);
  });

  it("survives a second approval of the same side", async () => {
    const again = tenantTransaction(
      work.database.sql,
      people.owner.companyId,
      (tx) => tx`
        insert into approvals (
          company_id, id, revision_id, sha256, decision, side, channel, name, total_amount
        )
        values (
          ${people.owner.companyId}, ${newId()}, ${revision.id}, ${revision.sha256}, 'approved',
          'company', 'chat', 'x', 1
        )
      `,
    );
    await expect(again).rejects.toMatchObject({ code: "23505" });
  });

  it("is refused to every service that edits", async () => {
    const before = await fingerprint();
    const line = { name: "Ещё", unit: "шт", quantity: 1n, price: null, kind: "work" as const };
    for (const act of [
      () =>
        work.asActor(people.owner, ({ estimates }) =>
          estimates.change(id, {
            baseVersion: null,
            changes: [{ id: newId(), type: "estimate.set", set: { note: "x" } }],
            source: "crm",
          }),
        ),
      () =>
        work.asActor(people.owner, ({ estimates }) =>
          estimates.addList(id, [{ title: null, kind: "work", lines: [line] }], {
            source: "import",
          }),
        ),
      () => work.asActor(people.owner, ({ estimates }) => estimates.remove(id)),
    ]) {
      await expect(act()).rejects.toMatchObject({ code: "frozen" });
    }
    expect(await fingerprint()).toBe(before);
  });
});

describe("a revision", () => {
  it("hides everything of itself from other companies", async () => {
    const rows = await tenantTransaction(
      work.database.sql,
      people.stranger.companyId,
      (tx) => tx`
        select 1 from estimate_revisions
        union all select 1 from approvals
        union all select 1 from share_links
      `,
    );
    expect(rows).toHaveLength(0);
  });
});
