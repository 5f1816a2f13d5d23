import { expect, it } from "vitest";
import { createKeptAnswers, placeOf, readableIn } from "./kept_answers.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);

const ID = "019a0000-0000-7000-8000-000000000001";
const OTHER = "019a0000-0000-7000-8000-000000000002";

it("forgets what was not read for longest when there is no more room", () => {
  const answers = createKeptAnswers(15);
  answers.keep("a", "12345");
  answers.keep("b", "12345");
  answers.keep("c", "12345");
  expect(answers.find("a")).toEqual(utf8("12345"));
  answers.keep("d", "12345");
  expect(["a", "b", "c", "d"].map((key) => answers.find(key) !== undefined)).toEqual([
    true,
    false,
    true,
    true,
  ]);
  answers.keep("e", "longer than all of the room there is");
  expect(["a", "c", "d", "e"].map((key) => answers.find(key))).toEqual(
    Array.from({ length: 4 }, () => undefined),
  );
});

it("counts a text once however often it is kept", () => {
  const answers = createKeptAnswers(10);
  for (let time = 0; time < 10; time += 1) answers.keep("a", "12345");
  answers.keep("b", "12345");
  expect(answers.find("a")).toEqual(utf8("12345"));
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
  const seen = { ownerIds: [OTHER], stamp: {}, frozen: null } as unknown as NonNullable<
    Parameters<typeof readableIn>[0]["seen"]
  >;
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
