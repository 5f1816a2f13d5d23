import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { emptyContent } from "../../../domain/estimate/estimate.ts";
import type { Device } from "../device/database.ts";
import type { LogEntry, Snapshot } from "./estimate_store.ts";
import { createKeeper, followLog, readSnapshot } from "./keeping.ts";
import { makeHead } from "./testing.ts";

const ID = "01930000-0000-7000-8000-000000000000";
const start: Snapshot = { head: makeHead(1), version: 1, base: emptyContent() };

/** The server's log of one version: the estimate gets another title. */
function entry(from: number, version = from + 1): LogEntry {
  const set = { title: `как в версии ${version}` };
  return { from, version, changes: [{ id: `change-${version}`, type: "estimate.set", set }] };
}

function createMemory() {
  const values = new Map<string, unknown>();
  const between = (first: string, last: string) =>
    [...values.keys()].filter((key) => key >= first && key < last).sort();
  const written: string[] = [];
  const device: Device = {
    isLasting: true,
    name: "smetka-test",
    read: async <Value>(key: string) => (values.get(key) as Value | undefined) ?? null,
    write: (key, value) => {
      written.push(key);
      values.set(key, value);
    },
    readBetween: async <Value>(first: string, last: string) =>
      between(first, last).map((key) => values.get(key) as Value),
    removeBetween: (first, last) => {
      for (const key of between(first, last)) values.delete(key);
    },
    readChanges: async () => [],
    addChanges: () => undefined,
    dropChanges: () => undefined,
    unsent: async () => [],
  };
  return { device, values, written };
}

describe("an estimate on the device", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("is what was read and everything that the log added", async () => {
    const { device } = createMemory();
    const keeper = createKeeper(device, ID);
    keeper.keepSnapshot(start);
    for (let version = 1; version < 12; version += 1) keeper.keepLog(entry(version));
    keeper.keepHead({ ...makeHead(12), status: "submitted" });
    const found = await readSnapshot(device, ID);
    expect(found?.version).toBe(12);
    expect(found?.base.header.title).toBe("как в версии 12");
    expect(found?.head.status).toBe("submitted");
  });

  it("is not written anew for an edit", () => {
    const { device, written } = createMemory();
    const keeper = createKeeper(device, ID);
    keeper.keepSnapshot(start);
    written.length = 0;
    keeper.keepLog(entry(1));
    keeper.keepHead(makeHead(2));
    expect(written.map((key) => key.split("/")[0])).toEqual(["log", "head"]);
  });

  it("goes as far as the log has no hole", () => {
    const found = followLog(start, [entry(1), entry(2), entry(4)]);
    expect(found.version).toBe(3);
    expect(followLog(start, [entry(2)])).toEqual(start);
  });

  it("does not mind that another window took longer steps", () => {
    expect(followLog(start, [entry(1, 4), entry(2), entry(3), entry(4, 6)]).version).toBe(6);
  });

  it("is folded at an opening when its log became long, and says the same afterwards", async () => {
    const { device, values } = createMemory();
    const keeper = createKeeper(device, ID);
    keeper.keepSnapshot(start);
    for (let version = 1; version <= 60; version += 1) keeper.keepLog(entry(version));
    const before = await readSnapshot(device, ID);
    keeper.keepLog(entry(61));
    vi.runAllTimers();
    expect([...values.keys()].filter((key) => key.startsWith("log/"))).toHaveLength(1);
    const after = await readSnapshot(device, ID);
    expect(before?.version).toBe(61);
    expect(after?.version).toBe(62);
    expect(after?.base.header.title).toBe("как в версии 62");
  });
});
