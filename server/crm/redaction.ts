import { RawJson } from "./raw_json.ts";

/** Only these names keep their texts in the log: no person and no key stands in them. */
const OPEN_NAMES =
  /^(id|.*_?id|entityTypeId|error|code|path|status|type|method|start|next|total|limit|page|order|sort|filter|.*[>=<!@].*|halt|currency(id|_id)?|opportunity|price|quantity|measureCode|taxRate|updated_?(time|at)|ownerType|note_type|with|merged|disabled|state|revision)$/i;
/** These never show anything, whatever they hold. */
const CLOSED_NAMES = /(token|secret|password|authorization|auth|code_verifier|client_id)/i;
const LONGEST_TEXT = 200;
const LONGEST_NAME = 100;
const MOST_ITEMS = 3;
const DEEPEST = 8;

/**
 * The shape of a message without what it says of people: names, numbers and identifiers stay, texts
 * become their length, lists their first items and their length.
 */
export function redact(value: unknown, name = "", depth = 0): unknown {
  if (CLOSED_NAMES.test(name)) return "…";
  if (typeof value === "string") return redactText(value, name);
  if (typeof value !== "object" || value === null) return value;
  if (depth > DEEPEST) return "…";
  if (value instanceof RawJson) return `… ${value.bytes.length} bytes`;
  if (Array.isArray(value)) {
    const shown = value.slice(0, MOST_ITEMS).map((item) => redact(item, name, depth + 1));
    return value.length > MOST_ITEMS ? [...shown, `… ${value.length}`] : shown;
  }
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries
      .slice(0, 60)
      .map(([key, inner]) => [cutName(key), redact(inner, inheritName(name, key), depth + 1)]),
  );
}

function cutName(name: string): string {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;
}

/** `filter: {">id": 5}`: keys of a map that is open are open as well. */
function inheritName(parent: string, key: string): string {
  return /^(filter|order)$/i.test(parent) && !/phone|email|name|title|query/i.test(key)
    ? "id"
    : key;
}

function redactText(text: string, name: string): string {
  const isShort = text.length <= LONGEST_TEXT && name.length <= LONGEST_NAME;
  if (isShort && OPEN_NAMES.test(name) && !/\s/.test(text)) return text;
  return `… ${text.length}`;
}

/** Takes every known secret out of a text, in plain and in percent form. */
export function scrub(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret.length < 6) continue;
    clean = clean.replaceAll(secret, "…").replaceAll(encodeURIComponent(secret), "…");
  }
  return clean;
}
