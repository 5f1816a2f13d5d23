import { afterAll, beforeAll, expect, it } from "vitest";
import type { Actor } from "../../domain/access.ts";
import { applyChanges } from "../../domain/estimate/changes.ts";
import { emptyContent, encodeContent } from "../../domain/estimate/estimate.ts";
import { kopecks } from "../../domain/money.ts";
import { newId } from "../new_id.ts";
import { createTestWork, type TestWork } from "../testing.ts";

let work: TestWork;
let owner: Actor;

beforeAll(async () => {
  work = await createTestWork();
  owner = await work.newActor();
});

afterAll(() => work.close());

it("a list for a section that is gone stands before the first, in the rows as in the log", async () => {
  const lines = ["а", "б"].map((name) => ({
    name,
    unit: "м²",
    quantity: 20_000_000n,
    price: kopecks(10_000n),
    kind: "work" as const,
  }));
  await work.asActor(owner, async ({ estimates }) => {
    const { id } = await estimates.create({ projectId: null });
    const list = [{ title: null, kind: "work" as const, lines }];
    await estimates.addList(id, list, { source: "bot", sectionId: newId() });
    const { card, content } = await estimates.content(id);
    expect(card.loose).toMatchObject({ lines: 2, work: 40_000n });
    const { changes } = await estimates.changesSince(id, 0);
    expect(encodeContent(applyChanges(emptyContent(), changes))).toEqual(encodeContent(content));
  });
});
