import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { inTransaction, tenantTransaction } from "./transactions.ts";
import { findEstimateStamp } from "./estimate_names.ts";
import { removeMembership, setRole } from "./memberships.ts";
import { findSessionAtRevision, findSessionsAt } from "./session_reads.ts";
import {
  deleteSessionsBefore,
  findSession,
  insertSession,
  revokeSession,
  revokeSessionsOf,
} from "./sessions.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";
import { fillTestCompany, foundTestCompany, type TestCompany } from "./testing_company.ts";
import { testId } from "./testing_ids.ts";

let database: TestDatabase;
let company: TestCompany;
const expiresAt = new Date("2026-11-22T12:00:00Z");
const now = new Date("2026-11-22T11:00:00Z");

beforeAll(async () => {
  database = await createTestDatabase();
});

beforeEach(async () => {
  await database.sql`delete from sessions`;
  company = await foundTestCompany(database.sql, "Ромашка");
});

afterAll(() => database.drop());

async function open(token: string, options: { userId?: string; expiresAt?: Date } = {}) {
  await insertSession(database.sql, token, {
    companyId: company.companyId,
    userId: options.userId ?? company.managerId,
    kind: "miniapp",
    expiresAt: options.expiresAt ?? expiresAt,
  });
}

function find(token: string, moment = now) {
  return findSession(database.sql, token, moment);
}

it("finds a session by its token until it expires", async () => {
  await open("secret");
  expect(await find("secret")).toEqual({
    id: expect.any(String),
    companyId: company.companyId,
    userId: company.managerId,
    role: "manager",
    name: "manager Ромашка",
    telegramId: null,
    kind: "miniapp",
    expiresAt,
  });
  expect(await find("secret", new Date(expiresAt.getTime() - 1))).not.toBeNull();
  expect(await find("secret", expiresAt)).toBeNull();
  expect(await find("another")).toBeNull();
});

it("finds together with a session what stands where it reads, of its own company only", async () => {
  const { sql } = database;
  const own = await fillTestCompany(sql, "Ромашка", 3);
  const foreign = await fillTestCompany(sql, "Лютик", 4);
  await insertSession(sql, "secret", { ...own, userId: own.managerId, kind: "miniapp", expiresAt });
  const session = await find("secret");
  const stamp = await tenantTransaction(sql, own.companyId, (tx) =>
    findEstimateStamp(tx, own.companyId, own.estimateId),
  );
  const at = (estimateId: string | null, token = "secret") => ({ token, estimateId });
  const nothing = { session, estimate: null, stamp: null, frozen: null };
  const asked = [
    at(own.estimateId),
    at(own.estimateId, "another"),
    at(foreign.estimateId),
    at(null),
    at(testId()),
    at(own.estimateId),
  ];
  const whole = { session, estimate: stamp, stamp, frozen: null };
  expect(await findSessionsAt(sql, asked, now)).toEqual([
    whole,
    null,
    nothing,
    nothing,
    nothing,
    whole,
  ]);
  expect(await findSessionsAt(sql, asked, expiresAt)).toEqual(asked.map(() => null));
});

it("finds together with a session the frozen revision that it reads, of its own company only", async () => {
  const { sql } = database;
  const own = await fillTestCompany(sql, "Ромашка", 5);
  const foreign = await fillTestCompany(sql, "Лютик", 6);
  await insertSession(sql, "secret", { ...own, userId: own.managerId, kind: "miniapp", expiresAt });
  const session = await find("secret");
  const at = (place: { estimateId: string; revisionId: string }, token = "secret") =>
    findSessionAtRevision(sql, token, place, now);
  const before = await at(own);
  const stamp = await tenantTransaction(sql, own.companyId, (tx) =>
    findEstimateStamp(tx, own.companyId, own.estimateId),
  );
  const { isRemoved, foremanId, createdBy } = stamp ?? {};
  expect(before).toEqual({
    session,
    estimate: { isRemoved, foremanId, createdBy },
    stamp: null,
    frozen: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/), written: expect.any(String) },
  });
  expect(await at({ ...own, revisionId: foreign.revisionId })).toMatchObject({ frozen: null });
  for (const place of [foreign, { ...foreign, estimateId: testId() }]) {
    expect(await at(place)).toEqual({ session, estimate: null, stamp: null, frozen: null });
  }
  expect(await at(own, "another")).toBeNull();
  await inTransaction(sql, async (tx) => {
    // As when what the law let us keep of a person goes.
    await tx`set local session_replication_role = replica`;
    await tx`update estimate_revisions set document = '{}' where id = ${own.revisionId}`;
  });
  const after = await at(own);
  expect(after?.frozen?.sha256).toBe(before?.frozen?.sha256);
  expect(after?.frozen?.written).not.toBe(before?.frozen?.written);
});

it("stores the SHA-256 of the token and nothing that opens the door", async () => {
  await open("secret");
  const [row] = await database.sql`
    select encode(token_hash, 'hex') as hash, sessions::text like '%secret%' as is_readable
    from sessions
  `;
  expect(row).toEqual({
    hash: "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b",
    is_readable: false,
  });
});

it("gives the role and the name in Telegram of right now", async () => {
  await open("secret");
  const { companyId, managerId } = company;
  await tenantTransaction(database.sql, companyId, (tx) =>
    setRole(tx, companyId, managerId, "foreman"),
  );
  await database.sql`
    insert into telegram_users (telegram_id, user_id, first_name)
    values (7000000001, ${managerId}, 'Анна')
  `;
  expect(await find("secret")).toMatchObject({ role: "foreman", telegramId: 7_000_000_001 });
});

it("ends with the membership", async () => {
  await open("secret");
  const { companyId, managerId } = company;
  await tenantTransaction(database.sql, companyId, (tx) =>
    removeMembership(tx, companyId, managerId),
  );
  expect(await find("secret")).toBeNull();
});

it("can be revoked alone, or with all of a person", async () => {
  await open("one");
  await open("two");
  await open("three");
  await open("owner", { userId: company.ownerId });
  await revokeSession(database.sql, "one");
  expect(await find("one")).toBeNull();
  expect(await find("two")).not.toBeNull();
  expect(await revokeSessionsOf(database.sql, company.companyId, company.managerId)).toBe(2);
  expect(await find("two")).toBeNull();
  expect(await find("three")).toBeNull();
  expect(await find("owner")).not.toBeNull();
});

it("ends the sessions of one company only", async () => {
  const other = await foundTestCompany(database.sql, "Лютик");
  await open("here");
  await database.sql`
    insert into memberships (company_id, user_id, role)
    values (${other.companyId}, ${company.managerId}, 'manager')
  `;
  await insertSession(database.sql, "there", {
    companyId: other.companyId,
    userId: company.managerId,
    kind: "manager",
    expiresAt,
  });
  expect(await revokeSessionsOf(database.sql, other.companyId, company.managerId)).toBe(1);
  expect(await find("here")).not.toBeNull();
  expect(await find("there")).toBeNull();
});

it("forgets expired sessions, so many at a time", async () => {
  const past = new Date("2026-11-01T00:00:00Z");
  for (const token of ["1", "2", "3"]) await open(token, { expiresAt: past });
  await open("fresh");
  expect(await deleteSessionsBefore(database.sql, now, 2)).toBe(2);
  expect(await deleteSessionsBefore(database.sql, now, 2)).toBe(1);
  expect(await deleteSessionsBefore(database.sql, now, 2)).toBe(0);
  expect(await find("fresh")).not.toBeNull();
});
