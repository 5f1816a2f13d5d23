import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findCompanyOfConnection, listCrmCompanies } from "./crm_connections.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";
import { fillTestCompany, type TestThings } from "./testing_company.ts";

let database: TestDatabase;
let first: TestThings;
let second: TestThings;

beforeAll(async () => {
  database = await createTestDatabase();
  first = await fillTestCompany(database.sql, "Ромашка", 1);
  second = await fillTestCompany(database.sql, "Лютик", 2);
});

afterAll(() => database.drop());

describe("whoever works at the command line", () => {
  it("sees all companies, the oldest first, or the one that was named", async () => {
    const { sql } = database;
    expect(await listCrmCompanies(sql, 10)).toEqual([
      { companyId: first.companyId, name: "Ромашка" },
      { companyId: second.companyId, name: "Лютик" },
    ]);
    expect(await listCrmCompanies(sql, 1)).toHaveLength(1);
    expect(await listCrmCompanies(sql, 10, second.companyId)).toEqual([
      { companyId: second.companyId, name: "Лютик" },
    ]);
  });

  it("finds whose a connection is, unless it was removed or never there", async () => {
    const { sql } = database;
    expect(await findCompanyOfConnection(sql, second.connectionId)).toBe(second.companyId);
    expect(await findCompanyOfConnection(sql, second.clientId)).toBeNull();
    await sql`
      update crm_connections
      set state = 'removed'
      where company_id = ${second.companyId} and id = ${second.connectionId}
    `;
    expect(await findCompanyOfConnection(sql, second.connectionId)).toBeNull();
  });
});
