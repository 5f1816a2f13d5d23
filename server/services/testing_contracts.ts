import type { Actor } from "../../domain/access.ts";
import type { Act, ActResult, RemainderPart, TakenLine } from "../../domain/acts.ts";
import type { Id } from "../../domain/ids.ts";
import { kopecks } from "../../domain/money.ts";
import { QUANTITY_ONE, type Quantity } from "../../domain/quantity.ts";
import type { TestWork } from "../testing.ts";
import { newEstimate, submit, type TestPeople } from "./testing_agreement.ts";

/** An estimate of the foreman that the manager approved. */
export async function newContract(work: TestWork, people: TestPeople): Promise<Id> {
  const { id } = await newEstimate(work, people.foreman);
  await approve(work, people, id);
  return id;
}

export async function approve(work: TestWork, people: TestPeople, id: Id): Promise<void> {
  const revision = await submit(work, people.foreman, id);
  await work.asActor(people.manager, ({ agreement }) =>
    agreement.approve({ revisionId: revision.id }, { channel: "chat" }),
  );
}

/** A draft of extra work with one line: 12 m of chasing at 450 roubles, before what is hidden. */
export async function newExtra(work: TestWork, actor: Actor, parentId: Id): Promise<Id> {
  return work.asActor(actor, async ({ extras, estimates }) => {
    const id = await extras.create(parentId, { reason: "Заказчик добавил розетки" });
    const line = {
      name: "Штробление",
      unit: "м",
      quantity: 12n * QUANTITY_ONE,
      price: kopecks(45_000n),
      kind: "work" as const,
    };
    await estimates.addList(id, [{ title: null, kind: "work", lines: [line] }], { source: "bot" });
    return id;
  });
}

/** Throws unless the act was made or changed. */
export function done(result: ActResult): Act {
  if (result.outcome !== "done") throw new Error(`not done: ${result.outcome}`);
  return result.act;
}

export function linesOf(parts: readonly RemainderPart[]) {
  return parts.flatMap(({ estimateId, sections }) =>
    sections.flatMap(({ lines }) => lines.map((line) => ({ ...line, estimateId }))),
  );
}

/** The same share of everything that is left, in thousandths, rounded down. */
export function shareOf(parts: readonly RemainderPart[], thousandths: bigint): TakenLine[] {
  return linesOf(parts).map(({ estimateId, id, left }) => ({
    estimateId,
    lineId: id,
    quantity: ((left * thousandths) / 1000n) as Quantity,
  }));
}
