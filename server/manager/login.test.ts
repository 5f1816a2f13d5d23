import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { cookieOf, createManagerStage, type ManagerStage } from "./testing.ts";

let stage: ManagerStage;

beforeAll(async () => {
  stage = await createManagerStage();
});
afterAll(() => stage.close());
beforeEach(() => {
  // The limit of logins is of one test.
  stage.work.clock.now = new Date(stage.work.clock.now.getTime() + 61_000);
});

describe("the one-time link", () => {
  it("is not spent by looking at it, and once by the button", async () => {
    const path = await stage.makeLink(stage.people.manager);
    expect((await stage.get(path)).status).toBe(200);
    expect(await (await stage.get(path)).text()).toContain("Войти</button>");
    const entered = await stage.post(path);
    expect(entered.status).toBe(303);
    expect(entered.headers.get("Location")).toBe("/manager");
    expect(entered.headers.get("Set-Cookie")).toMatch(
      /^__Host-smetka_manager=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect((await stage.get("/manager", cookieOf(entered))).status).toBe(200);
    expect((await stage.post(path)).status).toBe(410);
    expect((await stage.get(path)).status).toBe(410);
  });

  it("lets one of two in that press at once", async () => {
    const path = await stage.makeLink(stage.people.manager);
    const answers = await Promise.all([stage.post(path), stage.post(path), stage.post(path)]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([303, 410, 410]);
  });

  it("is over after five minutes", async () => {
    const path = await stage.makeLink(stage.people.manager);
    const { now } = stage.work.clock;
    stage.work.clock.now = new Date(now.getTime() + 5 * 60_000);
    expect((await stage.post(path)).status).toBe(410);
    stage.work.clock.now = now;
  });

  it("is found by its whole token only: a guess is told nothing more than a spent one", async () => {
    const path = await stage.makeLink(stage.people.manager);
    const guess = path.slice(0, -6) + path.slice(-6).split("").toReversed().join("");
    const spent = await stage.makeLink(stage.people.manager);
    await stage.post(spent);
    const [guessed, known] = [await stage.post(guess), await stage.post(spent)];
    expect(guessed.status).toBe(known.status);
    expect(await guessed.text()).toBe(await known.text());
    expect(guessed.headers.get("Set-Cookie")).toBeNull();
    expect((await stage.post(path)).status).toBe(303);
  });

  it("is refused to a foreman, and to a form of another site", async () => {
    await expect(stage.makeLink(stage.people.foreman)).rejects.toMatchObject({ code: "forbidden" });
    const path = await stage.makeLink(stage.people.manager);
    const foreign = await stage.post(path, "", {}, { "Sec-Fetch-Site": "cross-site" });
    expect(foreign.status).toBe(403);
    expect((await stage.post(path)).status).toBe(303);
  });

  it("keeps only hashes of tokens", async () => {
    const path = await stage.makeLink(stage.people.manager);
    const cookie = cookieOf(await stage.post(path));
    const secrets = [path.split("/").at(-1) ?? "", cookie.split("=")[1] ?? ""];
    const rows = await stage.work.database.sql`
      select to_jsonb(login_links)::text as row from login_links
      union all
      select to_jsonb(sessions)::text from sessions
    `;
    const text = rows.map((row) => String(row["row"])).join();
    for (const secret of secrets) expect(text).not.toContain(secret);
  });

  it("lets nobody in who lost the role between the link and the button", async () => {
    const { owner } = stage.people;
    const person = await stage.work.newActor({ companyId: owner.companyId, role: "manager" });
    const path = await stage.makeLink(person);
    await stage.work.asActor(owner, ({ team }) => team.setRole(person.userId, "foreman"));
    expect((await stage.post(path)).status).toBe(410);
  });
});

describe("a session", () => {
  it("is over at the next request when the person is removed", async () => {
    const { owner } = stage.people;
    const person = await stage.work.newActor({ companyId: owner.companyId, role: "manager" });
    const cookie = await stage.login(person);
    expect((await stage.get("/manager", cookie)).status).toBe(200);
    await stage.work.asActor(owner, ({ team }) => team.remove(person.userId));
    const refused = await stage.get("/manager", cookie);
    expect([refused.status, refused.headers.get("Location")]).toEqual([303, "/manager/login"]);
  });

  it("shows nothing at the next request when the role fell", async () => {
    const { owner } = stage.people;
    const person = await stage.work.newActor({ companyId: owner.companyId, role: "manager" });
    const cookie = await stage.login(person);
    await stage.work.asActor(owner, ({ team }) => team.setRole(person.userId, "foreman"));
    const refused = await stage.get("/manager/estimates", cookie);
    expect(refused.status).toBe(403);
    expect(await refused.text()).not.toContain("Ромашка");
    // The way out is open all the same.
    expect((await stage.post("/manager/logout", cookie)).status).toBe(303);
    expect((await stage.get("/manager/estimates", cookie)).status).toBe(303);
  });

  it("closed in the list asks to log in at its next request, and the others go on", async () => {
    const { owner } = stage.people;
    const person = await stage.work.newActor({ companyId: owner.companyId, role: "manager" });
    const [lost, here] = [await stage.login(person), await stage.login(person)];
    const page = await (await stage.get("/manager/sessions", here)).text();
    const rows = page.slice(page.indexOf("<tbody")).split("<tr>").slice(1);
    const closing = (isThis: boolean): string => {
      const row = rows.find((text) => text.includes("этот вход") === isThis) ?? "";
      return /action="(\/manager\/sessions\/[\w-]{36}\/close)"/.exec(row)?.[1] ?? "";
    };
    const closed = await stage.post(closing(false), here);
    expect([closed.status, closed.headers.get("Location")]).toEqual([303, "/manager/sessions"]);
    const refused = await stage.get("/manager", lost);
    expect([refused.status, refused.headers.get("Location")]).toEqual([303, "/manager/login"]);
    const left = await (await stage.get("/manager/sessions", here)).text();
    expect(left.match(/\/close"/g)).toHaveLength(1);
    // One's own is closed as well: the very next request is a stranger's.
    await stage.post(closing(true), here);
    const out = await stage.get("/manager/sessions", here);
    expect([out.status, out.headers.get("Location")]).toEqual([303, "/manager/login"]);
  });

  it("lasts 30 days", async () => {
    const cookie = await stage.login(stage.people.manager);
    const { now } = stage.work.clock;
    stage.work.clock.now = new Date(now.getTime() + 30 * 24 * 3_600_000 - 1000);
    expect((await stage.get("/manager", cookie)).status).toBe(200);
    stage.work.clock.now = new Date(now.getTime() + 30 * 24 * 3_600_000);
    expect((await stage.get("/manager", cookie)).status).toBe(303);
    stage.work.clock.now = now;
  });

  it("is listed and can be ended: one, this one, all", async () => {
    const { owner } = stage.people;
    const person = await stage.work.newActor({ companyId: owner.companyId, role: "manager" });
    const cookies = [
      await stage.login(person),
      await stage.login(person),
      await stage.login(person),
    ];
    const [first = "", second = "", third = ""] = cookies;
    const page = await (await stage.get("/manager/sessions", first)).text();
    const paths = [...page.matchAll(/action="(\/manager\/sessions\/[\w-]{36}\/close)"/g)];
    expect(paths).toHaveLength(3);
    expect(page).toContain("Chrome, Android");

    // Somebody else's page does not end it.
    const foreign = await stage.login(stage.people.manager);
    for (const [, path] of paths) await stage.post(path ?? "", foreign);
    expect((await stage.get("/manager", second)).status).toBe(200);

    await stage.post("/manager/logout", second);
    expect((await stage.get("/manager", second)).status).toBe(303);
    expect((await stage.get("/manager", first)).status).toBe(200);
    await stage.post("/manager/logout/everywhere", first);
    expect((await stage.get("/manager", first)).status).toBe(303);
    expect((await stage.get("/manager", third)).status).toBe(303);
  });

  it("goes over to another company of the person, and to no other", async () => {
    const { owner, stranger, manager } = stage.people;
    await stage.work.database.sql`
      insert into memberships (company_id, user_id, role)
      values (${stranger.companyId}, ${manager.userId}, 'manager')
    `;
    const cookie = await stage.login(manager);
    expect(await (await stage.get("/manager", cookie)).text()).toContain('name="companyId"');
    const entered = await stage.post("/manager/company", cookie, {
      companyId: stranger.companyId,
    });
    const other = cookieOf(entered);
    expect((await stage.get("/manager", cookie)).status).toBe(303);
    expect((await stage.get("/manager", other)).status).toBe(200);
    const back = await stage.post("/manager/company", other, { companyId: owner.companyId });
    expect(back.status).toBe(303);

    const ownerCookie = await stage.login(owner);
    const refused = await stage.post("/manager/company", ownerCookie, {
      companyId: stranger.companyId,
    });
    expect(refused.status).toBe(404);
    expect((await stage.get("/manager", ownerCookie)).status).toBe(200);
  });

  it("of the manager's page opens no API, and a bearer of the Mini App opens no page", async () => {
    const cookie = await stage.login(stage.people.owner);
    const token = cookie.split("=")[1] ?? "";
    const asked = await stage.app.request("/api/v1/me", {
      headers: { Authorization: `Bearer ${token}`, Cookie: cookie },
    });
    expect(asked.status).toBe(401);
  });
});

describe("headers", () => {
  it("let the page load its own things only and nobody frame or keep it", async () => {
    const cookie = await stage.login(stage.people.owner);
    for (const path of ["/manager", "/manager/login", "/manager/estimates"]) {
      const { headers } = await stage.get(path, cookie);
      expect(headers.get("Content-Security-Policy")).toBe(
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      );
      expect(headers.get("Cache-Control")).toBe("no-store");
      expect(headers.get("Referrer-Policy")).toBe("no-referrer");
      expect(headers.get("X-Frame-Options")).toBe("DENY");
    }
  });

  it("say that nothing changed to who has this very page", async () => {
    const cookie = await stage.login(stage.people.owner);
    const tag = (await stage.get("/manager", cookie)).headers.get("ETag") ?? "";
    expect(tag).not.toBe("");
    const again = await stage.get("/manager", cookie, { "If-None-Match": tag });
    expect([again.status, await again.text()]).toEqual([304, ""]);
  });
});

describe("what was not expected", () => {
  it("is a page, too, and says nothing of itself; the log hears of it", async () => {
    const said: string[] = [];
    const log = pino({}, { write: (line: string) => void said.push(line) });
    const broken = await createManagerStage({
      read: () => Promise.reject(new Error("relation zebra does not exist")),
      log,
    });
    try {
      const cookie = await broken.login(broken.people.owner);
      const answer = await broken.get("/manager", cookie);
      expect([answer.status, answer.headers.get("Content-Type")]).toEqual([
        500,
        "text/html; charset=UTF-8",
      ]);
      const page = await answer.text();
      expect(page).toContain("Сметы целы");
      expect(page).not.toContain("zebra");
      expect(said.join("")).toContain("zebra");
    } finally {
      await broken.close();
    }
  });

  it("has a page for an address that is none, and for a form that is too large", async () => {
    const cookie = await stage.login(stage.people.owner);
    const missing = await stage.get("/manager/no/such/page", cookie);
    expect([missing.status, await missing.text()]).toEqual([
      404,
      expect.stringContaining("Здесь ничего нет"),
    ]);
    const large = await stage.post("/manager/company", cookie, { companyId: "x".repeat(20_000) });
    expect([large.status, await large.text()]).toEqual([413, expect.stringContaining("<h1>")]);
  });
});
