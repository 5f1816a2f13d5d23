import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kopecks, formatMoney, multiply, takePercent } from "../domain/money.ts";
import { formatPercent, type Percent } from "../domain/percent.ts";
import { formatQuantity, type Quantity } from "../domain/quantity.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";

const LINES = 100_000;

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(async () => {
  await database.drop();
});

/** mulberry32: the same lines in every run, another set with another seed. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe("money in the program and in PostgreSQL", () => {
  it(`agrees to the kopeck on ${LINES} random lines and per cents`, async () => {
    const random = createRandom(20_261_122);
    const digits = (count: number) => BigInt(Math.floor(random() * 10 ** count));
    const ours = Array.from({ length: LINES }, () => {
      const price = kopecks(digits(3 + Math.floor(random() * 7)));
      // Half of the quantities have few digits, so that halves of a kopeck are met often.
      const quantity = (
        random() < 0.5 ? digits(4) * 500_000n : digits(4 + Math.floor(random() * 8))
      ) as Quantity;
      const percent = digits(6) as Percent;
      const amount = multiply(price, quantity);
      return {
        price: formatMoney(price),
        quantity: formatQuantity(quantity),
        percent: formatPercent(percent),
        amount: formatMoney(amount),
        share: formatMoney(takePercent(amount, percent)),
      };
    });
    const rows = await database.sql`
      select price, quantity, percent, amount, share
      from jsonb_to_recordset(${database.sql.json(ours)}) as line (
        price numeric, quantity numeric, percent numeric, amount numeric, share numeric
      )
      where amount <> round(price * quantity, 2)
        or share <> round(round(price * quantity, 2) * percent / 100, 2)
      limit 5
    `;
    expect([...rows]).toEqual([]);
    expect(ours.filter((line) => line.amount !== "0.00").length).toBeGreaterThan(LINES / 2);
  });
});
