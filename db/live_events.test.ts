import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type postgres from "postgres";
import { tenantTransaction } from "./transactions.ts";
import {
  deleteLiveEventsBefore,
  listMissedEvents,
  type LiveRow,
  readBatches,
  readNews,
  type Snapshot,
  takeSnapshot,
} from "./live_events.ts";
import { removeMembership, setRole } from "./memberships.ts";
import { insertSession, revokeSession } from "./sessions.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";
import { fillTestCompany, type TestThings } from "./testing_company.ts";
import { testId } from "./testing_ids.ts";

let database: TestDatabase;
let ours: TestThings;
let theirs: TestThings;

beforeAll(async () => {
  database = await createTestDatabase();
  ours = await fillTestCompany(database.sql, "Ромашка", 0);
  theirs = await fillTestCompany(database.sql, "Чужая", 1);
});

afterAll(() => database.drop());

let nextVersion = 1000;

/** One batch of the log, as a trigger turns it into an event. */
function insertBatch(sql: postgres.ISql<never>, version: number, companyId = ours.companyId) {
  const estimateId = companyId === ours.companyId ? ours.estimateId : theirs.estimateId;
  return sql`
    insert into estimate_changes (
      company_id, estimate_id, change_id, version, ordinal, change, source
    )
    values (${companyId}, ${estimateId}, ${testId()}, ${version}, 0, '{}', 'bot')
  `;
}

const takeVersion = () => {
  nextVersion += 1;
  return nextVersion;
};

const versionsOf = (rows: readonly LiveRow[]) => rows.map(({ version }) => version);

/** A transaction that stays open until it is told how to end. */
async function openTransaction(version: number) {
  const inserted = Promise.withResolvers<void>();
  const ending = Promise.withResolvers<"commit" | "rollback">();
  const done = database.sql
    .begin(async (tx) => {
      await insertBatch(tx as never, version);
      inserted.resolve();
      if ((await ending.promise) === "rollback") throw new Error("rolled back");
    })
    .catch((error: Error) => {
      if (error.message !== "rolled back") throw error;
    });
  await inserted.promise;
  return {
    end: async (how: "commit" | "rollback") => {
      ending.resolve(how);
      await done;
    },
  };
}

describe("reading the outbox", () => {
  it("finds a transaction that began first and committed last, and waits for none", async () => {
    const { sql } = database;
    let since = await takeSnapshot(sql);
    const [early, late] = [takeVersion(), takeVersion()];
    const first = await openTransaction(early);
    await insertBatch(sql as never, late);

    const before = await readNews(sql, since, 100);
    expect(versionsOf(before.rows)).toEqual([late]);
    since = before.snapshot;
    await first.end("commit");
    const after = await readNews(sql, since, 100);
    expect(versionsOf(after.rows)).toEqual([early]);
    expect((await readNews(sql, after.snapshot, 100)).rows).toEqual([]);
  });

  it("tells every commit once, whatever lies open while it reads", async () => {
    const { sql } = database;
    let since = await takeSnapshot(sql);
    const told: (number | null)[] = [];
    const committed: number[] = [];
    const open: { version: number; end: (how: "commit" | "rollback") => Promise<void> }[] = [];
    const read = async () => {
      const news = await readNews(sql, since, 1000);
      since = news.snapshot;
      told.push(...versionsOf(news.rows));
    };
    // Random but the same in every run: two connections may lie open, two are left for the rest.
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    for (let step = 0; step < 200; step += 1) {
      const choice = random(4);
      if (choice === 0 && open.length < 2) {
        const version = takeVersion();
        open.push({ version, end: (await openTransaction(version)).end });
      } else if (choice === 1 && open.length > 0) {
        const [ended] = open.splice(random(open.length), 1);
        const how = random(3) === 0 ? "rollback" : "commit";
        await ended?.end(how);
        if (how === "commit" && ended) committed.push(ended.version);
      } else if (choice === 2) {
        const version = takeVersion();
        await insertBatch(sql as never, version);
        committed.push(version);
      } else await read();
    }
    for (const { end, version } of open) {
      await end("commit");
      committed.push(version);
    }
    await read();
    const inOrder = (versions: readonly (number | null)[]) =>
      versions.toSorted((a, b) => Number(a) - Number(b));
    expect(inOrder(told)).toEqual(inOrder(committed));
    expect(told.length).toBeGreaterThan(50);
  });

  it("gives one company exactly what lies between two snapshots", async () => {
    const { sql } = database;
    const versions = [takeVersion(), takeVersion(), takeVersion()] as const;
    const held = await openTransaction(versions[0]);
    const since = await takeSnapshot(sql);
    await insertBatch(sql as never, versions[1]);
    await insertBatch(sql as never, takeVersion(), theirs.companyId);
    await held.end("commit");
    const until = await takeSnapshot(sql);
    await insertBatch(sql as never, versions[2]);

    const missed = await tenantTransaction(sql, ours.companyId, (tx) =>
      listMissedEvents(tx, ours.companyId, { since, until }, 100),
    );
    expect(versionsOf(missed)).toEqual([versions[0], versions[1]]);
    expect(missed.every(({ companyId }) => companyId === ours.companyId)).toBe(true);
  });

  it("uses its indexes however long the outbox is", async () => {
    const { sql } = database;
    await sql`
      insert into live_events (company_id, kind)
      select ${testId()}, 'estimate' from generate_series(1, 20000)
    `;
    await sql`analyze live_events`;
    const since: Snapshot = await takeSnapshot(sql);
    const plan = await sql`
      explain select 1 from live_events
      where live_events.transaction_id >= pg_snapshot_xmax(${since}::pg_snapshot)
        or live_events.transaction_id = any(array(select pg_snapshot_xip(${since}::pg_snapshot)))
    `;
    const text = plan.map((row) => String(row["QUERY PLAN"])).join("\n");
    expect(text).toContain("live_events_by_transaction");
    expect(text).not.toContain("Seq Scan on live_events");
  });
});

describe("the batches of versions", () => {
  it("come as the JSON of the wire, and not at all when they are long", async () => {
    const { sql } = database;
    const version = takeVersion();
    const batch = { companyId: ours.companyId, estimateId: ours.estimateId, version };
    for (const ordinal of [1, 0]) {
      await sql`
        insert into estimate_changes (
          company_id, estimate_id, change_id, version, ordinal, change, source
        )
        values (
          ${ours.companyId}, ${ours.estimateId}, ${testId()}, ${version}, ${ordinal},
          ${sql.json({ ordinal })}, 'bot'
        )
      `;
    }
    const key = `${ours.estimateId}/${version}`;
    expect((await readBatches(sql, [batch], 2)).get(key)).toBe('[{"ordinal": 0},{"ordinal": 1}]');
    expect((await readBatches(sql, [batch], 1)).get(key)).toBeNull();
    expect(await readBatches(sql, [{ ...batch, version: 1_000_000 }], 2)).toEqual(new Map());
  });
});

describe("what is told", () => {
  const newsOf = async (work: () => Promise<unknown>) => {
    const since = await takeSnapshot(database.sql);
    await work();
    return (await readNews(database.sql, since, 100)).rows;
  };

  it("is a batch with where its estimate stands and who may read it", async () => {
    const version = takeVersion();
    const [row] = await newsOf(() => insertBatch(database.sql as never, version));
    expect(row).toMatchObject({ companyId: ours.companyId, kind: "changes", version });
    expect(row?.estimate).toMatchObject({ id: ours.estimateId, isRemoved: false });
    expect(row?.estimate?.ownerIds).toContain(ours.foremanId);
  });

  it("is a status, a document, a notification and a step of a scan", async () => {
    const { sql } = database;
    const { companyId, estimateId } = ours;
    const rows = await newsOf(() =>
      tenantTransaction(sql, companyId, async (tx) => {
        await tx`update estimates set removed_at = now() where company_id = ${companyId} and id = ${estimateId}`;
        await tx`update estimates set removed_at = null where company_id = ${companyId} and id = ${estimateId}`;
        await tx`update estimates set title = 'Дача' where company_id = ${companyId} and id = ${estimateId}`;
        await tx`update documents set status = 'failed' where company_id = ${companyId} and status <> 'failed'`;
        await tx`update telegram_notifications set status = 'muted' where company_id = ${companyId} and status <> 'muted'`;
        await tx`update crm_syncs set deals = deals + 50 where company_id = ${companyId}`;
      }),
    );
    const kinds = rows.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "estimate")).toHaveLength(2);
    expect(new Set(kinds)).toEqual(new Set(["estimate", "document", "notifications", "crm_sync"]));
  });

  it("is whoever lost a role, a membership or a session", async () => {
    const { sql } = database;
    const { companyId } = ours;
    await insertSession(sql, "a token", {
      companyId,
      userId: ours.managerId,
      kind: "miniapp",
      expiresAt: new Date("2100-01-01"),
    });
    const people = async (work: () => Promise<unknown>) =>
      (await newsOf(work)).flatMap(({ kind, userId }) => (kind === "signed_out" ? [userId] : []));
    expect(await people(() => revokeSession(sql, "a token"))).toEqual([ours.managerId]);
    expect(await people(() => revokeSession(sql, "a token"))).toEqual([]);
    const inTeam = (work: (tx: Parameters<typeof setRole>[0]) => Promise<unknown>) =>
      people(() => tenantTransaction(sql, companyId, work));
    const { managerId } = ours;
    expect(await inTeam((tx) => setRole(tx, companyId, managerId, "foreman"))).toEqual([managerId]);
    expect(await inTeam((tx) => setRole(tx, companyId, managerId, "foreman"))).toEqual([]);
    expect(await inTeam((tx) => removeMembership(tx, companyId, managerId))).toEqual([managerId]);
  });

  it("is nothing of what was rolled back", async () => {
    const rows = await newsOf(async () => {
      const held = await openTransaction(takeVersion());
      await held.end("rollback");
    });
    expect(rows).toEqual([]);
  });

  it("is forgotten after its time", async () => {
    const { sql } = database;
    const count = async () => Number((await sql`select count(*) from live_events`)[0]?.["count"]);
    const before = await count();
    expect(await deleteLiveEventsBefore(sql, new Date("2020-01-01"), 100)).toBe(0);
    expect(await deleteLiveEventsBefore(sql, new Date("2100-01-01"), 10)).toBe(10);
    expect(await count()).toBe(before - 10);
  });
});
