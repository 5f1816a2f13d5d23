import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";

/** What Telegram vouches for when it opens the Mini App. */
export interface InitData {
  readonly telegramId: number;
  readonly firstName: string;
  readonly lastName: string | null;
  readonly username: string | null;
  readonly languageCode: string | null;
  /** Comes with the link that was followed, so the person may have written it himself. */
  readonly startParam: string | null;
}

export type InitDataProblem = "malformed" | "forged" | "expired" | "future" | "no_user";

export type InitDataResult =
  | { readonly ok: true; readonly data: InitData }
  | { readonly ok: false; readonly problem: InitDataProblem };

const MAX_LENGTH = 4096;
const MAX_AGE = 3600; // s
/** Clocks of honest machines differ by seconds. */
const MAX_AHEAD = 60; // s

const userSchema = z.object({
  id: z.int().positive(),
  first_name: z.string().default(""),
  last_name: z.string().nullish(),
  username: z.string().nullish(),
  language_code: z.string().nullish(),
});

/**
 * Checks the launch data of a Mini App: the signature of the bot's token, then the age.
 * https://core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app
 */
export function readInitData(
  raw: string,
  options: { botToken: string; now: Date },
): InitDataResult {
  if (raw.length === 0 || raw.length > MAX_LENGTH) return fail("malformed");
  const pairs = [...new URLSearchParams(raw)];
  const fields = new Map(pairs);
  if (fields.size !== pairs.length) return fail("malformed");

  const hash = fields.get("hash") ?? "";
  const authDate = fields.get("auth_date") ?? "";
  if (!/^[0-9a-f]{64}$/.test(hash) || !/^\d{1,12}$/.test(authDate)) return fail("malformed");
  if (!timingSafeEqual(Buffer.from(hash, "hex"), signInitData(pairs, options.botToken))) {
    return fail("forged");
  }
  const age = options.now.getTime() / 1000 - Number(authDate);
  if (age > MAX_AGE) return fail("expired");
  if (age < -MAX_AHEAD) return fail("future");
  return readUser(fields);
}

/** The signature that Telegram puts into `hash`; made over everything else. */
export function signInitData(pairs: Iterable<readonly [string, string]>, botToken: string): Buffer {
  const signed = [...pairs]
    .filter(([key]) => key !== "hash")
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join("\n");
  const secret = createHmac("sha256", "WebAppData").update(botToken).digest();
  return createHmac("sha256", secret).update(signed).digest();
}

function readUser(fields: ReadonlyMap<string, string>): InitDataResult {
  const user = userSchema.safeParse(parseJson(fields.get("user") ?? ""));
  if (!user.success) return fail("no_user");
  return {
    ok: true,
    data: {
      telegramId: user.data.id,
      firstName: user.data.first_name,
      lastName: user.data.last_name ?? null,
      username: user.data.username ?? null,
      languageCode: user.data.language_code ?? null,
      startParam: fields.get("start_param") ?? null,
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function fail(problem: InitDataProblem): InitDataResult {
  return { ok: false, problem };
}
