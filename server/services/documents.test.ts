import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Actor } from "../../domain/access.ts";
import type { DocumentFormat } from "../../domain/documents.ts";
import { tenantTransaction } from "../../db/transactions.ts";
import { findDocument, markDocumentSent } from "../../db/documents.ts";
import { newId } from "../new_id.ts";
import { createTestWork, type TestWork } from "../testing.ts";

let work: TestWork;
let owner: Actor;
let foreman: Actor;
let estimateId: string;

beforeAll(async () => {
  work = await createTestWork();
});

beforeEach(async () => {
  owner = await work.newActor();
  foreman = await work.newActor({ companyId: owner.companyId, role: "foreman" });
  const card = await work.asActor(foreman, ({ estimates }) =>
    estimates.create({ projectId: null }),
  );
  estimateId = card.id;
  await takeJobs();
});

afterAll(() => work.close());

function order(
  options: { actor?: Actor; id?: string; format?: string; chatId?: number } = {},
): Promise<string> {
  return work.asActor(options.actor ?? foreman, async ({ documents }) => {
    const ordered = await documents.order(
      options.id ?? estimateId,
      (options.format ?? "pdf") as DocumentFormat,
      {
        chatId: options.chatId ?? 7_000_000_001,
      },
    );
    return ordered.id;
  });
}

/** What waits in the queue; taken out of it. */
async function takeJobs(): Promise<unknown[]> {
  const jobs = await work.board.boss.fetch("document.render", { batchSize: 100 });
  return jobs.map((job) => job.data);
}

describe("ordering a document", () => {
  it("notes the order and a job for it", async () => {
    const documentId = await order({ format: "xlsx" });
    expect(await takeJobs()).toEqual([{ companyId: owner.companyId, documentId }]);
    const document = await tenantTransaction(work.database.sql, owner.companyId, (tx) =>
      findDocument(tx, owner.companyId, documentId),
    );
    expect(document).toMatchObject({
      estimateId,
      version: 1,
      format: "xlsx",
      status: "ordered",
      orderedBy: foreman.userId,
      chatId: 7_000_000_001,
    });
  });

  it("twice in a row makes one file, for each chat, format and version", async () => {
    const first = await order();
    expect(await order()).toBe(first);
    expect(await takeJobs()).toHaveLength(1);
    await order({ format: "xlsx" });
    await order({ chatId: 7_000_000_002 });
    expect(await takeJobs()).toHaveLength(2);
    await tenantTransaction(work.database.sql, owner.companyId, (tx) =>
      markDocumentSent(tx, owner.companyId, first),
    );
    expect(await order()).not.toBe(first);
    expect(await takeJobs()).toHaveLength(1);
  });

  it("leaves neither when the rest of the work fails", async () => {
    const failing = work.asActor(foreman, async ({ documents }) => {
      await documents.order(estimateId, "pdf", { chatId: 1 });
      throw new Error("crash before the commit");
    });
    await expect(failing).rejects.toThrow("crash");
    expect(await takeJobs()).toEqual([]);
    const rows = await work.database.sql`
      select id from documents where company_id = ${owner.companyId}
    `;
    expect(rows).toHaveLength(0);
  });

  it("is for those who may see the estimate", async () => {
    const other = await work.newActor({ companyId: owner.companyId, role: "foreman" });
    const stranger = await work.newActor();
    for (const actor of [other, stranger]) {
      await expect(order({ actor })).rejects.toMatchObject({
        code: "not_found",
        message: "Смета не найдена. Возможно, её удалили.",
      });
    }
    expect(await takeJobs()).toEqual([]);
    await order({ actor: owner });
    expect(await takeJobs()).toHaveLength(1);
  });

  it("refuses estimates that are not there and formats that are not made", async () => {
    const refusals = [
      [{ id: newId() }, "not_found"],
      [{ id: "не ид" }, "not_found"],
      [{ format: "docx" }, "invalid"],
      [{ chatId: 0.5 }, "invalid"],
    ] as const;
    for (const [options, code] of refusals) {
      await expect(order(options)).rejects.toMatchObject({ code });
    }
    await work.asActor(foreman, ({ estimates }) => estimates.remove(estimateId));
    await expect(order()).rejects.toMatchObject({ code: "not_found" });
    expect(await takeJobs()).toEqual([]);
  });
});
