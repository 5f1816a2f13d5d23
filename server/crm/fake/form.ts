/** A value as PHP reads it from a form: everything is a string, brackets nest. */
export type FormValue = string | { [key: string]: FormValue } | FormValue[];

/**
 * Reads `a[b][0]=c&a[b][]=d` as PHP's `parse_str` does: nested maps, lists where the keys run
 * 0…n-1. Keys never reach a prototype.
 */
export function parseForm(text: string): Record<string, FormValue> {
  const root = new Map<string, Node>();
  for (const pair of text.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const key = decode(equals === -1 ? pair : pair.slice(0, equals));
    const path = splitKey(key);
    if (path.length > 0) put(root, path, equals === -1 ? "" : decode(pair.slice(equals + 1)));
  }
  return toPlainMap(root);
}

type Node = string | Map<string, Node>;

function decode(text: string): string {
  const spaced = text.replaceAll("+", " ");
  try {
    return decodeURIComponent(spaced);
  } catch {
    // PHP keeps a broken escape as it is instead of refusing the request.
    return spaced;
  }
}

function splitKey(key: string): string[] {
  const open = key.indexOf("[");
  if (open <= 0) return key === "" ? [] : [key];
  const inner = [...key.slice(open).matchAll(/\[([^\]]*)\]/g)].map((match) => match[1] ?? "");
  return [key.slice(0, open), ...inner];
}

function put(parent: Map<string, Node>, path: string[], value: string): void {
  const [head = "", ...rest] = path;
  const key = head === "" ? String(nextIndex(parent)) : head;
  if (rest.length === 0) {
    parent.set(key, value);
    return;
  }
  const existing = parent.get(key);
  const child = existing instanceof Map ? existing : new Map<string, Node>();
  parent.set(key, child);
  put(child, rest, value);
}

function nextIndex(parent: Map<string, Node>): number {
  const numbers = [...parent.keys()].filter((key) => /^\d+$/.test(key)).map(Number);
  return numbers.length === 0 ? 0 : Math.max(...numbers) + 1;
}

function toPlain(node: Node): FormValue {
  if (typeof node === "string") return node;
  const isList = [...node.keys()].every((key, index) => key === String(index));
  return isList && node.size > 0 ? [...node.values()].map(toPlain) : toPlainMap(node);
}

function toPlainMap(node: Map<string, Node>): Record<string, FormValue> {
  const plain: Record<string, FormValue> = Object.create(null) as Record<string, FormValue>;
  for (const [key, value] of node) plain[key] = toPlain(value);
  return plain;
}

/** What a form can carry. Absent values are left out, as PHP's `http_build_query` does with null. */
export type FormInput =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly FormInput[]
  | { readonly [key: string]: FormInput };

/** Writes nested data as a form body, the way PHP's `http_build_query` does. */
export function buildForm(data: { readonly [key: string]: FormInput }): string {
  return Object.entries(data)
    .flatMap(([key, value]) => pairs(key, value))
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
    .join("&");
}

function pairs(prefix: string, value: FormInput): [string, string][] {
  if (value === null || value === undefined) return [];
  if (typeof value === "boolean") return [[prefix, value ? "1" : "0"]];
  if (typeof value !== "object") return [[prefix, String(value)]];
  return Object.entries(value).flatMap(([key, inner]) => pairs(`${prefix}[${key}]`, inner));
}
