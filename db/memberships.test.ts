import { afterAll, beforeAll, expect, it } from "vitest";
import type { Transaction } from "./client.ts";
import { tenantTransaction } from "./transactions.ts";
import {
  findRole,
  insertMembership,
  listMembers,
  removeMembership,
  setRole,
} from "./memberships.ts";
import { findPersonByTelegram } from "./people.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";
import { foundTestCompany, type TestCompany } from "./testing_company.ts";
import { testId } from "./testing_ids.ts";

let database: TestDatabase;
let company: TestCompany;

beforeAll(async () => {
  database = await createTestDatabase();
  company = await foundTestCompany(database.sql, "Ромашка");
});

afterAll(() => database.drop());

function inCompany<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
  return tenantTransaction(database.sql, company.companyId, work);
}

async function addUser(name: string, telegramId?: number): Promise<string> {
  const userId = testId();
  const { sql } = database;
  await sql`insert into users (user_id, name) values (${userId}, ${name})`;
  if (telegramId !== undefined) {
    await sql`
      insert into telegram_users (telegram_id, user_id, username, first_name)
      values (${telegramId}, ${userId}, ${`user${telegramId}`}, ${name})
    `;
  }
  return userId;
}

it("lists the team in order of joining, with names in Telegram", async () => {
  const newcomer = await addUser("Пётр", 5_000_000_001);
  const { companyId } = company;
  await inCompany((tx) => insertMembership(tx, companyId, { userId: newcomer, role: "foreman" }));
  const members = await inCompany((tx) => listMembers(tx, companyId, 100));
  expect(members.map(({ role, username }) => [role, username])).toEqual([
    ["owner", null],
    ["manager", null],
    ["foreman", null],
    ["foreman", "user5000000001"],
  ]);
  expect(members.at(-1)).toMatchObject({
    userId: newcomer,
    name: "Пётр",
    joinedAt: expect.any(Date),
  });
  expect(await inCompany((tx) => listMembers(tx, companyId, 2))).toHaveLength(2);
});

it("keeps the role of a member who is taken in again", async () => {
  const { companyId, ownerId } = company;
  const isNew = await inCompany((tx) =>
    insertMembership(tx, companyId, { userId: ownerId, role: "foreman" }),
  );
  expect(isNew).toBe(false);
  expect(await inCompany((tx) => findRole(tx, companyId, ownerId))).toBe("owner");
});

it("changes the role of members only", async () => {
  const { companyId, foremanId } = company;
  expect(await inCompany((tx) => setRole(tx, companyId, foremanId, "manager"))).toBe(true);
  expect(await inCompany((tx) => findRole(tx, companyId, foremanId))).toBe("manager");
  expect(await inCompany((tx) => setRole(tx, companyId, testId(), "manager"))).toBe(false);
});

it("forgets the role of who was removed, and takes them back with a new one", async () => {
  const { companyId, managerId } = company;
  expect(await inCompany((tx) => removeMembership(tx, companyId, managerId))).toBe(true);
  expect(await inCompany((tx) => removeMembership(tx, companyId, managerId))).toBe(false);
  expect(await inCompany((tx) => findRole(tx, companyId, managerId))).toBeNull();
  expect(await inCompany((tx) => setRole(tx, companyId, managerId, "owner"))).toBe(false);
  const members = await inCompany((tx) => listMembers(tx, companyId, 100));
  expect(members.map((member) => member.userId)).not.toContain(managerId);

  const isNew = await inCompany((tx) =>
    insertMembership(tx, companyId, { userId: managerId, role: "foreman" }),
  );
  expect(isNew).toBe(true);
  expect(await inCompany((tx) => findRole(tx, companyId, managerId))).toBe("foreman");
});

it("finds a person with all companies, acting for the chosen one or the first that is left", async () => {
  const { sql } = database;
  const telegramId = 5_000_000_002;
  const userId = await addUser("Анна", telegramId);
  expect(await findPersonByTelegram(sql, telegramId)).toEqual({
    userId,
    telegramId,
    name: "Анна",
    memberships: [],
    actor: null,
  });

  const other = await foundTestCompany(sql, "Лютик");
  await inCompany((tx) => insertMembership(tx, company.companyId, { userId, role: "manager" }));
  await tenantTransaction(sql, other.companyId, (tx) =>
    insertMembership(tx, other.companyId, { userId, role: "foreman" }),
  );
  await sql`
    update telegram_users
    set active_company_id = ${other.companyId}
    where telegram_id = ${telegramId}
  `;
  expect(await findPersonByTelegram(sql, telegramId)).toEqual({
    userId,
    telegramId,
    name: "Анна",
    memberships: [
      { companyId: company.companyId, companyName: "Ромашка", role: "manager" },
      { companyId: other.companyId, companyName: "Лютик", role: "foreman" },
    ],
    actor: { companyId: other.companyId, userId, role: "foreman" },
  });

  await tenantTransaction(sql, other.companyId, (tx) =>
    removeMembership(tx, other.companyId, userId),
  );
  expect((await findPersonByTelegram(sql, telegramId))?.actor).toEqual({
    companyId: company.companyId,
    userId,
    role: "manager",
  });
  expect(await findPersonByTelegram(sql, 5_000_000_999)).toBeNull();
});
