import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "../../domain/access.ts";
import { createManagerStage, type ManagerStage } from "../manager/testing.ts";

let stage: ManagerStage;

beforeAll(async () => {
  stage = await createManagerStage();
});
afterAll(() => stage.close());

const API = "/api/v1";
const DAY = 24 * 3_600_000; // ms

async function makeToken(actor: Actor): Promise<string> {
  const link = await stage.work.asActor(actor, ({ logins }) => logins.create("miniapp"));
  expect(link.path).toMatch(/^\/app\/#login=[\w-]{54}$/);
  return link.path.split("=")[1] ?? "";
}

const enter = (token: string, headers: Record<string, string> = {}) =>
  stage.app.request(`${API}/session/link`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Sec-Fetch-Site": "same-origin", ...headers },
    body: JSON.stringify({ token }),
  });

const byCookie = (method: string, cookie: string, headers: Record<string, string> = {}) =>
  stage.app.request(`${API}/session/browser`, { method, headers: { Cookie: cookie, ...headers } });

const asBearer = (token: string, path = "/me", method = "GET") =>
  stage.app.request(API + path, { method, headers: { Authorization: `Bearer ${token}` } });

const cookieIn = (answer: Response) =>
  answer.headers
    .getSetCookie()
    .find((cookie) => cookie.startsWith("__Host-smetka_app="))
    ?.split(";")[0] ?? "";

const bearerIn = async (answer: Response) =>
  String(((await answer.json()) as { token?: unknown }).token);

/** A person of Telegram who is logged in with a browser. */
async function login(role: Actor["role"] = "foreman") {
  const person = await newPerson(role);
  const answer = await enter(await makeToken(person), { "User-Agent": "Firefox/140.0 Windows" });
  expect(answer.status).toBe(200);
  return { person, cookie: cookieIn(answer), bearer: await bearerIn(answer) };
}

let lastTelegramId = 5000;
async function newPerson(role: Actor["role"]): Promise<Actor> {
  const { companyId } = stage.people.owner;
  const person = await stage.work.newActor({ companyId, role });
  lastTelegramId += 1;
  await stage.work.database.sql`
    insert into telegram_users (telegram_id, user_id, first_name, active_company_id)
    values (${lastTelegramId}, ${person.userId}, 'Пётр', ${companyId})
  `;
  return person;
}

describe("a login link of the app", () => {
  it("opens the ordinary session of the person who asked for it, once", async () => {
    const person = await newPerson("foreman");
    const token = await makeToken(person);
    const answer = await enter(token);
    expect(answer.status).toBe(200);
    expect(answer.headers.getSetCookie()[0]).toMatch(
      /^__Host-smetka_app=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
    const me = (await (await asBearer(await bearerIn(answer))).json()) as { id: string };
    expect(me.id).toBe(person.userId);
    expect((await enter(token)).status).toBe(401);
  });

  it("is not spent by a preview: the address that a server sees has no secret in it", async () => {
    const token = await makeToken(await newPerson("foreman"));
    for (const method of ["GET", "HEAD"]) {
      const seen = await stage.app.request("/app/", { method });
      expect(seen.headers.get("Set-Cookie")).toBeNull();
      await stage.app.request(`${API}/session/link`, { method });
      await stage.app.request(`${API}/session/link?token=${token}`, { method });
    }
    expect((await enter(token)).status).toBe(200);
  });

  it("lets one of three in that press at once", async () => {
    const token = await makeToken(await newPerson("foreman"));
    const answers = await Promise.all([enter(token), enter(token), enter(token)]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401, 401]);
  });

  it("is over after five minutes", async () => {
    const token = await makeToken(await newPerson("foreman"));
    const { now } = stage.work.clock;
    stage.work.clock.now = new Date(now.getTime() + 5 * 60_000);
    const answer = await enter(token);
    stage.work.clock.now = now;
    expect(answer.status).toBe(401);
    expect(await answer.text()).toContain("Попросите у бота новую");
  });

  it("is not the manager's, and the manager's is not this one", async () => {
    const path = await stage.makeLink(stage.people.manager);
    expect((await enter(path.split("/").at(-1) ?? "")).status).toBe(401);
    const token = await makeToken(stage.people.manager);
    expect((await stage.get(`/manager/login/${token}`)).status).toBe(410);
    expect((await stage.post(`/manager/login/${token}`)).status).toBe(410);
  });

  it("of one company does not open another with a changed front", async () => {
    const token = await makeToken(await newPerson("foreman"));
    const foreign = await makeToken(stage.people.stranger);
    expect((await enter(foreign.slice(0, 22) + token.slice(22))).status).toBe(401);
    expect((await enter(token)).status).toBe(200);
  });

  it("can't be guessed: after twenty tries in a minute nothing of the address is looked at", async () => {
    const near = { "X-Forwarded-For": "203.0.113.7" };
    const tries = [];
    for (let count = 0; count < 21; count += 1) tries.push(await enter("x".repeat(54), near));
    expect(tries.map(({ status }) => status)).toEqual([
      ...Array.from({ length: 20 }, () => 401),
      429,
    ]);
    const token = await makeToken(await newPerson("foreman"));
    expect((await enter(token, near)).status).toBe(429);
    expect((await enter(token)).status).toBe(200);
  });

  it("is refused to a page of another site, and is not spent by it", async () => {
    const token = await makeToken(await newPerson("foreman"));
    expect((await enter(token, { "Sec-Fetch-Site": "cross-site" })).status).toBe(403);
    const form = await enter(token, { "Content-Type": "text/plain" });
    expect(form.status).toBe(400);
    expect((await enter(token)).status).toBe(200);
  });

  it("lets nobody in who was removed between the link and the button", async () => {
    const person = await newPerson("foreman");
    const token = await makeToken(person);
    await stage.work.asActor(stage.people.owner, ({ team }) => team.remove(person.userId));
    const answer = await enter(token);
    expect([answer.status, cookieIn(answer)]).toEqual([401, ""]);
  });
});

describe("a browser that is logged in", () => {
  it("renews its session in silence for thirty days, and not a moment longer", async () => {
    const { cookie, bearer } = await login();
    const { now } = stage.work.clock;
    stage.work.clock.now = new Date(now.getTime() + 17 * 3_600_000);
    expect((await asBearer(bearer)).status).toBe(401);
    const later = await bearerIn(await byCookie("POST", cookie));
    expect((await asBearer(later)).status).toBe(200);
    stage.work.clock.now = new Date(now.getTime() + 30 * DAY - 1000);
    const last = await bearerIn(await byCookie("POST", cookie));
    stage.work.clock.now = new Date(now.getTime() + 30 * DAY);
    expect((await asBearer(last)).status).toBe(401);
    expect((await byCookie("POST", cookie)).status).toBe(401);
    stage.work.clock.now = now;
  });

  it("gets nothing for another site, for a stranger's cookie, or for the manager's", async () => {
    const { cookie } = await login("manager");
    const foreign = await byCookie("POST", cookie, { "Sec-Fetch-Site": "cross-site" });
    expect(foreign.status).toBe(403);
    const out = await byCookie("DELETE", cookie, { "Sec-Fetch-Site": "cross-site" });
    expect(out.status).toBe(403);
    expect((await byCookie("POST", cookie)).status).toBe(200);
    expect((await byCookie("POST", `__Host-smetka_app=${"x".repeat(43)}`)).status).toBe(401);
    const manager = await stage.login(stage.people.manager);
    const renamed = manager.replace("smetka_manager", "smetka_app");
    expect((await byCookie("POST", renamed)).status).toBe(401);
    const reversed = cookie.replace("smetka_app", "smetka_manager");
    expect((await stage.get("/manager", reversed)).status).toBe(303);
  });

  it("is no bearer by itself: only what it is exchanged for is", async () => {
    const { cookie } = await login();
    expect((await asBearer(cookie.split("=")[1] ?? "")).status).toBe(401);
    expect((await stage.get(`${API}/me`, cookie)).status).toBe(401);
  });

  it("that logs out loses every session that it got, and others of the person go on", async () => {
    const { person, cookie, bearer } = await login();
    const other = await enter(await makeToken(person));
    const second = await bearerIn(await byCookie("POST", cookie));
    const out = await byCookie("DELETE", cookie);
    expect([out.status, cookieIn(out)]).toEqual([204, "__Host-smetka_app="]);
    for (const token of [bearer, second]) expect((await asBearer(token)).status).toBe(401);
    expect((await byCookie("POST", cookie)).status).toBe(401);
    expect((await asBearer(await bearerIn(other))).status).toBe(200);
  });

  it("that logs in anew leaves no old login behind", async () => {
    const { person, cookie, bearer } = await login();
    const again = await enter(await makeToken(person), { Cookie: cookie });
    expect(again.status).toBe(200);
    expect((await asBearer(bearer)).status).toBe(401);
    expect((await asBearer(await bearerIn(again))).status).toBe(200);
  });

  it("is listed with its name, and ended from anywhere: one, all; nobody else's", async () => {
    const { person, bearer, cookie } = await login("manager");
    const second = await bearerIn(await enter(await makeToken(person)));
    const listed = (await (await asBearer(bearer, "/logins")).json()) as {
      items: { id: string; kind: string; userAgent: string }[];
    };
    expect(listed.items.map(({ kind }) => kind)).toEqual(["browser", "browser"]);
    const first = listed.items.find(({ userAgent }) => userAgent.includes("Firefox"));

    const colleague = await login();
    const foreign = await asBearer(colleague.bearer, `/logins/${first?.id}`, "DELETE");
    expect(foreign.status).toBe(404);
    await asBearer(colleague.bearer, "/logins", "DELETE");
    expect((await asBearer(colleague.bearer)).status).toBe(401);
    expect((await asBearer(bearer)).status).toBe(200);

    const onPage = await stage.get("/manager/sessions", await stage.login(person));
    expect(await onPage.text()).toContain("Firefox, Windows");

    expect((await asBearer(second, `/logins/${first?.id}`, "DELETE")).status).toBe(204);
    expect((await asBearer(bearer)).status).toBe(401);
    expect((await byCookie("POST", cookie)).status).toBe(401);
    expect((await asBearer(second, "/logins", "DELETE")).status).toBe(204);
    expect((await asBearer(second)).status).toBe(401);
  });

  it("is out at the next request when the person is removed, and stays out when he is back", async () => {
    const { person, cookie, bearer } = await login();
    const { owner } = stage.people;
    await stage.work.asActor(owner, ({ team }) => team.remove(person.userId));
    expect((await asBearer(bearer)).status).toBe(401);
    expect((await byCookie("POST", cookie)).status).toBe(401);
    await stage.work.database.sql`
      update memberships set removed_at = null
      where company_id = ${person.companyId} and user_id = ${person.userId}
    `;
    expect((await asBearer(bearer)).status).toBe(401);
    expect((await byCookie("POST", cookie)).status).toBe(401);
  });

  it("leaves only hashes of its tokens in the database", async () => {
    const token = await makeToken(await newPerson("foreman"));
    const answer = await enter(token);
    const secrets = [token, cookieIn(answer).split("=")[1] ?? "", await bearerIn(answer)];
    const rows = await stage.work.database.sql`
      select to_jsonb(login_links)::text as row from login_links
      union all
      select to_jsonb(sessions)::text from sessions
    `;
    const text = rows.map((row) => String(row["row"])).join();
    for (const secret of secrets) expect(text).not.toContain(secret);
  });

  it("lists no logins to a program", async () => {
    const { token } = await stage.work.asActor(stage.people.owner, ({ apiKeys }) =>
      apiKeys.create({ name: "1С", scope: "write" }),
    );
    expect((await asBearer(token, "/logins")).status).toBe(403);
    expect((await asBearer(token, "/logins", "DELETE")).status).toBe(403);
  });
});
