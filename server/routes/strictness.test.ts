import { beforeAll, describe, expect, it } from "vitest";
import { createTestApp } from "./testing.ts";

/** Every operation of the document, each with what it does not take. */

interface Described {
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, unknown>> };
}
interface Operation extends Described {
  readonly method: string;
  readonly path: string;
}

const id = "01990000-0000-7000-8000-0000000000aa";
const JSON_TYPE = { "Content-Type": "application/json" };

let app: Awaited<ReturnType<typeof createTestApp>>["app"];
let token: string;
let operations: Operation[];

beforeAll(async () => {
  ({ app, token } = await createTestApp());
  const answer = await app.request("/api/v1/openapi.json");
  const { paths } = (await answer.json()) as { paths: Record<string, Record<string, Described>> };
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({
      ...described,
      method: method.toUpperCase(),
      path,
    })),
  );
});

/** With every identifier in its address and what its query must have. */
function addressOf({ path, parameters }: Operation): string {
  const address = `/api/v1${path.replace(/\{(\w+)\}/g, (_, name: string) => WORDS[name] ?? id)}`;
  const needed = parameters.filter((one) => one.in === "query" && one.required);
  return `${address}?${needed.map(({ name }) => `${name}=1&`).join("")}`;
}
const WORDS: Readonly<Record<string, string>> = { form: "ks2", format: "pdf", size: "thumbnail" };

/** The status, and the message of a refusal. */
async function ask(
  { method }: Operation,
  address: string,
  body?: BodyInit,
  headers: Record<string, string> = {},
): Promise<string> {
  const answer = await app.request(address, {
    method,
    headers: { Authorization: `Bearer ${token}`, ...headers },
    ...(body === undefined ? {} : { body }),
  });
  const text = await answer.text();
  const said = text.startsWith("{") ? (JSON.parse(text) as { error?: Said }).error : undefined;
  return `${answer.status} ${said?.code ?? ""} ${said?.message ?? ""}`.trim();
}
interface Said {
  readonly code: string;
  readonly message: string;
}

const named = (field: string) =>
  new RegExp(`^400 invalid Не получилось [^.]+\\. Поле ${field} здесь лишнее\\.$`);
const nameOf = ({ method, path }: Operation) => `${method} ${path}`;
const takes = (operation: Operation) => Object.keys(operation.requestBody?.content ?? {})[0];
const isBare = (operation: Operation) =>
  operation.method !== "GET" && operation.requestBody === undefined;

describe("every operation of the API", () => {
  it("refuses a field of the query that it does not know, and names it", async () => {
    expect(operations.length).toBeGreaterThan(70);
    for (const operation of operations) {
      // A file is read before its query: one that nobody can read would be refused for that.
      const body =
        takes(operation) === "application/octet-stream" ? "Работа;Цена\nСтяжка;900" : "{}";
      const given = operation.method === "GET" ? undefined : body;
      const headers = operation.method === "GET" ? {} : JSON_TYPE;
      const said = await ask(operation, `${addressOf(operation)}surprise=1`, given, headers);
      expect(said, `${operation.method} ${operation.path}`).toMatch(named("surprise"));
    }
  });

  it("refuses a field of the body that it does not know, and names it", async () => {
    const checked = new Set<string>();
    for (const operation of operations) {
      const type = takes(operation);
      if (operation.method === "GET" || type === "application/octet-stream") continue;
      const form = new FormData();
      form.set("surprise", "1");
      const isForm = type === "multipart/form-data";
      const said = await ask(
        operation,
        addressOf(operation),
        isForm ? form : '{"surprise":1}',
        isForm ? {} : JSON_TYPE,
      );
      expect(said, `${operation.method} ${operation.path}`).toMatch(named("surprise"));
      checked.add(nameOf(operation));
    }
    expect(checked).toContain("POST /estimates/{id}/duplicate");
    expect(checked).toContain("DELETE /estimates/{id}");
    expect(checked).toContain("POST /estimates/{id}/documents/{format}");
    expect(checked).toContain("POST /session");
  });

  it("that takes no body also refuses one that is no object, or no JSON", async () => {
    for (const operation of operations.filter(isBare)) {
      for (const body of ["[]", "[1]", "null", '"x"', "1", "{", '{"a":1', "surprise=1"]) {
        const said = await ask(operation, addressOf(operation), body, JSON_TYPE);
        expect(said, `${nameOf(operation)} ${body}`).toMatch(/^400 invalid Не получилось/);
      }
      for (const type of ["text/plain", "application/x-www-form-urlencoded"]) {
        const said = await ask(operation, addressOf(operation), "{}", { "Content-Type": type });
        expect(said, `${operation.method} ${operation.path}`).toMatch(
          /^400 invalid Этому запросу не нужно тело/,
        );
      }
    }
    expect(operations.filter(isBare).length).toBeGreaterThan(15);
  });

  it("that takes no body goes on without one, with an empty one and with an empty object", async () => {
    for (const operation of operations.filter(isBare)) {
      const alone = await ask(operation, addressOf(operation));
      // No service is there: whatever got through to one says so.
      expect(alone, `${operation.method} ${operation.path}`).toMatch(/^(401|404|500|20\d)/);
      for (const body of ["", "{}", " { } "]) {
        const said = await ask(operation, addressOf(operation), body, JSON_TYPE);
        expect(said, `${operation.method} ${operation.path}`).toBe(alone);
      }
    }
  });

  it("answers an address that ends in a question mark as one that does not", async () => {
    for (const operation of operations) {
      if (
        operation.method !== "GET" ||
        operation.parameters.some((one) => one.required && one.in === "query")
      )
        continue;
      const address = addressOf(operation);
      const said = await ask(operation, address);
      expect(said, `${operation.method} ${operation.path}`).toBe(
        await ask(operation, address.slice(0, -1)),
      );
      expect(said, `${operation.method} ${operation.path}`).not.toMatch(/^400/);
    }
  });

  it("tells no more of a field's name than fits", async () => {
    const me = operations.find((operation) => nameOf(operation) === "GET /me");
    const said = me && (await ask(me, `/api/v1/me?${"x".repeat(5000)}=1`));
    expect(said).toMatch(named("x{100}"));
  });
});
