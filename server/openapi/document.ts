import { z } from "zod";
import { type Check, checkOf } from "../routes/validation.ts";
import type { Operation } from "./operation.ts";
import { OPERATIONS } from "./operations.ts";
import { errorBody } from "./schemas.ts";

/** A route as Hono lists it: one entry for each of its handlers. */
interface Routed {
  readonly method: string;
  readonly path: string;
  readonly handler: unknown;
}

type Json = Record<string, unknown>;
type BodyCheck = Check & { readonly target: Exclude<Check["target"], "query"> };

/** Routes by "GET /estimates/{id}", each with what checks its request. */
export function operationsOf(routes: readonly Routed[]): Map<string, readonly unknown[]> {
  const found = new Map<string, unknown[]>();
  for (const { method, path, handler } of routes) {
    if (method === "ALL") continue;
    const name = `${method} ${path.replace(/:(\w+)/g, "{$1}")}`;
    found.set(name, [...(found.get(name) ?? []), handler]);
  }
  return found;
}

/**
 * The OpenAPI 3.1 description of routes. Requests are described by the very schemas that check them, so
 * they can't differ; answers by `OPERATIONS`, which a test holds against real answers.
 */
export function describeApi(routes: readonly Routed[]): Json {
  const paths: Record<string, Json> = {};
  for (const [name, handlers] of operationsOf(routes)) {
    const [method = "", path = ""] = name.split(" ");
    const operation = OPERATIONS[name];
    if (!operation) continue;
    paths[path] = { ...paths[path], [method.toLowerCase()]: describe(name, operation, handlers) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Smetka",
      version: "1",
      description:
        "Sums are decimal strings of roubles, quantities decimal strings, instants ISO 8601 in UTC. " +
        "Requests are strict: an unknown field of a body or a query is refused. Where no body is described, " +
        "none, an empty one and {} as JSON are taken.",
    },
    servers: [{ url: "/api/v1" }],
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          description: "An API key (sk_…) of a company, or a token of `POST /session`",
        },
        launchData: {
          type: "apiKey",
          in: "header",
          name: "Authorization",
          description: "`tma <initData>` of the Mini App",
        },
        browserLogin: {
          type: "apiKey",
          in: "cookie",
          name: "__Host-smetka_app",
          description: "Set by `POST /session/link`",
        },
      },
      schemas: { Error: toJson(errorBody) },
    },
  };
}

/** Of operations that want something else than a bearer. */
const SECURITY: Readonly<Record<string, Json[]>> = {
  "POST /session": [{ launchData: [] }],
  "POST /session/link": [],
  "POST /session/browser": [{ browserLogin: [] }],
  "DELETE /session/browser": [{ browserLogin: [] }],
};

function describe(name: string, operation: Operation, handlers: readonly unknown[]): Json {
  const checks = handlers.flatMap((handler) => checkOf(handler) ?? []);
  const body = checks.find((check): check is BodyCheck => check.target !== "query");
  const query = checks.find(({ target }) => target === "query");
  const [method = "", path = ""] = name.split(" ");
  const isTagged = method === "GET" && typeof operation.answers[200] === "object";
  return {
    operationId: nameOperation(method, path),
    summary: operation.summary,
    ...(SECURITY[name] ? { security: SECURITY[name] } : {}),
    parameters: [...pathParameters(path), ...queryParameters(query?.schema)],
    ...(body ? { requestBody: describeBody(body) } : {}),
    responses: {
      ...(isTagged ? { 304: { description: "As If-None-Match says" } } : {}),
      ...Object.fromEntries(
        Object.entries(operation.answers).map(([status, answer]) => [
          status,
          describeAnswer(answer),
        ]),
      ),
      default: {
        description: "Refused or failed",
        content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
      },
    },
  };
}

/** "GET /estimates/{id}/card" → "getEstimatesByIdCard" */
function nameOperation(method: string, path: string): string {
  const words = path
    .split("/")
    .filter((part) => part !== "")
    .map((part) => (part.startsWith("{") ? `By${capital(part.slice(1, -1))}` : capital(part)));
  return method.toLowerCase() + words.join("");
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: /id$/i.test(name) ? { type: "string", format: "uuid" } : { type: "string" },
  }));
}

function queryParameters(schema: z.ZodType | undefined): Json[] {
  if (!schema) return [];
  const { properties, required } = toJson(schema) as {
    properties: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: "query",
    required: required?.includes(name) ?? false,
    schema: property,
  }));
}

const BODY_TYPES = {
  json: "application/json",
  form: "multipart/form-data",
  file: "application/octet-stream",
} as const;

function describeBody({ target, schema }: BodyCheck): Json {
  return { required: true, content: { [BODY_TYPES[target]]: { schema: toJson(schema) } } };
}

function describeAnswer(answer: Operation["answers"][number]): Json {
  if (answer === "empty") return { description: "Done" };
  if (answer === "bytes") return { description: "A file", content: { "*/*": {} } };
  return { description: "Done", content: { "application/json": { schema: toJson(answer) } } };
}

/** The wire's side of a schema; what JSON Schema has no word for (a file, a rule in code) is left open. */
function toJson(schema: z.ZodType): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type !== "custom") return;
      Object.assign(jsonSchema, { type: "string", format: "binary" });
    },
  });
  return json;
}
