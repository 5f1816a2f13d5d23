import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { createKept, encodeAnswer, placeOf, readableIn } from "./kept_answers.ts";

const sized = (text: string) => ({ text, size: text.length });

const ID = "019a0000-0000-7000-8000-000000000001";
const OTHER = "019a0000-0000-7000-8000-000000000002";

it("forgets what was not read for longest when there is no more room", () => {
  const answers = createKept<ReturnType<typeof sized>>(15);
  answers.keep("a", sized("12345"));
  answers.keep("b", sized("12345"));
  answers.keep("c", sized("12345"));
  expect(answers.find("a")).toEqual(sized("12345"));
  answers.keep("d", sized("12345"));
  expect(["a", "b", "c", "d"].map((key) => answers.find(key) !== undefined)).toEqual([
    true,
    false,
    true,
    true,
  ]);
  answers.keep("e", sized("longer than all of the room there is"));
  expect(["a", "c", "d", "e"].map((key) => answers.find(key))).toEqual(
    Array.from({ length: 4 }, () => undefined),
  );
});

it("counts a text once however often it is kept", () => {
  const answers = createKept<ReturnType<typeof sized>>(10);
  for (let time = 0; time < 10; time += 1) answers.keep("a", sized("12345"));
  answers.keep("b", sized("12345"));
  expect(answers.find("a")).toEqual(sized("12345"));
});

it("packs an answer once, unless that would hold up everybody", () => {
  const short = "[1,2,3]".repeat(1000);
  const packed = encodeAnswer(short, "gzip");
  expect(packed.packing).toBe("gzip");
  expect(gunzipSync(packed.bytes).toString()).toBe(short);
  expect(encodeAnswer(short, "none").bytes.toString()).toBe(short);
  expect(encodeAnswer("я".repeat(300_000), "gzip").packing).toBe("none");
});

it.each(["gzip", "none"] as const)("holds no more memory than it says: %s", (packing) => {
  const { bytes, size } = encodeAnswer('{"title":"Кухня"}', packing);
  expect(bytes.buffer.byteLength).toBe(size);
});

it.each([
  ["GET", `/api/v1/estimates/${ID}`, { estimateId: ID, revisionId: null }],
  ["GET", `/api/v1/estimates/${ID}/revisions/${OTHER}`, { estimateId: ID, revisionId: OTHER }],
  ["DELETE", `/api/v1/estimates/${ID}`, undefined],
  ["GET", `/api/v1/estimates/${ID}/card`, undefined],
  ["GET", `/api/v1/estimates/${"x".repeat(36)}`, undefined],
  ["GET", `/api/v1/estimates/${ID}/revisions/${"x".repeat(36)}`, undefined],
])("looks up with the session of %s %s what it reads", (method, path, place) => {
  const req = { method, path } as Parameters<typeof placeOf>[0]["req"];
  expect(placeOf({ req })).toEqual(place);
});

it("lets a person read what he may only", () => {
  const seen = { ownerIds: [OTHER], isRemoved: false, stamp: null, frozen: null };
  const session = (role: "foreman" | "manager", userId: string) => ({
    actor: { companyId: ID, userId, role },
    telegramId: 1,
    name: "",
    seen,
  });
  expect(readableIn(session("foreman", ID))).toBeNull();
  expect(readableIn(session("foreman", OTHER))).toBe(seen);
  expect(readableIn(session("manager", ID))).toBe(seen);
});
