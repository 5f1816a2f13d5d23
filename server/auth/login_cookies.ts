import { parse } from "hono/utils/cookie";

/** The doors that a cookie opens: the manager's page, and the app outside Telegram. */
type CookieDoor = "manager" | "app";

/** With the first name a browser takes the cookie only over https, for this host and for all of it. */
export function loginCookieName(door: CookieDoor, isSecure: boolean): string {
  return isSecure ? `__Host-smetka_${door}` : `smetka_${door}`;
}

/** The token in a `Cookie` header; null for none and for what is no token. */
export function readLoginCookie(
  header: string | undefined,
  door: CookieDoor,
  isSecure: boolean,
): string | null {
  const name = loginCookieName(door, isSecure);
  const token = parse(header ?? "", name)[name] ?? "";
  return /^[\w-]{43}$/.test(token) ? token : null;
}
