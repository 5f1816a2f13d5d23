import { expect, it } from "vitest";
import { OutageError } from "./errors.ts";

it("an outage keeps what was thrown, for the log", () => {
  const cause = new Error("connection refused");
  const outage = new OutageError(cause);
  expect(outage.name).toBe("OutageError");
  expect(outage.message).toBe("the database was away");
  expect(outage.cause).toBe(cause);
});
