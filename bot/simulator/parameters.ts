import { ApiError, badRequest } from "./api_error.ts";
import { readMultipart } from "./multipart.ts";

export type Upload = { name: string; type: string; bytes: Uint8Array };

/** One request's parameters as Telegram reads them: all text, objects as JSON. */
export type Parameters = {
  has(name: string): boolean;
  /** Empty when absent. */
  text(name: string): string;
  /** As `std::stoll`: the leading number, 0 when there is none. */
  integer(name: string): number;
  integerOr(name: string, standard: number, least: number, most: number): number;
  boolean(name: string): boolean;
  /** The parsed JSON, or undefined when absent. Throws the given refusal when it is not JSON. */
  json(name: string, complaint: string): unknown;
  upload(name: string): Upload | undefined;
  /** For the log of calls: JSON parsed where it parses. */
  toRecord(): Record<string, unknown>;
};

/** Reads a Bot API request; the first value of a parameter wins, the query before the body. */
export async function readParameters(request: Request): Promise<Parameters> {
  const values = new Map<string, string>();
  const uploads = new Map<string, Upload>();
  const put = (name: string, value: string) => {
    if (!values.has(name)) values.set(name, value);
  };
  for (const [name, value] of new URL(request.url).searchParams) put(name, value);
  if (request.method === "POST") await readBody(request, put, uploads);
  return createParameters(values, uploads);
}

/** Parameters from a plain object: for a method named in a webhook's answer. */
export function parametersOf(record: Record<string, unknown>): Parameters {
  const values = new Map<string, string>();
  for (const [name, value] of Object.entries(record)) putJson(name, value, values.set.bind(values));
  return createParameters(values, new Map());
}

async function readBody(
  request: Request,
  put: (name: string, value: string) => void,
  uploads: Map<string, Upload>,
): Promise<void> {
  const type = request.headers.get("content-type") ?? "";
  if (type.startsWith("application/json")) {
    const body = await request.text();
    if (body === "") return;
    const parsed = parseJson(body);
    if (!isRecord(parsed)) throw badRequest("JSON object expected");
    for (const [name, value] of Object.entries(parsed)) putJson(name, value, put);
    return;
  }
  if (type.startsWith("application/x-www-form-urlencoded")) {
    for (const [name, value] of new URLSearchParams(await request.text())) put(name, value);
    return;
  }
  if (!type.startsWith("multipart/form-data")) return;
  for (const part of readMultipart(type, new Uint8Array(await request.arrayBuffer()))) {
    const { name, fileName, bytes } = part;
    if (fileName === null) put(name, Buffer.from(bytes).toString("utf8"));
    else if (!uploads.has(name)) uploads.set(name, { name: fileName, type: part.type, bytes });
  }
}

function putJson(name: string, value: unknown, put: (name: string, value: string) => void): void {
  if (value === null || value === undefined) return;
  put(name, typeof value === "string" ? value : JSON.stringify(value));
}

function createParameters(values: Map<string, string>, uploads: Map<string, Upload>): Parameters {
  for (const value of values.values()) {
    if (!value.isWellFormed()) throw badRequest("strings must be encoded in UTF-8");
  }
  const text = (name: string) => values.get(name) ?? "";
  const integer = (name: string) => Number.parseInt(text(name), 10) || 0;
  return {
    has: (name) => values.has(name),
    text,
    integer,
    integerOr: (name, standard, least, most) =>
      Math.min(most, Math.max(least, values.has(name) ? integer(name) : standard)),
    boolean: (name) => ["true", "yes", "1"].includes(text(name).trim().toLowerCase()),
    json(name, complaint) {
      const value = text(name);
      if (value === "") return undefined;
      try {
        return JSON.parse(value);
      } catch {
        throw badRequest(complaint);
      }
    },
    upload: (name) => uploads.get(name),
    toRecord: () => ({
      ...Object.fromEntries([...values].map(([name, value]) => [name, readable(value)])),
      ...Object.fromEntries([...uploads].map(([name, file]) => [name, { upload: file.name }])),
    }),
  };
}

function readable(value: string): unknown {
  if (!/^[[{]|^(true|false)$|^-?\d{1,15}$/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new ApiError(400, "Bad Request: can't parse JSON object", undefined, { cause: error });
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
