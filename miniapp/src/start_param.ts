import type { Id } from "../../domain/ids.ts";

const NAMES = {
  e: "estimate",
  a: "agreement",
  q: "questions",
  c: "client",
  o: "project",
  d: "extras",
  p: "payments",
} as const;

type Name = (typeof NAMES)[keyof typeof NAMES];

/**
 * What a deep link opens: a letter, `_` and 22 characters of base64url (see `packId`). `e` an estimate,
 * `a` its agreement, `q` its questions, `d` its extra work, `p` its payments, `c` a client, `o` an object. Null
 * for anything else.
 */
export function routeOfStartParam(startParam: string | null): { name: Name; id: Id } | null {
  const [, letter, packed] = /^([eaqcodp])_([A-Za-z0-9_-]{22})$/.exec(startParam ?? "") ?? [];
  if (letter === undefined || packed === undefined) return null;
  const binary = atob(packed.replaceAll("-", "+").replaceAll("_", "/"));
  const hex = Array.from(binary, (char) => char.charCodeAt(0).toString(16).padStart(2, "0"));
  const id = hex.join("").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  return { name: NAMES[letter as keyof typeof NAMES], id };
}
