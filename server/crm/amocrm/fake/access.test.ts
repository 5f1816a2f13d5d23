import { expect, test } from "vitest";
import { startAccount } from "./testing.ts";

test("seven a second, and who keeps knocking is shut out of everything", async () => {
  const account = await startAccount({ options: { rate: 7, blockAfterRefusals: 3 } });
  const status = async (): Promise<number> => (await account.call("GET", "/account")).status;
  const burst = [];
  for (let call = 0; call < 8; call += 1) burst.push(await status());
  expect(burst).toEqual([200, 200, 200, 200, 200, 200, 200, 429]);
  await account.clock.advance(1000);
  expect(await status()).toBe(200);
  for (let call = 0; call < 8; call += 1) await status();
  await account.clock.advance(60_000);
  const blocked = await account.call("GET", "/account");
  expect(blocked).toMatchObject({ status: 403, type: "text/html; charset=utf-8" });
  expect((await account.call("POST", "/oauth2/access_token", {})).status).toBe(403);
  account.edit.unblock();
  expect(await status()).toBe(200);
});

test("a 429 tells how long to wait, where the account does so", async () => {
  const account = await startAccount({ options: { rate: 0 } });
  expect((await account.call("GET", "/account")).body).toMatchObject({
    status: 429,
    retry_after: 300,
  });
  account.options.retryAfter = null;
  expect((await account.call("GET", "/account")).body).not.toHaveProperty("retry_after");
});

test("a refresh token works once; the loser of a race is told it was revoked", async () => {
  const account = await startAccount();
  const { clientId, clientSecret, redirectUri } = account.oauth;
  const client = { client_id: clientId, client_secret: clientSecret, redirect_uri: redirectUri };
  const grant = async (body: object): ReturnType<typeof account.call> =>
    account.call("POST", "/oauth2/access_token", { ...client, ...body });
  const code = account.oauth.authorizationCode();
  const first = await grant({ grant_type: "authorization_code", code });
  expect(first).toMatchObject({ status: 200, body: { token_type: "Bearer", expires_in: 86_400 } });
  expect((await grant({ grant_type: "authorization_code", code })).status).toBe(401);
  const token = String(first.body["access_token"]);
  expect((await account.call("GET", "/account", undefined, token)).status).toBe(200);
  const refresh = { grant_type: "refresh_token", refresh_token: first.body["refresh_token"] };
  const race = await Promise.all([grant(refresh), grant(refresh), grant(refresh)]);
  expect(race.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401, 401]);
  expect(race.find(({ status }) => status === 401)?.body).toEqual({
    hint: "Token has been revoked",
    title: "Некорректный запрос",
    type: "https://developers.amocrm.ru/v3/errors/OAuthProblemJson",
    status: 401,
    detail: "В запросе отсутствует ряд параметров или параметры невалидны",
  });
  await account.clock.advance(86_400_000);
  expect((await account.call("GET", "/account", undefined, token)).status).toBe(401);
  expect((await grant({ ...refresh, redirect_uri: "https://other.example" })).status).toBe(401);
});

test("a rotation whose answer is lost has still used the token up", async () => {
  const account = await startAccount({
    faults: [{ on: "POST /oauth2/access_token", nth: 2, fault: { kind: "commitThenDrop" } }],
  });
  const { clientId, clientSecret, redirectUri } = account.oauth;
  const client = { client_id: clientId, client_secret: clientSecret, redirect_uri: redirectUri };
  const grant = async (body: object): ReturnType<typeof account.call> =>
    account.call("POST", "/oauth2/access_token", { ...client, ...body });
  const { body } = await grant({
    grant_type: "authorization_code",
    code: account.oauth.authorizationCode(),
  });
  const refresh = { grant_type: "refresh_token", refresh_token: body["refresh_token"] };
  await expect(grant(refresh)).rejects.toThrow(/fetch failed/);
  expect((await grant(refresh)).status).toBe(401);
  const journal = JSON.stringify(account.journal.entries());
  expect(journal).not.toContain(clientSecret);
  expect(journal).not.toContain(account.longLivedToken);
});

test("turns away strangers, the revoked, the unpaid and those without the right", async () => {
  const account = await startAccount();
  const status = async (path: string, token?: string): Promise<number> =>
    (await account.call("GET", path, undefined, token)).status;
  expect(await status("/account", "nobody")).toBe(401);
  expect(await status("/nothing")).toBe(404);
  expect((await account.call("DELETE", "/leads")).status).toBe(405);
  account.options.isAdministrator = false;
  expect(await status("/webhooks")).toBe(403);
  expect(await status("/contacts?limit=1")).toBe(200);
  account.edit.setPaid(false);
  expect(await status("/account")).toBe(402);
  account.edit.setPaid(true);
  account.edit.revokeLongLivedToken();
  expect(await status("/account")).toBe(401);
});
