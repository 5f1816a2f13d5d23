import { inspectRoutes } from "hono/dev";
import { afterAll, beforeAll, expect, it } from "vitest";
import { fillTestCompany, type TestThings } from "../../db/testing_company.ts";
import { createManagerStage, type ManagerStage } from "../manager/testing.ts";

/** All pages at once: the manager's, the client's, the paper's, the privacy page. */

const EVIL = `"><img src=x onerror=alert(1)><script>alert(2)</script>'&`;

let stage: ManagerStage;
let evil: TestThings;
let cookie: string;

beforeAll(async () => {
  stage = await createManagerStage();
  evil = await fillTestCompany(stage.work.database.sql, EVIL, 0);
  cookie = await stage.login({ companyId: evil.companyId, userId: evil.ownerId, role: "owner" });
});
afterAll(() => stage.close());

function routesOf(method: string): string[] {
  const found = inspectRoutes(stage.app).filter(
    (route) => !route.isMiddleware && route.method === method,
  );
  return [...new Set(found.map(({ path }) => path))];
}

/** Every address under which a thing of the company could be shown. */
function addresses(): string[] {
  const { estimateId, clientId, projectId, exportId, documentId, sha256 } = evil;
  const ids = [estimateId, clientId, projectId, exportId, documentId];
  return routesOf("GET")
    .filter((path) => path === "/privacy" || /^\/(manager|v|s)\b/.test(path))
    .flatMap((path) => {
      if (path.includes(":hash")) return [path.replace(":hash", sha256)];
      if (!path.includes(":")) return [path, `${path}?q=${encodeURIComponent(EVIL)}`];
      return ids.map((id) => path.replace(/:(id|token|name)/, id));
    });
}

async function look(path: string): Promise<Response> {
  // Slowly, as a person does.
  stage.work.clock.now = new Date(stage.work.clock.now.getTime() + 10_000);
  return stage.get(path, cookie);
}

it("writes every name of a company on every page as text", async () => {
  let shown = 0;
  for (const path of addresses()) {
    const response = await look(path);
    if (!response.headers.get("Content-Type")?.startsWith("text/html")) continue;
    const page = await response.text();
    expect([path, /<img src=x|<script>alert|onerror=alert\(1\)>(?!&lt;)/.test(page)]).toEqual([
      path,
      false,
    ]);
    if (page.includes("&lt;img src=x onerror=alert(1)&gt;")) shown += 1;
  }
  // The walk saw the names, not only pages without any.
  expect(shown).toBeGreaterThan(8);
});

it("lets no page be framed, sniffed or told of by its address", async () => {
  let pages = 0;
  for (const path of addresses()) {
    const { headers } = await look(path);
    if (!headers.get("Content-Type")?.startsWith("text/html")) continue;
    pages += 1;
    expect([path, headers.get("X-Frame-Options"), headers.get("X-Content-Type-Options")]).toEqual([
      path,
      "DENY",
      "nosniff",
    ]);
    expect(headers.get("Content-Security-Policy")).toContain("frame-ancestors 'none'");
    expect(headers.get("Content-Security-Policy")).not.toMatch(/unsafe-(inline|eval)/);
    expect(headers.get("Referrer-Policy")).toBe("no-referrer");
  }
  expect(pages).toBeGreaterThan(12);
});

it("takes no form of another site where a cookie speaks for the person", async () => {
  const paths = routesOf("POST").filter((path) => path.startsWith("/manager"));
  expect(paths.length).toBeGreaterThan(4);
  for (const path of paths) {
    for (const headers of [{ "Sec-Fetch-Site": "cross-site" }, { "Sec-Fetch-Site": "same-site" }]) {
      const filled = path.replace(/:\w+/, evil.exportId);
      const answer = await stage.post(filled, cookie, { companyId: evil.companyId }, headers);
      expect([filled, answer.status]).toEqual([filled, 403]);
    }
  }
  expect((await look("/manager")).status).toBe(200);
});

it("gives the cookie to this host alone, over https, to no script", async () => {
  const actor = { companyId: evil.companyId, userId: evil.ownerId, role: "owner" } as const;
  const answer = await stage.post(await stage.makeLink(actor));
  const given = answer.headers.get("Set-Cookie") ?? "";
  expect(given).toMatch(/^__Host-/);
  for (const word of ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"])
    expect(given).toContain(word);
  expect(given).not.toContain("Domain=");
});
