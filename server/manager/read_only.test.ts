import { getRouterName } from "hono/dev";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inspectRoutes } from "hono/dev";
import { fillTestCompany, type TestThings } from "../../db/testing_company.ts";
import { readTenant } from "../../db/transactions.ts";
import type { Actor } from "../../domain/access.ts";
import { createManagerStage, type ManagerStage } from "./testing.ts";

/** What the page writes of its own; no business data. */
const OWN_TABLES = ["sessions", "login_links", "list_exports"];
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

let stage: ManagerStage;
let ours: TestThings;
let theirs: TestThings;
let owner: Actor;
let tables: string[];

beforeAll(async () => {
  stage = await createManagerStage();
  ours = await fillTestCompany(stage.work.database.sql, "Ромашкино", 0);
  theirs = await fillTestCompany(stage.work.database.sql, "Чужедальнее", 1);
  owner = { companyId: ours.companyId, userId: ours.ownerId, role: "owner" };
  const rows = await stage.work.database.sql<{ name: string }[]>`
    select relname as name
    from pg_class
    where relkind in ('r', 'p') and not relispartition
      and relnamespace = 'public'::regnamespace
      and relname <> all(${OWN_TABLES})
    order by 1
  `;
  tables = rows.map(({ name }) => name);
});
afterAll(() => stage.close());

/** Changes with any row of any business table. */
async function digest(): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const { sql } = stage.work.database;
  // That a session ended is told through the outbox, and is about a session all the same.
  const outbox = sql`where kind <> 'signed_out'`;
  for (const table of tables) {
    const [row] = await sql<{ digest: string }[]>`
      select md5(coalesce(string_agg(given::text, '|' order by given::text), '')) as digest
      from ${sql(table)} as given
      ${table === "live_events" ? outbox : sql``}
    `;
    found[table] = row?.digest ?? "";
  }
  return found;
}

function paths(): string[] {
  const all = inspectRoutes(stage.app)
    .filter(({ path, isMiddleware }) => path.startsWith("/manager") && !isMiddleware)
    .map(({ path }) => path);
  return [...new Set(all)];
}

/** Every thing of a company that an address could name. */
function idsOf(things: TestThings): string[] {
  return [
    things.estimateId,
    things.clientId,
    things.projectId,
    things.documentId,
    things.exportId,
    things.revisionId,
    things.linkId,
    things.ownerId,
    things.connectionId,
  ];
}

async function ask(method: string, path: string, cookie: string): Promise<Response> {
  // Slowly, as a person does: what is limited is not what is tested here.
  stage.work.clock.now = new Date(stage.work.clock.now.getTime() + 10_000);
  if (method === "GET") return stage.get(`${path}?from=1&to=now`, cookie);
  return stage.app.request(path, {
    method,
    headers: {
      Cookie: cookie,
      "Sec-Fetch-Site": "same-origin",
      "Content-Type": "application/x-www-form-urlencoded",
    },
    body: new URLSearchParams({
      companyId: ours.companyId,
      format: "csv",
      status: "approved",
      id: ours.estimateId,
      title: "взлом",
    }),
  });
}

describe("the manager's page", () => {
  it("has routes to walk", () => {
    expect(paths().length).toBeGreaterThan(18);
    expect(tables.length).toBeGreaterThan(30);
  });

  it("changes no business data, whatever is asked by whatever method", async () => {
    const before = await digest();
    const statuses = new Set<number>();
    for (const path of paths()) {
      for (const method of METHODS) {
        // A session for each request is slow: only looking is tried with every id.
        const ids = method === "GET" ? idsOf(ours) : idsOf(ours).slice(0, 2);
        for (const id of path.includes(":") ? ids : [""]) {
          // Some of them end the session: each goes with a living one.
          const cookie = await stage.login(owner);
          const filled = path.replace(/:(id|name|token)/, id);
          const { status } = await ask(method, filled, cookie);
          statuses.add(status);
          expect([method, filled, status]).not.toContain(500);
        }
      }
    }
    expect(await digest()).toEqual(before);
    // The walk got through doors, not only into walls.
    expect([...statuses]).toEqual(expect.arrayContaining([200, 303, 404]));
  }, 300_000);

  it("is refused by PostgreSQL itself when a page would write", async () => {
    const writing = readTenant(
      stage.work.database.sql,
      ours.companyId,
      (tx) => tx`update estimates set title = 'взлом' where company_id = ${ours.companyId}`,
    );
    await expect(writing).rejects.toMatchObject({ code: "25006" });
  });

  it("shows nothing to a foreman and to who is not logged in", async () => {
    const foreman: Actor = { ...owner, userId: ours.managerId, role: "manager" };
    const cookie = await stage.login(foreman);
    await stage.work.database.sql`
      update memberships set role = 'foreman' where user_id = ${ours.managerId}
    `;
    const own = paths().filter((path) => !/^\/manager\/(login|assets)/.test(path));
    for (const path of own) {
      const filled = path.replace(":id", ours.estimateId);
      const fallen = await ask("GET", filled, cookie);
      expect([filled, fallen.status]).toEqual([filled, 403]);
      expect(await fallen.text()).not.toContain("Ромашкино");
      const nobody = await ask("GET", filled, "");
      expect([filled, nobody.status]).toEqual([filled, 303]);
    }
  });

  it("takes another company's things for things that do not exist", async () => {
    const cookie = await stage.login(owner);
    for (const path of paths().filter((known) => known.includes(":id"))) {
      for (const id of idsOf(theirs)) {
        const answer = await ask("GET", path.replace(":id", id), cookie);
        expect([path, answer.status]).toEqual([path, 404]);
        expect(await answer.text()).not.toContain("Чужедальнее");
      }
    }
    for (const path of paths().filter((known) => !known.includes(":"))) {
      const query = new URLSearchParams({
        q: "Чужедальнее",
        client: theirs.clientId,
        project: theirs.projectId,
        foreman: theirs.foremanId,
      });
      const answer = await stage.get(`${path}?${query.toString()}`, cookie);
      const text = (await answer.text()).replaceAll(/value="Чужедальнее"|«Чужедальнее»/g, "");
      expect(text).not.toContain("Чужедальнее");
    }
  });
});

it("leaves every route of the program to one expression, the quickest way to find it", () => {
  // Two routes that differ only behind a name and a place for one («/x/all/y», «/x/:id») need another way.
  expect(getRouterName(stage.app)).toBe("SmartRouter + RegExpRouter");
});
