import { afterAll, beforeAll, expect, it } from "vitest";
import type { Transaction } from "./client.ts";
import { tenantTransaction } from "./transactions.ts";
import {
  findDocument,
  findDocumentFile,
  insertDocument,
  markDocumentFailed,
  markDocumentSent,
  type NewDocument,
  putDocumentFile,
} from "./documents.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";
import { fillTestCompany, type TestThings } from "./testing_company.ts";
import { testId } from "./testing_ids.ts";

let database: TestDatabase;
let things: TestThings;
let companyId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  things = await fillTestCompany(database.sql, "Ромашка", 0);
  ({ companyId } = things);
});

afterAll(() => database.drop());

function inCompany<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
  return tenantTransaction(database.sql, companyId, work);
}

async function order(fields: Partial<NewDocument> = {}): Promise<NewDocument> {
  const document: NewDocument = {
    id: testId(),
    estimateId: things.estimateId,
    version: 1,
    format: "xlsx",
    orderedBy: things.foremanId,
    // Ids of Telegram's chats have up to 52 bits; groups are negative.
    chatId: -1_009_999_999_999,
    ...fields,
  };
  await inCompany((tx) => insertDocument(tx, companyId, document));
  return document;
}

function find(id: string) {
  return inCompany((tx) => findDocument(tx, companyId, id));
}

it("goes from ordered to ready to sent", async () => {
  const ordered = await order();
  const { id } = ordered;
  expect(await find(id)).toEqual({
    ...ordered,
    status: "ordered",
    fileName: "",
    error: null,
    noticeId: null,
    createdAt: expect.any(Date),
  });
  expect(await inCompany((tx) => findDocumentFile(tx, companyId, id))).toBeNull();

  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  const file = { fileName: "СМ-2026-0001.xlsx", bytes, version: 3 };
  expect(await inCompany((tx) => putDocumentFile(tx, companyId, id, file))).toBe(true);
  expect(await find(id)).toMatchObject({ status: "ready", fileName: file.fileName, version: 3 });
  const stored = await inCompany((tx) => findDocumentFile(tx, companyId, id));
  expect(stored?.fileName).toBe(file.fileName);
  expect(Buffer.compare(stored?.bytes ?? Buffer.of(), bytes)).toBe(0);

  expect(await inCompany((tx) => markDocumentSent(tx, companyId, id))).toBe(true);
  expect(await find(id)).toMatchObject({ status: "sent" });

  // From a process that stood still while another one sent it.
  expect(await inCompany((tx) => putDocumentFile(tx, companyId, id, file))).toBe(false);
  expect(await inCompany((tx) => markDocumentFailed(tx, companyId, id, "late"))).toBe(false);
  expect(await find(id)).toMatchObject({ status: "sent", error: null });
});

it("keeps why it failed, until it succeeds", async () => {
  const { id } = await order({ chatId: null });
  expect(await inCompany((tx) => markDocumentFailed(tx, companyId, id, "нет места"))).toBe(true);
  expect(await find(id)).toMatchObject({ status: "failed", error: "нет места", chatId: null });
  const file = { fileName: "1.xlsx", bytes: Uint8Array.of(1), version: 1 };
  await inCompany((tx) => putDocumentFile(tx, companyId, id, file));
  expect(await find(id)).toMatchObject({ status: "ready", error: null });
});

it("is told to be missing when it is", async () => {
  const id = testId();
  const file = { fileName: "1.xlsx", bytes: Uint8Array.of(1), version: 1 };
  expect(await find(id)).toBeNull();
  expect(await inCompany((tx) => putDocumentFile(tx, companyId, id, file))).toBe(false);
  expect(await inCompany((tx) => markDocumentSent(tx, companyId, id))).toBe(false);
  expect(await inCompany((tx) => markDocumentFailed(tx, companyId, id, "-"))).toBe(false);
});
