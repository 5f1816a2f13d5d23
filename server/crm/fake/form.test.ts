import { expect, test } from "vitest";
import { buildForm, parseForm } from "./form.ts";

test("reads nested keys, lists and pushes as PHP does", () => {
  expect(parseForm("a[b][0]=1&a[b][]=2&c=%D0%B0+b&d[x][y]=1&d[x][y]=2")).toEqual({
    a: { b: ["1", "2"] },
    c: "а b",
    d: { x: { y: "2" } },
  });
  expect(parseForm("filter%5B%3Eid%5D=5&empty&=none&x[1]=a")).toEqual({
    filter: { ">id": "5" },
    empty: "",
    x: { 1: "a" },
  });
});

test("never reaches a prototype", () => {
  const parsed = parseForm(
    "__proto__[polluted]=1&a[__proto__][polluted]=1&constructor[prototype][polluted]=1",
  );
  expect(Object.getPrototypeOf(parsed)).toBeNull();
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});

test("keeps what cannot be decoded", () => {
  expect(parseForm("a=100%&b=%E0%A4")).toEqual({ a: "100%", b: "%E0%A4" });
});

test("writes what it reads", () => {
  const data = { leads: { status: [{ id: "1", tags: ["а", "б&в"] }] }, account: { id: "7" } };
  expect(parseForm(buildForm({ ...data, nothing: null }))).toEqual(data);
});
