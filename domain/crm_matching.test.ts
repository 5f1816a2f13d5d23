import { describe, expect, it } from "vitest";
import { type MatchFacts, matchClient } from "./crm_matching.ts";

const nobody: MatchFacts = { byKey: null, byPhone: [], byEmail: [], taken: new Set() };

describe("a record of a CRM", () => {
  it.each<[string, Partial<MatchFacts>, object]>([
    ["is somebody new when nothing is known", {}, { outcome: "create" }],
    ["is whom our key names", { byKey: "a", byPhone: ["b"] }, { outcome: "bind", clientId: "a" }],
    ["is the one with the phone", { byPhone: ["b", "b"] }, { outcome: "bind", clientId: "b" }],
    [
      "is the one with the phone before the one with the e-mail",
      { byPhone: ["b"], byEmail: ["c"] },
      { outcome: "bind", clientId: "b" },
    ],
    ["is the one with the e-mail", { byEmail: ["c"] }, { outcome: "bind", clientId: "c" }],
    [
      "is for a person to tell when two have the phone",
      { byPhone: ["b", "c"] },
      { outcome: "review", candidates: ["b", "c"] },
    ],
    [
      "is for a person to tell when two have the e-mail",
      { byEmail: ["c", "d", "c"] },
      { outcome: "review", candidates: ["c", "d"] },
    ],
    [
      "is for a person to tell when the one is somebody else there",
      { byPhone: ["b"], taken: new Set(["b"]) },
      { outcome: "review", candidates: ["b"] },
    ],
    [
      "is not whom our key names when he is somebody else there",
      { byKey: "a", byPhone: ["b"], taken: new Set(["a"]) },
      { outcome: "bind", clientId: "b" },
    ],
  ])("%s", (_, facts, match) => {
    expect(matchClient({ ...nobody, ...facts })).toEqual(match);
  });
});
