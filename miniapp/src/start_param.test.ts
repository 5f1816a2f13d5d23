import fc from "fast-check";
import { expect, it } from "vitest";
import { packId } from "../../domain/ids.ts";
import { estimateOfStartParam } from "./start_param.ts";

it("reads every packed id back from a deep link", () => {
  fc.assert(
    fc.property(fc.uuid(), (id) => {
      expect(estimateOfStartParam(`e_${packId(id)}`)).toBe(id);
    }),
  );
});

it("takes anything else for no estimate", () => {
  for (const text of [null, "", "e_", "join_abc", `e_${"x".repeat(21)}`, `e_${"x".repeat(23)}`]) {
    expect(estimateOfStartParam(text)).toBeNull();
  }
});
