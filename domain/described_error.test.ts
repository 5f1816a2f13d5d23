import { describe, expect, it } from "vitest";
import { describeError, type DescribedError } from "./described_error.ts";
import { AppError } from "./errors.ts";

const PEOPLE = /Перепёлкин|Perepelkin|7912|345.?67|pelageya/i;

function parse(text: string): Error {
  try {
    JSON.parse(text);
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("it could be parsed");
}

const postgres = (message: string, fields: object) =>
  Object.assign(new Error(message), { name: "PostgresError", ...fields });

describe("an error in a log", () => {
  it.each([
    [
      "a row that breaks a rule",
      postgres('duplicate key value violates unique constraint "clients_phone"', {
        code: "23505",
        detail: "Key (phone)=(+79123456789) already exists.",
        table_name: "clients",
      }),
      ["clients_phone", "23505", '"table_name":"clients"'],
    ],
    [
      "a value that is none",
      postgres('invalid input syntax for type uuid: "perepelkin"', {
        code: "22P02",
        where: "unnamed portal parameter $1 = 'Перепёлкин'",
      }),
      ["invalid input syntax for type uuid", "22P02"],
    ],
    [
      "a call of the bot",
      Object.assign(
        new Error(
          "Call to 'sendMessage' failed! (400: Bad Request: can't parse entities: Unsupported start tag \"Перепёлкин\" at byte offset 7)",
        ),
        {
          name: "GrammyError",
          error_code: 400,
          method: "sendMessage",
          description: 'Unsupported start tag "Перепёлкин"',
          payload: { chat_id: 7_912_345_678, text: "Перепёлкин" },
        },
      ),
      ["'sendMessage'", "400"],
    ],
    [
      "an answer of a CRM",
      Object.assign(
        new Error("the CRM call failed: invalid Перепёлкин 8 (912) 345-67-89 pelageya@example.ru"),
        { code: "Перепёлкин", failure: { kind: "invalid", text: "Перепёлкин" } },
      ),
      ["the CRM call failed: invalid"],
    ],
    ["a text that is no JSON", parse('{"name": Perepelkin}'), ["SyntaxError"]],
    [
      "a sentence of ours",
      new AppError("conflict", "Заказчик «Перепёлкин» уже есть.", {
        details: { name: "Перепёлкин" },
      }),
      ["Заказчик", "уже есть", "conflict"],
    ],
    [
      "a reason behind another one",
      new Error("the job failed", { cause: new Error("for Перепёлкин +7 912 345-67-89") }),
      ["the job failed", "for "],
    ],
    [
      "several at once",
      new AggregateError([new Error("first «Перепёлкин»"), new Error("second")], "both"),
      ["both", "first", "second"],
    ],
  ])("names no person of %s, and says what happened", (_, error, kept) => {
    const text = JSON.stringify(describeError(error));
    expect(text).not.toMatch(PEOPLE);
    for (const part of kept) expect(text).toContain(part);
  });

  it("tells where it was thrown, and not twice what it says", () => {
    const error = new Error("Перепёлкин\n  at home");
    const { stack, message } = describeError(error);
    expect(message).toBe("…\n  at home");
    expect(stack).toContain("described_error.test.ts");
    expect(stack).not.toContain("home");
  });

  it("may be anything that was thrown", () => {
    expect(describeError("Перепёлкин")).toEqual({ type: "string", message: "", stack: "" });
    expect(describeError(null)).toEqual({ type: "object", message: "", stack: "" });
  });
});

describe("what a log has room for", () => {
  const depthOf = ({ cause }: DescribedError): number => (cause ? 1 + depthOf(cause) : 0);

  it("is four reasons behind each other", () => {
    let error = new Error("0");
    for (let count = 1; count <= 7; count += 1) error = new Error(`${count}`, { cause: error });
    expect(depthOf(describeError(error))).toBe(4);
  });

  it("is five errors of many, four levels deep", () => {
    const many = new AggregateError(Array.from({ length: 7 }, () => new Error("one")));
    expect(describeError(many).errors).toHaveLength(5);
    let nested = new AggregateError([new Error("0")], "0");
    for (let count = 1; count <= 7; count += 1) nested = new AggregateError([nested], `${count}`);
    let described: DescribedError | undefined = describeError(nested);
    for (let level = 0; level < 4; level += 1) described = described?.errors?.[0];
    expect(described?.message).toBe("3");
    expect(described?.errors).toBeUndefined();
  });

  it("is five hundred characters and twelve frames", () => {
    const error = new Error("no ".repeat(300));
    error.stack = `Error\n x    at home\n${"    at work (file.ts:1:1)\n".repeat(20)}`;
    const { message, stack } = describeError(error);
    expect(message).toHaveLength(500);
    expect(stack.split("\n")).toEqual(
      Array.from({ length: 12 }, () => "    at work (file.ts:1:1)"),
    );
  });
});

it("keeps numbers that name things, and no reason that is no error", () => {
  const error = Object.assign(new Error("refused", { cause: "Перепёлкин" }), { status: 503 });
  expect(describeError(error)).toMatchObject({ status: 503 });
  expect(describeError(error)).not.toHaveProperty("cause");
});

it.each([
  ['unknown "Perepelkin ivan"', {}, "unknown …"],
  ['unknown "ivan Perepelkin"', {}, "unknown …"],
  ['unknown "clients"', {}, 'unknown "clients"'],
  ['unknown "clients"', { code: "22P02" }, "unknown …"],
  ['unknown "clients"', { code: "122P02" }, 'unknown "clients"'],
  ['unknown "clients"', { code: "22P021" }, 'unknown "clients"'],
  ['unknown "clients"', { code: 22_123 }, 'unknown "clients"'],
])("tells names of things from values: %s with %j", (message, fields, expected) => {
  expect(describeError(Object.assign(new Error(message), fields)).message).toBe(expected);
});
