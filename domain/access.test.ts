import { describe, expect, it } from "vitest";
import {
  type Action,
  type Actor,
  can,
  type Role,
  ROLE_NAMES,
  ROLES,
  seesOnlyOwn,
} from "./access.ts";

const companyId = "01990000-0000-7000-8000-000000000001";
const me = "01990000-0000-7000-8000-000000000002";
const other = "01990000-0000-7000-8000-000000000003";
const actor = (role: Role): Actor => ({ companyId, userId: me, role });

/** Who may do it in the own company; the table of the product, written a second time. */
const RIGHTS: Readonly<Record<Action, string>> = {
  "estimate.read": "owner manager foreman",
  "estimate.create": "owner manager foreman",
  "estimate.edit": "owner manager foreman",
  "estimate.remove": "owner manager foreman",
  "estimate.submit": "owner manager foreman",
  "estimate.approve": "owner manager",
  "client.read": "owner manager foreman",
  "client.edit": "owner manager foreman",
  "project.read": "owner manager foreman",
  "project.edit": "owner manager foreman",
  "catalogue.read": "owner manager foreman",
  "catalogue.edit": "owner manager",
  "company.edit": "owner",
  "team.read": "owner manager",
  "team.edit": "owner",
  "crm.edit": "owner",
  "jobs.retry": "owner manager",
  "keys.edit": "owner",
  "report.read": "owner manager",
};
const ACTIONS = Object.entries(RIGHTS) as [Action, string][];

describe("rights", () => {
  it.each(ACTIONS)("to %s are of: %s", (action, allowed) => {
    const may = ROLES.filter((role) => can(actor(role), action, { companyId, ownerIds: [me] }));
    expect(may.join(" ")).toBe(allowed);
  });

  it.each(ACTIONS)("to %s end at the company, whatever the role", (action) => {
    for (const role of ROLES) {
      expect(can(actor(role), action, { companyId: other, ownerIds: [me] })).toBe(false);
      expect(can(actor(role), action, { companyId: other })).toBe(false);
    }
  });

  it("of a foreman end at the estimates of others, and only there", () => {
    const foreign = { companyId, ownerIds: [other] };
    for (const [action, allowed] of ACTIONS) {
      const isOwnOnly = action.startsWith("estimate.") || !allowed.includes("foreman");
      expect([action, can(actor("foreman"), action, foreign)]).toEqual([action, !isOwnOnly]);
      expect(can(actor("owner"), action, foreign)).toBe(true);
      expect(can(actor("manager"), action, foreign)).toBe(allowed.includes("manager"));
    }
    expect(can(actor("foreman"), "estimate.edit", { companyId, ownerIds: [] })).toBe(false);
    expect(can(actor("foreman"), "estimate.edit", { companyId, ownerIds: [other, me] })).toBe(true);
    // A thing that belongs to nobody yet.
    expect(can(actor("foreman"), "estimate.create", { companyId })).toBe(true);
  });

  it("narrow lists for foremen alone", () => {
    expect(ROLES.filter((role) => seesOnlyOwn(actor(role)))).toEqual(["foreman"]);
  });

  it("have names that people know", () => {
    expect(ROLES.map((role) => ROLE_NAMES[role])).toEqual(["владелец", "руководитель", "прораб"]);
  });
});

describe("a key of the API", () => {
  const may = (keyScope: "read" | "write", action: Action) =>
    can({ ...actor("owner"), keyScope }, action, { companyId });

  it("for reading reads what belongs to estimates, and changes nothing", () => {
    expect(may("read", "estimate.read")).toBe(true);
    expect(may("read", "client.read")).toBe(true);
    expect(may("read", "estimate.edit")).toBe(false);
    expect(may("read", "client.edit")).toBe(false);
  });

  it("for writing writes, and yet agrees to nothing and reaches no people, CRM or keys", () => {
    expect(may("write", "estimate.edit")).toBe(true);
    expect(may("write", "estimate.submit")).toBe(true);
    const forPeople: Action[] = [
      "estimate.approve",
      "company.edit",
      "team.read",
      "team.edit",
      "crm.edit",
      "jobs.retry",
      "keys.edit",
      "report.read",
    ];
    expect(forPeople.filter((action) => may("write", action))).toEqual([]);
  });

  it("of a foreman sees his own estimates only", () => {
    const key: Actor = { ...actor("foreman"), keyScope: "read" };
    expect(can(key, "estimate.read", { companyId, ownerIds: [me] })).toBe(true);
    expect(can(key, "estimate.read", { companyId, ownerIds: [other] })).toBe(false);
  });
});
