import { expect, it } from "vitest";
import { readOptions } from "./options.ts";

it("takes a run by its name, with minutes", () => {
  expect(readOptions(["soak", "30"], {})).toEqual({ only: ["31"], soakSeconds: 1800 });
  expect(readOptions(["soak"], {})).toEqual({ only: ["31"], soakSeconds: 300 });
});

it("takes variables where no run is named", () => {
  const env = { FAULTS_ONLY: "7,13b", FAULTS_SOAK: "60" };
  expect(readOptions([], env)).toEqual({ only: ["7", "13b"], soakSeconds: 60 });
  expect(readOptions([], {})).toEqual({ only: null, soakSeconds: 300 });
});

it.each([["soak", "long"], ["soak", "-1"], ["soak", "1", "2"], ["sok"]])(
  "does not guess what «%s %s» means",
  (...words) => {
    expect(() => readOptions(words.filter(Boolean), {})).toThrow(/npm run faults -- soak/);
  },
);
