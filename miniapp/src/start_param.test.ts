import fc from "fast-check";
import { expect, it } from "vitest";
import { packId } from "../../domain/ids.ts";
import { routeOfStartParam } from "./start_param.ts";

it("names what a deep link opens", () => {
  fc.assert(
    fc.property(fc.uuid(), (id) => {
      expect(routeOfStartParam(`e_${packId(id)}`)).toEqual({ name: "estimate", id });
      expect(routeOfStartParam(`a_${packId(id)}`)).toEqual({ name: "agreement", id });
      expect(routeOfStartParam(`q_${packId(id)}`)).toEqual({ name: "questions", id });
      expect(routeOfStartParam(`c_${packId(id)}`)).toEqual({ name: "client", id });
      expect(routeOfStartParam(`o_${packId(id)}`)).toEqual({ name: "project", id });
      expect(routeOfStartParam(`d_${packId(id)}`)).toEqual({ name: "extras", id });
      expect(routeOfStartParam(`p_${packId(id)}`)).toEqual({ name: "payments", id });
    }),
  );
});

it.each([null, "", "e_", "e_tooshort", "x_AZAAAAAAcACAAAAAAAAAAQ", "e_AZAAAAAAcACAAAAAAAAAA!"])(
  "takes %s for no deep link",
  (startParam) => {
    expect(routeOfStartParam(startParam)).toBeNull();
  },
);
