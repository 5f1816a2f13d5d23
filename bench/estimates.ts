import { parseQuickAdd } from "../domain/quick_add/quick_add.ts";
import { parseQuantity } from "../domain/quantity.ts";
import { kopecks } from "../domain/money.ts";
import type { ListedSection } from "../domain/services.ts";
import type { Change } from "../domain/estimate/changes.ts";
import { tenantTransaction } from "../db/transactions.ts";
import { putLines } from "../db/estimate_lines.ts";
import { newId } from "../server/new_id.ts";
import type { Bench } from "./database.ts";
import { alternate, milliseconds, type Row } from "./measure.ts";

const ROUNDS = 15;
/** Of a long list: a server has read lists before, and V8 goes on optimising the parser for as many. */
const LIST_ROUNDS = { warm: 15, counted: 31 };

/** The price of a long list and of one more line, which must not depend on the estimate's length. */
export async function measureEstimates(bench: Bench): Promise<Row[]> {
  return [await measurePaste(bench), await measureOneMoreLine(bench)];
}

async function measurePaste(bench: Bench): Promise<Row> {
  const text = Array.from(
    { length: 1000 },
    (_, index) => `Укладка плитки ${index} на стены ${(index % 90) + 1},5 м2 по ${450 + index}`,
  ).join("\n");
  const floorId = await createEstimate(bench);
  const listed = readList(text);
  const estimates: string[] = [];
  const rounds = LIST_ROUNDS.warm + LIST_ROUNDS.counted;
  for (let round = 0; round < rounds; round += 1) estimates.push(await createEstimate(bench));
  const variants = {
    ours: async () => {
      const id = estimates.pop() ?? "";
      await bench.asActor(bench.actor, ({ estimates }) =>
        estimates.addList(id, readList(text), { source: "bot" }),
      );
    },
    floor: async () => {
      const lines = listed.flatMap((section) =>
        section.lines.map((line, index) => ({
          id: newId(),
          sectionId: null,
          position: `a${index}`,
          kind: line.kind,
          name: line.name,
          unit: line.unit,
          quantity: line.quantity as never,
          quantityFormula: "",
          price: line.price ?? kopecks(0n),
          cost: null,
          isOptional: false,
          isChosen: false,
          priceSource: "typed" as const,
          note: "",
          internalNote: "",
        })),
      );
      await tenantTransaction(bench.sql, bench.actor.companyId, (tx) =>
        putLines(tx, bench.actor.companyId, floorId, lines),
      );
    },
  };
  const times = await alternate(LIST_ROUNDS.counted, variants, { warmRounds: LIST_ROUNDS.warm });
  return {
    work: `1 000 pasted lines, after ${LIST_ROUNDS.warm} lists: parsed, stored with their log, totalled`,
    ours: milliseconds(times.ours),
    peer: `one bulk insert of the same rows: ${milliseconds(times.floor)}`,
    ratio: times.ours / times.floor,
    goal: { at: "most", ratio: 3 },
  };
}

async function measureOneMoreLine(bench: Bench): Promise<Row> {
  const [short, long] = [await createEstimate(bench), await createEstimate(bench)];
  await fill(bench, short, 50);
  await fill(bench, long, 5000);
  const addLine = (id: string) => async () => {
    await bench.asActor(bench.actor, ({ estimates }) =>
      estimates.change(id, { baseVersion: null, changes: [lineAdded()], source: "miniapp" }),
    );
  };
  const many = (work: () => Promise<void>) => async () => {
    for (let index = 0; index < 20; index += 1) await work();
  };
  const times = await alternate(ROUNDS, {
    ours: many(addLine(long)),
    floor: many(addLine(short)),
  });
  return {
    work: "one more line on an estimate of 5 000 lines",
    ours: milliseconds(times.ours / 20),
    peer: `the same on 50 lines: ${milliseconds(times.floor / 20)}`,
    ratio: times.ours / times.floor,
    goal: { at: "most", ratio: 2 },
  };
}

function lineAdded(): Change {
  return {
    id: newId(),
    type: "line.add",
    line: {
      id: newId(),
      sectionId: null,
      position: "a1",
      kind: "work",
      name: "Ещё одна строка",
      unit: "м²",
      quantity: parseQuantity("12.5") ?? (0n as never),
      quantityFormula: "",
      price: kopecks(45_000n),
      cost: null,
      isOptional: false,
      isChosen: false,
      priceSource: "typed",
      note: "",
      internalNote: "",
    },
  };
}

async function createEstimate({ asActor, actor }: Bench): Promise<string> {
  const card = await asActor(actor, ({ estimates }) => estimates.create({ projectId: null }));
  return card.id;
}

/** @param count lines, in ten sections */
export async function fill(
  bench: Pick<Bench, "asActor" | "actor">,
  id: string,
  count: number,
): Promise<void> {
  const lines = Array.from({ length: count }, (_, index) => ({
    name: `Работа ${index}`,
    unit: "м²",
    quantity: parseQuantity("2") ?? 0n,
    price: kopecks(100_000n),
    kind: "work" as const,
  }));
  const sections: ListedSection[] = Array.from({ length: 10 }, (_, index) => ({
    title: `Раздел ${index}`,
    kind: "work",
    lines: lines.slice((count / 10) * index, (count / 10) * (index + 1)),
  }));
  await bench.asActor(bench.actor, ({ estimates }) =>
    estimates.addList(id, sections, { source: "bot" }),
  );
}

function readList(text: string): ListedSection[] {
  return parseQuickAdd(text).sections.map((section) => ({ ...section, title: null }));
}
