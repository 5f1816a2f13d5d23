import { describe, expect, it } from "vitest";
import {
  ESTIMATE_STATUSES,
  isEditable,
  STATUS_MARKS,
  STATUS_NAMES,
  STATUS_STEPS,
  statusAfter,
  type StatusStep,
} from "./status.ts";

/** From → to, every pair that is allowed; everything else is not. */
const STEPS: Readonly<Record<StatusStep, string>> = {
  submit: "draft→submitted returned→submitted",
  withdraw: "submitted→draft",
  approve: "submitted→approved",
  return: "submitted→returned",
  revise: "submitted→draft approved→draft",
  archive: "draft→archived approved→archived returned→archived",
};

describe("the status of an estimate", () => {
  it.each(Object.keys(STATUS_STEPS) as StatusStep[])("goes on by %s from where it may", (step) => {
    const found = ESTIMATE_STATUSES.flatMap((status) => {
      const next = statusAfter(status, step);
      return next === null ? [] : [`${status}→${next}`];
    });
    expect(found.join(" ")).toBe(STEPS[step]);
  });

  it("lets a draft and a returned estimate be edited, and nothing that is frozen", () => {
    expect(ESTIMATE_STATUSES.filter(isEditable)).toEqual(["draft", "returned"]);
  });

  it("has a mark and a name of its own each", () => {
    expect(new Set(Object.values(STATUS_MARKS)).size).toBe(ESTIMATE_STATUSES.length);
    expect(new Set(Object.values(STATUS_NAMES)).size).toBe(ESTIMATE_STATUSES.length);
  });
});
