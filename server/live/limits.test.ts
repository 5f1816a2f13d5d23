import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "../../domain/access.ts";
import type { Change } from "../../domain/estimate/changes.ts";
import { insertChanges } from "../../db/estimate_changes.ts";
import { inTransaction } from "../../db/transactions.ts";
import { newId } from "../new_id.ts";
import { MAX_BUFFERED } from "./connection.ts";
import {
  createLiveStage,
  LiveClient,
  type LiveProcess,
  type LiveStage,
  LONG,
} from "./testing_live.ts";

/** How a connection ends that is cut without a closing frame. */
const CUT_OFF = 1006;

let stage: LiveStage;
let first: LiveProcess;
let owner: Actor;

beforeAll(async () => {
  stage = await createLiveStage();
  first = await stage.startProcess();
  owner = await stage.work.newActor();
});

afterAll(() => stage.close());

async function newEstimate(): Promise<string> {
  const { id } = await stage.work.asActor(owner, ({ estimates }) =>
    estimates.create({ projectId: null }),
  );
  return id;
}

async function join(process = first): Promise<LiveClient> {
  return stage.join(process, await stage.newToken(owner));
}

/** Logs versions of an estimate as the services do, so many long notes in each: 8 KB. */
async function log(id: string, versions: readonly number[], notes: number): Promise<void> {
  const { companyId, userId } = owner;
  const changes = () =>
    Array.from({ length: notes }, (): Change => {
      return { id: newId(), type: "estimate.set", set: { note: "щ".repeat(4000) } };
    });
  await inTransaction(stage.work.database.sql, async (tx) => {
    await Promise.all(
      versions.map((version) =>
        insertChanges(tx, companyId, id, { version, changes: changes(), userId, source: "bot" }),
      ),
    );
    await tx`
      update estimates set version = ${versions.at(-1) ?? 1}
      where company_id = ${companyId} and id = ${id}
    `;
  });
  first.live.poke();
}

describe("a socket", () => {
  it("that answers no ping is cut off at the second, and one that answers stays", async () => {
    const process = await stage.startProcess({ heartbeat: 1000 });
    const token = await stage.newToken(owner);
    const silent = new LiveClient(process.url, {}, { autoPong: false });
    const quiet = await stage.join(process, token);
    await silent.opened;
    silent.send({ type: "hello", token });
    await silent.ready();
    let pings = 0;
    quiet.socket.on("ping", () => (pings += 1));
    await expect.poll(() => silent.closed, LONG).toBe(CUT_OFF);
    expect(process.live.counts()).toMatchObject({ connections: 1, cutOff: 1 });
    const before = pings;
    await expect.poll(() => pings, LONG).toBeGreaterThan(before + 2);
    expect(quiet.closed).toBeNull();
    await process.stop();
  });

  it("that only talks answers no ping either, and lives", async () => {
    const process = await stage.startProcess({ heartbeat: 500 });
    const token = await stage.newToken(owner);
    const talking = new LiveClient(process.url, {}, { autoPong: false });
    await talking.opened;
    talking.send({ type: "hello", token });
    await talking.ready();
    for (let count = 0; count < 8; count += 1) {
      talking.send({ type: "ping" });
      await sleep(250);
    }
    expect(talking.closed).toBeNull();
    await expect.poll(() => talking.closed, LONG).toBe(CUT_OFF);
    await process.stop();
  });

  it("is cut off when it does not read, before more waits for it than may, and nobody else notices", async () => {
    // Nothing but its reading cuts it off.
    const process = await stage.startProcess({ heartbeat: 600_000 });
    const id = await newEstimate();
    const [slow, quick] = [await join(process), await join(process)];
    for (const client of [slow, quick]) await client.watch(id, 1);
    slow.socket.pause();
    let version = 1;
    while (process.live.counts().cutOff === 0 && version < 300) {
      version += 1;
      await log(id, [version], 20);
      const written = version;
      // Both ends are in this process: who reads gets the time to.
      await expect.poll(() => quick.versions(id).at(-1), { ...LONG, interval: 2 }).toBe(written);
    }
    const { cutOff, mostBuffered, connections } = process.live.counts();
    expect([cutOff, connections]).toEqual([1, 1]);
    expect(mostBuffered).toBeLessThanOrEqual(MAX_BUFFERED);
    expect(mostBuffered).toBeGreaterThan(MAX_BUFFERED / 2);
    // Without a word: a closing frame would wait behind everything else.
    slow.socket.resume();
    await expect.poll(() => slow.closed, LONG).toBe(CUT_OFF);
    expect(quick.versions(id)).toEqual(
      Array.from({ length: version - 1 }, (_, index) => index + 2),
    );
    await process.stop();
  }, 60_000);

  it("that comes back to a long story is told where the estimate stands, not all of it", async () => {
    const id = await newEstimate();
    await log(id, [2, 3, 4], 20);
    const near = await join();
    await near.watch(id, 3);
    expect(near.versions(id)).toEqual([4]);
    const far = await join();
    await far.watch(id, 1);
    expect(far.versions(id)).toEqual([]);
    expect(far.events()).toContainEqual(expect.objectContaining({ kind: "estimate", version: 4 }));
  });

  it("hears of everything that came at once, and asks for what would be too much", async () => {
    const id = await newEstimate();
    const client = await join();
    await client.watch(id, 1);
    const versions = Array.from({ length: 600 }, (_, index) => index + 2);
    await log(id, versions, 1);
    await expect.poll(() => client.versions(id).length, LONG).toBe(600);
    expect(client.versions(id)).toEqual(versions);
    const told = client.events().filter((event) => event.kind === "changes");
    expect(told.filter(({ changes }) => changes === null)).toHaveLength(100);
    expect(told.slice(100).every(({ changes }) => changes?.length === 1)).toBe(true);
  });
});
