import { setFlagsFromString } from "node:v8";
import { runInThisContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { settleDriverClasses } from "./driver_classes.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

describe("settleDriverClasses", () => {
  it("leaves both classes of a query as V8 compiles them", async () => {
    const query = database.sql`select 1 as one`;
    const classes = [query.constructor, (await query).constructor];

    expect(classes.map(hasFastProperties)).toEqual([false, false]);
    await settleDriverClasses(database.sql);

    expect(classes.map(hasFastProperties)).toEqual([true, true]);
  });
});

/** What V8 says of its own keeping. */
const hasFastProperties = (() => {
  setFlagsFromString("--allow-natives-syntax");
  return runInThisContext("(value) => %HasFastProperties(value)") as (value: unknown) => boolean;
})();
