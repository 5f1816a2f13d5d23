import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyChanges, type Change } from "../../../domain/estimate/changes.ts";
import {
  type Content,
  emptyContent,
  type Line,
  type Section,
} from "../../../domain/estimate/estimate.ts";
import { referTo, type Room } from "../../../domain/measures.ts";
import { kopecks } from "../../../domain/money.ts";
import { someChange } from "../../../domain/estimate/testing.ts";
import { applyAll } from "./apply.ts";
import { createEstimateStore } from "./estimate_store.ts";
import { invertAll } from "./history.ts";
import { createLedger, updateLedger } from "./ledger.ts";
import { FakeDevice, FakeNetwork, FakeServer, makeHead } from "./testing.ts";

let ids = 0;
const newId = () => {
  ids += 1;
  return `01940000-0000-7000-8000-${String(ids).padStart(12, "0")}`;
};

const line: Line = {
  id: newId(),
  sectionId: null,
  position: "a0",
  kind: "work",
  name: "Стяжка",
  unit: "м²",
  quantity: 420_000_000n as Line["quantity"],
  quantityFormula: "",
  price: kopecks(90_000n),
  cost: null,
  isOptional: false,
  isChosen: false,
  priceSource: "typed",
  note: "",
  internalNote: "",
};
const addLine = (): Change => ({ id: newId(), type: "line.add", line });
const setPrice = (price: bigint): Change => ({
  id: newId(),
  type: "line.set",
  lineId: line.id,
  set: { price: kopecks(price) },
});

const contents: fc.Arbitrary<Content> = fc
  .array(someChange, { maxLength: 30 })
  .map((changes) => applyChanges(emptyContent(), changes));
const batches = fc.array(someChange, { maxLength: 15 });

/** A line that costs something and follows the floor of a room; then the room changes. */
function followedRoom(): [Content, Change[]] {
  const metres = (count: bigint) => (count * 1_000_000n) as Room["length"];
  const room: Room = {
    id: newId(),
    position: "a0",
    name: "Кухня",
    length: metres(4n),
    width: metres(3n),
    height: metres(2n),
    openings: [],
  };
  const follower: Line = {
    ...line,
    id: newId(),
    quantityFormula: referTo(room.id, "floor"),
    cost: kopecks(100n),
  };
  const content = applyChanges(emptyContent(), [
    { id: newId(), type: "room.add", room },
    { id: newId(), type: "line.add", line: follower },
  ]);
  const set = { length: metres(9n) };
  return [content, [{ id: newId(), type: "room.set", roomId: room.id, set }]];
}

/** A section with a line, then without. */
function removedSection(): [Content, Change[]] {
  const section: Section = { id: newId(), position: "a0", title: "Полы", kind: "work" };
  const content = applyChanges(emptyContent(), [
    { id: newId(), type: "section.add", section },
    { id: newId(), type: "line.add", line: { ...line, id: newId(), sectionId: section.id } },
  ]);
  return [content, [{ id: newId(), type: "section.remove", sectionId: section.id }]];
}

describe("a batch of changes on this device", () => {
  it("does what the shared rules do one by one", () => {
    fc.assert(
      fc.property(contents, batches, (content, changes) => {
        const before = structuredClone(content);
        expect(applyAll(content, changes)).toEqual(applyChanges(content, changes));
        expect(content).toEqual(before);
      }),
    );
  });

  it("is taken back by its inverse", () => {
    fc.assert(
      fc.property(contents, batches, (content, changes) => {
        const inverse = invertAll(content, changes, newId);
        const restored = applyChanges(applyChanges(content, changes), inverse);
        expect(restored.lines).toEqual(content.lines);
        expect(restored.sections).toEqual(content.sections);
        expect(restored.header).toEqual(content.header);
        expect(restored.adjustments).toEqual(content.adjustments);
      }),
    );
  });

  it("leaves the sums as if they were made anew", () => {
    fc.assert(
      fc.property(contents, batches, (content, changes) => {
        const after = applyAll(content, changes);
        const ledger = updateLedger(createLedger(content), content, after, changes);
        expect(ledger.sums).toEqual(createLedger(after).sums);
      }),
      // Rare among random ones: the room that a line follows, and the section that it lies in.
      { examples: [followedRoom(), removedSection()] },
    );
  });
});

async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

function createDesk(server = new FakeServer()) {
  const network = new FakeNetwork(server);
  const device = new FakeDevice({
    head: makeHead(server.version),
    version: server.version,
    base: server.content,
  });
  const store = createEstimateStore({
    snapshot: device.snapshot,
    pending: [],
    transport: network.transport(),
    keeper: device,
    newId,
    after: network.after,
  });
  const deliver = async (fate: "arrives" | "request_lost" = "arrives") => {
    network.jobs.shift()?.deliver(fate);
    await settle();
  };
  const deliverAll = async () => {
    while (network.jobs.length > 0) await deliver();
  };
  return { server, network, device, store, deliver, deliverAll };
}

describe("the state of an estimate", () => {
  it("shows a change at once and says honestly how it fares", async () => {
    const { store, deliver, deliverAll, device, network } = createDesk();
    store.change([addLine()]);
    expect(store.getState().content.lines.size).toBe(1);
    expect(store.getState()).toMatchObject({ waiting: 1, status: { kind: "sending" } });
    expect(device.changes.size).toBe(1);
    await deliver("request_lost");
    expect(store.getState()).toMatchObject({ waiting: 1, status: { kind: "offline" } });
    network.timers.shift()?.();
    await settle();
    await deliverAll();
    expect(store.getState()).toMatchObject({ waiting: 0, status: { kind: "saved" } });
    expect(device.changes.size).toBe(0);
    expect(device.snapshot.version).toBe(1);
  });

  it("does not make a step of a change that changes nothing", () => {
    const { store, network } = createDesk();
    store.change([setPrice(1n)]);
    expect(store.getState()).toMatchObject({ waiting: 0, canUndo: false });
    expect(network.jobs).toEqual([]);
  });

  it("undoes and redoes any number of times", async () => {
    const { store } = createDesk();
    const prices = () => [...store.getState().content.lines.values()].map(({ price }) => price);
    store.change([addLine()]);
    store.change([setPrice(5n)]);
    store.change([setPrice(7n)]);
    for (let round = 0; round < 3; round += 1) {
      store.undo();
      expect(prices()).toEqual([5n]);
      store.undo();
      store.undo();
      expect(prices()).toEqual([]);
      expect(store.getState()).toMatchObject({ canUndo: false, canRedo: true });
      store.redo();
      store.redo();
      store.redo();
      expect(prices()).toEqual([7n]);
      expect(store.getState()).toMatchObject({ canUndo: true, canRedo: false });
    }
    store.undo();
    store.change([setPrice(9n)]);
    expect(store.getState().canRedo).toBe(false);
  });

  it("keeps what is on screen the same object when the server only confirms it", async () => {
    const { store, deliver } = createDesk();
    store.change([addLine()]);
    const { content, outline, ledger } = store.getState();
    await deliver();
    expect(store.getState().content).toBe(content);
    expect(store.getState().outline).toBe(outline);
    expect(store.getState().ledger).toBe(ledger);
  });

  it("shows both values of a field that two people changed, and asks", async () => {
    const { store, deliver, deliverAll, server } = createDesk();
    store.change([addLine()]);
    await deliver();
    server.send(server.version, [setPrice(111n)]);
    store.change([setPrice(222n)]);
    await deliver();
    const [conflict] = store.getState().conflicts;
    expect(conflict).toMatchObject({ field: "price", mine: 222n, theirs: 111n });
    expect(store.getState().content.lines.get(line.id)?.price).toBe(222n);
    if (conflict) store.resolve(conflict, "theirs");
    expect(store.getState().content.lines.get(line.id)?.price).toBe(111n);
    expect(store.getState().conflicts).toEqual([]);
    await deliverAll();
    expect(server.content.lines.get(line.id)?.price).toBe(111n);
  });

  it("merges different fields of one line without asking", async () => {
    const { store, deliver, deliverAll, server } = createDesk();
    store.change([addLine()]);
    await deliver();
    server.send(server.version, [
      { id: newId(), type: "line.set", lineId: line.id, set: { name: "Стяжка пола" } },
    ]);
    store.change([setPrice(222n)]);
    await deliverAll();
    expect(store.getState().conflicts).toEqual([]);
    expect(server.content.lines.get(line.id)).toMatchObject({ name: "Стяжка пола", price: 222n });
    expect(store.getState().content).toEqual(server.content);
  });

  it("offers a line back that somebody removed while it was being edited", async () => {
    const { store, deliver, deliverAll, server } = createDesk();
    store.change([addLine()]);
    await deliver();
    server.send(server.version, [{ id: newId(), type: "line.remove", lineId: line.id }]);
    store.change([setPrice(222n)]);
    await deliver();
    expect(store.getState().content.lines.size).toBe(0);
    const [removal] = store.getState().removals;
    if (removal) store.answerRemoval(removal, "restore");
    await deliverAll();
    expect(server.content.lines.get(line.id)?.price).toBe(222n);
  });

  it("finds the one change that the server refuses and sends the others", async () => {
    const { store, deliverAll, server, network } = createDesk();
    const bad = setPrice(5n);
    server.refusedIds.add(bad.id);
    store.change([addLine()]);
    store.change([setPrice(3n)]);
    store.change([bad]);
    await deliverAll();
    expect(store.getState()).toMatchObject({
      waiting: 1,
      status: { kind: "refused", changeIds: [bad.id] },
    });
    expect(server.content.lines.get(line.id)?.price).toBe(3n);
    store.discardRefused();
    await deliverAll();
    expect(network.jobs).toEqual([]);
    expect(store.getState()).toMatchObject({ waiting: 0, status: { kind: "saved" } });
    expect(store.getState().content).toEqual(server.content);
  });

  it("takes what comes by the live channel without asking the server", async () => {
    const { store, server, network } = createDesk();
    const change = addLine();
    server.send(0, [change]);
    store.receive(1, [change]);
    expect(store.getState().content.lines.size).toBe(1);
    expect(network.jobs).toEqual([]);
  });
});
