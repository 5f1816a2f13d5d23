import { afterAll, beforeAll, expect, it } from "vitest";
import type { Transaction } from "./client.ts";
import { tenantTransaction } from "./transactions.ts";
import {
  findNotification,
  insertNotification,
  listNotifications,
  markNotificationFailed,
  markNotificationSent,
} from "./notifications.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";
import { foundTestCompany } from "./testing_company.ts";
import { testId } from "./testing_ids.ts";

let database: TestDatabase;
let companyId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  ({ companyId } = await foundTestCompany(database.sql, "Ромашка"));
});

afterAll(() => database.drop());

function inCompany<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
  return tenantTransaction(database.sql, companyId, work);
}

async function add(telegramId = 7_000_000_001): Promise<string> {
  const id = testId();
  const content = { text: "Смета утверждена", figures: [1, 2] };
  await inCompany((tx) =>
    insertNotification(tx, companyId, { id, telegramId, kind: "approved", content }),
  );
  return id;
}

function find(id: string) {
  return inCompany((tx) => findNotification(tx, companyId, id));
}

it("tells what became of a message", async () => {
  const id = await add();
  expect(await find(id)).toEqual({
    id,
    telegramId: 7_000_000_001,
    kind: "approved",
    content: { text: "Смета утверждена", figures: [1, 2] },
    status: "waiting",
    attempts: 0,
    telegramMessageId: null,
    error: null,
    createdAt: expect.any(Date),
    deliveredAt: null,
  });
  const failure = { status: "waiting", error: "429" } as const;
  expect(await inCompany((tx) => markNotificationFailed(tx, companyId, id, failure))).toBe(true);
  expect(await find(id)).toMatchObject({ status: "waiting", attempts: 1, error: "429" });
  expect(await inCompany((tx) => markNotificationSent(tx, companyId, id, 99))).toBe(true);
  expect(await find(id)).toMatchObject({
    status: "sent",
    attempts: 2,
    telegramMessageId: 99,
    error: null,
    deliveredAt: expect.any(Date),
  });
});

it("never calls a delivered message failed", async () => {
  const id = await add();
  await inCompany((tx) => markNotificationSent(tx, companyId, id, 1));
  const failure = { status: "failed", error: "late" } as const;
  expect(await inCompany((tx) => markNotificationFailed(tx, companyId, id, failure))).toBe(false);
  expect(await find(id)).toMatchObject({ status: "sent" });
  expect(await inCompany((tx) => markNotificationSent(tx, companyId, testId(), 1))).toBe(false);
});

it("lists one person's messages, newest first, by pages", async () => {
  const telegramId = 7_000_000_002;
  const ids = [await add(telegramId), await add(telegramId), await add(telegramId)];
  const list = async (before: string | null) => {
    const rows = await inCompany((tx) =>
      listNotifications(tx, companyId, telegramId, { before, limit: 2 }),
    );
    return rows.map((row) => row.id);
  };
  expect(await list(null)).toEqual([ids[2], ids[1]]);
  expect(await list(ids[1] ?? null)).toEqual([ids[0]]);
  expect(await find(testId())).toBeNull();
});
