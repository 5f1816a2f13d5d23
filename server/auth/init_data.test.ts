import { describe, expect, it } from "vitest";
import { readInitData, signInitData } from "./init_data.ts";

const botToken = "123456:test-token";
const now = new Date("2026-11-22T12:00:00Z");
const seconds = now.getTime() / 1000;

function sign(fields: Record<string, string>, token = botToken): string {
  const hash = signInitData(Object.entries(fields), token).toString("hex");
  return new URLSearchParams({ ...fields, hash }).toString();
}

const user = JSON.stringify({ id: 7, first_name: "Пётр", username: "petr", language_code: "ru" });
const good = { user, auth_date: String(seconds - 10), query_id: "AAE", start_param: "e_x" };

describe("launch data of the Mini App", () => {
  it("is read when the bot's token signed it", () => {
    expect(readInitData(sign(good), { botToken, now })).toEqual({
      ok: true,
      data: {
        telegramId: 7,
        firstName: "Пётр",
        lastName: null,
        username: "petr",
        languageCode: "ru",
        startParam: "e_x",
      },
    });
  });

  it("agrees with the vector of the Telegram Mini Apps documentation", () => {
    const raw =
      "user=%7B%22id%22%3A279058397%2C%22first_name%22%3A%22Vladislav%22%2C%22last_name%22%3A%22Kibenko%22%2C%22username%22%3A%22vdkfrost%22%2C%22language_code%22%3A%22ru%22%2C%22is_premium%22%3Atrue%7D&auth_date=1662771648&query_id=AAHdF6IQAAAAAN0XohDhrOrc&hash=c501b71e775f74ce10e377dea85a7ea24ecd640b223ea86dfe453e0eaed2e2b2";
    const token = "5768337691:AAH5YkoiEuPk8-FZa32hStHTqXiLPtAEhx8";
    const then = new Date(1_662_771_648_000);
    expect(readInitData(raw, { botToken: token, now: then })).toMatchObject({
      ok: true,
      data: { telegramId: 279_058_397 },
    });
  });

  it.each([
    ["a changed field", sign(good).replace("petr", "ivan"), "forged"],
    ["another bot's signature", sign(good, "654321:other"), "forged"],
    ["a hash of zeros", sign(good).replace(/hash=.*/, `hash=${"0".repeat(64)}`), "forged"],
    ["no hash", new URLSearchParams(good).toString(), "malformed"],
    ["a short hash", `${new URLSearchParams(good).toString()}&hash=abc`, "malformed"],
    ["a key given twice", `${sign(good)}&auth_date=${seconds}`, "malformed"],
    ["an empty text", "", "malformed"],
    ["a text of 5 000 characters", "x".repeat(5000), "malformed"],
    [
      "an age of an hour and a second",
      sign({ ...good, auth_date: String(seconds - 3601) }),
      "expired",
    ],
    ["a future of two minutes", sign({ ...good, auth_date: String(seconds + 120) }), "future"],
    ["a date that is no number", sign({ ...good, auth_date: "soon" }), "malformed"],
    ["no user", sign({ auth_date: good.auth_date }), "no_user"],
    ["a user that is no JSON", sign({ ...good, user: "{" }), "no_user"],
    ["a user without an id", sign({ ...good, user: "{}" }), "no_user"],
  ])("is refused with %s", (_, raw, problem) => {
    expect(readInitData(raw, { botToken, now })).toEqual({ ok: false, problem });
  });

  it("is accepted at an age of exactly an hour and a minute ahead", () => {
    for (const authDate of [seconds - 3600, seconds + 60]) {
      const raw = sign({ ...good, auth_date: String(authDate) });
      expect(readInitData(raw, { botToken, now }).ok).toBe(true);
    }
  });
});
