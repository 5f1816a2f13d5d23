import { describe, expect, it, vi } from "vitest";
import { AppError } from "../domain/errors.ts";
import { formatMoney, kopecks } from "../domain/money.ts";
import type { CatalogueFields } from "../domain/catalogue.ts";
import {
  authorizeAs,
  createTestApp,
  refuseForeign,
  testActor,
  testNow,
  testTelegramId,
} from "./routes/testing.ts";

const id = "01990000-0000-7000-8000-0000000000aa";

/** Every operation behind the session, with a body that is right. */
const operations: { method: string; path: string; body?: object; form?: FormData | Blob }[] = [
  { method: "GET", path: "/api/v1/me" },
  { method: "GET", path: "/api/v1/logins" },
  { method: "DELETE", path: "/api/v1/logins" },
  { method: "DELETE", path: `/api/v1/logins/${id}` },
  { method: "GET", path: "/api/v1/estimates" },
  { method: "POST", path: "/api/v1/estimates", body: { projectId: null } },
  { method: "GET", path: `/api/v1/estimates/${id}` },
  { method: "GET", path: `/api/v1/estimates/${id}/card` },
  { method: "DELETE", path: `/api/v1/estimates/${id}` },
  { method: "POST", path: `/api/v1/estimates/${id}/restore` },
  { method: "POST", path: `/api/v1/estimates/${id}/duplicate` },
  {
    method: "POST",
    path: `/api/v1/estimates/${id}/changes`,
    body: { baseVersion: 0, changes: [{ id, type: "line.remove", lineId: id }] },
  },
  { method: "GET", path: `/api/v1/estimates/${id}/changes?since=0` },
  { method: "POST", path: `/api/v1/estimates/${id}/documents/pdf` },
  { method: "POST", path: `/api/v1/estimates/${id}/documents/xlsx` },
  { method: "GET", path: `/api/v1/documents/${id}` },
  { method: "GET", path: `/api/v1/documents/${id}/file` },
  { method: "GET", path: "/api/v1/projects" },
  {
    method: "POST",
    path: "/api/v1/projects",
    body: { title: "Ленина 12", address: "", clientId: null, note: "" },
  },
  { method: "GET", path: `/api/v1/projects/${id}` },
  { method: "PATCH", path: `/api/v1/projects/${id}`, body: { title: "Ленина 13" } },
  { method: "GET", path: "/api/v1/clients" },
  {
    method: "POST",
    path: "/api/v1/clients",
    body: {
      name: "Иван",
      kind: "person",
      phones: [],
      emails: [],
      inn: "",
      address: "",
      note: "",
    },
  },
  { method: "GET", path: `/api/v1/clients/${id}` },
  { method: "PATCH", path: `/api/v1/clients/${id}`, body: { name: "Иван" } },
  { method: "GET", path: "/api/v1/catalogue" },
  {
    method: "POST",
    path: "/api/v1/catalogue",
    body: {
      kind: "work",
      name: "Штукатурка",
      unit: "м²",
      price: "450.00",
      cost: null,
      code: "",
      section: "",
    },
  },
  { method: "PATCH", path: `/api/v1/catalogue/${id}`, body: { price: "1.00" } },
  {
    method: "POST",
    path: "/api/v1/catalogue/prices",
    body: { wanted: [{ name: "Штукатурка", unit: "м²" }] },
  },
];

const reference = { revisionId: id };

/** Agreeing: the steps of an estimate that is there. */
const steps: typeof operations = [
  { method: "POST", path: `/api/v1/estimates/${id}/submit`, body: { audience: "manager" } },
  { method: "GET", path: `/api/v1/estimates/${id}/problems` },
  { method: "POST", path: `/api/v1/estimates/${id}/approve`, body: reference },
  { method: "POST", path: `/api/v1/estimates/${id}/reject`, body: { ...reference, reason: "нет" } },
  { method: "POST", path: `/api/v1/estimates/${id}/withdraw`, body: reference },
  { method: "POST", path: `/api/v1/estimates/${id}/revise`, body: reference },
  { method: "POST", path: `/api/v1/estimates/${id}/archive` },
  { method: "POST", path: `/api/v1/estimates/${id}/share`, body: { days: 30 } },
  { method: "GET", path: `/api/v1/estimates/${id}/links` },
  { method: "DELETE", path: `/api/v1/estimates/${id}/links/${id}` },
  { method: "GET", path: `/api/v1/estimates/${id}/revisions` },
  { method: "GET", path: `/api/v1/estimates/${id}/revisions/${id}` },
  { method: "GET", path: `/api/v1/estimates/${id}/compare?from=1` },
];
operations.push(...steps);

const photoForm = new FormData();
photoForm.set("lineId", id);
photoForm.set("picture", new File(["x"], "picture.jpg"));
photoForm.set("thumbnail", new File(["x"], "thumbnail.jpg"));

const extraPhotoForm = new FormData();
extraPhotoForm.set("picture", new File(["x"], "picture.jpg"));

/** What belongs to an estimate besides its lines. */
const parts: typeof operations = [
  { method: "GET", path: `/api/v1/estimates/${id}/photos` },
  { method: "PUT", path: `/api/v1/estimates/${id}/photos/${id}`, form: photoForm },
  { method: "GET", path: `/api/v1/estimates/${id}/photos/${id}/thumbnail` },
  { method: "DELETE", path: `/api/v1/estimates/${id}/photos/${id}` },
  { method: "GET", path: `/api/v1/estimates/${id}/contract` },
  { method: "POST", path: `/api/v1/estimates/${id}/extras`, body: { reason: "Сырость" } },
  { method: "GET", path: `/api/v1/estimates/${id}/extra` },
  { method: "PUT", path: `/api/v1/estimates/${id}/extra`, body: { reason: "Сырость" } },
  { method: "POST", path: `/api/v1/estimates/${id}/extra/photos`, form: extraPhotoForm },
  { method: "GET", path: `/api/v1/estimates/${id}/extra/photos/${id}` },
  { method: "DELETE", path: `/api/v1/estimates/${id}/extra/photos/${id}` },
  { method: "GET", path: `/api/v1/estimates/${id}/acts` },
  { method: "POST", path: `/api/v1/estimates/${id}/acts`, body: { take: "everything" } },
  { method: "GET", path: `/api/v1/estimates/${id}/remainder` },
  { method: "GET", path: `/api/v1/acts/${id}` },
  { method: "PATCH", path: `/api/v1/acts/${id}`, body: { version: 1, acceptedBy: "Иван" } },
  { method: "DELETE", path: `/api/v1/acts/${id}` },
  { method: "POST", path: `/api/v1/acts/${id}/sign`, body: { version: 1 } },
  { method: "POST", path: `/api/v1/acts/${id}/cancel` },
  { method: "POST", path: `/api/v1/acts/${id}/documents/ks2/pdf` },
  { method: "GET", path: `/api/v1/estimates/${id}/payments` },
  { method: "POST", path: `/api/v1/estimates/${id}/payments`, body: { amount: "100.00" } },
  {
    method: "POST",
    path: `/api/v1/estimates/${id}/stages`,
    body: { title: "Аванс", size: { kind: "amount", amount: "100.00" }, dueOn: null },
  },
  { method: "DELETE", path: `/api/v1/payments/${id}` },
  { method: "POST", path: `/api/v1/payments/${id}/restore` },
  { method: "DELETE", path: `/api/v1/stages/${id}` },
  { method: "GET", path: `/api/v1/estimates/${id}/questions` },
  {
    method: "PUT",
    path: `/api/v1/estimates/${id}/questions/${id}/answer`,
    body: { text: "Да" },
  },
];
operations.push(...parts);

const company: typeof operations = [
  { method: "GET", path: "/api/v1/company" },
  { method: "PATCH", path: "/api/v1/company", body: { name: "Ромашка" } },
  {
    method: "PUT",
    path: "/api/v1/company/vat",
    body: { validFrom: "2026-01-01", mode: { kind: "none", ground: "usn" } },
  },
  { method: "GET", path: "/api/v1/company/team" },
  { method: "GET", path: "/api/v1/search?q=Иван" },
];
operations.push(...company);

const sheet = new Blob(["Наименование;Ед. изм.;Кол-во;Цена\nСтяжка;м2;10;900"]);

/** Spreadsheets. */
operations.push(
  { method: "POST", path: "/api/v1/imports/catalogue", form: sheet },
  { method: "POST", path: "/api/v1/imports/estimates", form: sheet },
  { method: "POST", path: `/api/v1/imports/estimates/${id}`, form: sheet },
);

const named = operations.map(({ method, path }) => `${method} ${path}`);
const withBody = operations.filter((operation) => operation.body);
const withId = operations.filter((operation) => operation.path.includes(id));

async function errorOf(response: Response) {
  const body = (await response.json()) as {
    error: { code: string; message: string; requestId: string };
  };
  expect(Object.keys(body)).toEqual(["error"]);
  expect(body.error.message).toMatch(/[а-яё]/i);
  expect(response.headers.get("X-Request-Id")).toBe(body.error.requestId);
  return { status: response.status, code: body.error.code };
}

describe("every operation of the API", () => {
  it("is in the table of this test", async () => {
    const { app } = await createTestApp();
    const routed = app.routes
      .filter(({ path, method }) => path.startsWith("/api/") && method !== "ALL")
      // For everybody, and the same for everybody.
      .filter(({ path }) => path !== "/api/v1/openapi.json")
      .map(({ method, path }) => `${method} ${path.replace(/:\w*[iI]d\b/g, id)}`);
    const open = [
      "POST session",
      "POST session/link",
      "POST session/browser",
      "DELETE session/browser",
    ];
    const listed = [...named, ...open.map((name) => name.replace(" ", " /api/v1/"))].map((name) =>
      name
        .replace(/\?.*/, "")
        .replace(/documents\/ks2\/pdf/, "documents/:form/:format")
        .replace(/documents\/(?:pdf|xlsx)$/, "documents/:format")
        .replace(/thumbnail$/, ":size"),
    );
    expect(new Set(routed)).toEqual(new Set(listed));
  });

  it.each(operations)("$method $path needs a token", async ({ method, path }) => {
    const { app } = await createTestApp();
    expect(await errorOf(await app.request(path, { method }))).toEqual({
      status: 401,
      code: "unauthenticated",
    });
    const headers = { Authorization: `Bearer ${"x".repeat(43)}` };
    expect((await app.request(path, { method, headers })).status).toBe(401);
  });

  it.each(operations)(
    "$method $path refuses an expired session",
    async ({ method, path, body }) => {
      const { ask, setTime } = await createTestApp();
      setTime(new Date(testNow.getTime() + 24 * 3600 * 1000));
      expect(await errorOf(await ask(method, path, body))).toMatchObject({ status: 401 });
    },
  );

  it.each(operations)("$method $path refuses who left the team", async ({ method, path, body }) => {
    const { ask, removeMember } = await createTestApp();
    removeMember(testTelegramId);
    expect(await errorOf(await ask(method, path, body))).toMatchObject({ status: 401 });
  });

  it.each(withBody)("$method $path refuses an unknown field", async ({ method, path, body }) => {
    const { ask } = await createTestApp();
    const answer = await ask(method, path, { ...body, companyId: id });
    expect(await errorOf(answer)).toEqual({ status: 400, code: "invalid" });
  });

  it.each(withBody)("$method $path refuses wrong types", async ({ method, path, body }) => {
    const { ask } = await createTestApp();
    const wrong = Object.fromEntries(Object.keys(body ?? {}).map((key) => [key, 12.5]));
    expect(await errorOf(await ask(method, path, wrong))).toEqual({ status: 400, code: "invalid" });
    for (const other of [[], "text", 1, null]) {
      expect((await ask(method, path, other)).status).toBe(400);
    }
  });

  it.each(withBody)("$method $path refuses what is no JSON", async ({ method, path }) => {
    const { app, token } = await createTestApp();
    const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
    const broken = await app.request(path, { method, headers, body: "{" });
    expect(await errorOf(broken)).toEqual({ status: 400, code: "invalid" });
    const form = { ...headers, "Content-Type": "text/plain" };
    expect((await app.request(path, { method, headers: form, body: "{}" })).status).toBe(400);
  });

  it.each(withBody)("$method $path refuses three megabytes", async ({ method, path }) => {
    const { ask } = await createTestApp();
    const answer = await ask(method, path, { title: "x".repeat(3 * 1024 * 1024) });
    expect(await errorOf(answer)).toEqual({ status: 413, code: "limit" });
  });

  it.each(withId)(
    "$method $path does not find another company's",
    async ({ method, path, body, form }) => {
      const everything = new Proxy({}, { get: () => refuseForeign });
      const { ask } = await createTestApp({
        estimates: everything,
        documents: everything,
        clients: everything,
        projects: everything,
        catalogue: everything,
        agreement: everything,
        sharing: everything,
        photos: everything,
        extras: everything,
        acts: everything,
        payments: everything,
        questions: everything,
        lists: everything,
      });
      expect(await errorOf(await ask(method, path, body ?? form))).toEqual({
        status: 404,
        code: "not_found",
      });
    },
  );

  it.each(withId)("$method $path does not find what is no id", async (operation) => {
    const { method, path, body, form } = operation;
    const { ask } = await createTestApp();
    for (const other of ["1", "..%2f", "undefined", "'%20or%201=1--", `${id}0`]) {
      const answer = await ask(method, path.replace(`/${id}`, `/${other}`), body ?? form);
      expect(await errorOf(answer)).toEqual({ status: 404, code: "not_found" });
    }
  });

  it.each(["estimates", "clients", "projects", "catalogue"])(
    "GET %s refuses unknown and impossible parameters",
    async (list) => {
      const { ask } = await createTestApp();
      for (const query of ["x=1", "limit=0", "limit=101", "limit=ten", `q=${"я".repeat(201)}`]) {
        expect((await ask("GET", `/api/v1/${list}?${query}`)).status).toBe(400);
      }
    },
  );
});

describe("the exchange of launch data", () => {
  const open = async (authorization: string | null, parts = {}) => {
    const { app, removeMember } = await createTestApp(parts);
    const headers: HeadersInit = authorization === null ? {} : { Authorization: authorization };
    const ask = () => app.request("/api/v1/session", { method: "POST", headers });
    return { ask, removeMember };
  };

  it("gives a token and who it is for", async () => {
    const { ask } = await open(authorizeAs(testTelegramId));
    const answer = await ask();
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      expiresAt: "2026-11-23T04:00:00.000Z",
      me: {
        id: testActor.userId,
        name: "Пётр",
        role: "foreman",
        company: { id: testActor.companyId, name: "Бригада Петра", timezone: "Europe/Moscow" },
      },
    });
  });

  const hour = 3600 * 1000;
  it.each([
    ["nothing", null],
    ["a bearer token", "Bearer abc"],
    ["an empty text", "tma "],
    ["another bot's signature", authorizeAs(testTelegramId, testNow, "1:other")],
    ["a changed user", authorizeAs(testTelegramId).replace("77", "78")],
    ["old data", authorizeAs(testTelegramId, new Date(testNow.getTime() - hour - 1000))],
    ["data of the future", authorizeAs(testTelegramId, new Date(testNow.getTime() + 120_000))],
    ["a key twice", `${authorizeAs(testTelegramId)}&auth_date=1`],
  ])("refuses %s", async (_, authorization) => {
    const { ask } = await open(authorization);
    expect(await errorOf(await ask())).toEqual({ status: 401, code: "unauthenticated" });
  });

  it("sends who never wrote to the bot to the chat", async () => {
    const { ask } = await open(authorizeAs(1));
    expect(await errorOf(await ask())).toEqual({ status: 403, code: "forbidden" });
  });

  it("refuses who was removed from the team, also with fresh launch data", async () => {
    const { ask, removeMember } = await open(authorizeAs(testTelegramId));
    removeMember(testTelegramId);
    expect(await errorOf(await ask())).toEqual({ status: 403, code: "forbidden" });
  });
});

describe("answers", () => {
  it("carry decimal strings, never numbers, for sums", async () => {
    const create = vi.fn(async (fields: CatalogueFields) => ({
      ...fields,
      id,
      pricedAt: testNow,
      source: "manual" as const,
    }));
    const { ask } = await createTestApp({ catalogue: { create } });
    const body = operations.find(({ path }) => path === "/api/v1/catalogue")?.body;
    const fields = { kind: "work", name: "Штукатурка", unit: "м²", code: "", section: "" };
    const answer = await ask("POST", "/api/v1/catalogue", {
      ...body,
      ...fields,
      price: "450.5",
      cost: "1",
    });
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ price: "450.50", cost: "1.00" });
    expect(formatMoney(create.mock.calls[0]?.[0].price ?? kopecks(0n))).toBe("450.50");
  });

  it("give a conflict with the changes to rebase on", async () => {
    const change = { id, type: "line.remove" as const, lineId: id };
    const { ask } = await createTestApp({
      estimates: {
        change: async () => ({ outcome: "conflict" as const, version: 9, since: [change] }),
      },
    });
    const path = `/api/v1/estimates/${id}/changes`;
    const answer = await ask("POST", path, { baseVersion: 3, changes: [change] });
    expect(answer.status).toBe(409);
    expect(await answer.json()).toEqual({ outcome: "conflict", version: 9, since: [change] });
  });

  it("send documents to the chat of the person who asks", async () => {
    const order = vi.fn(async () => ({ id, isNew: true }));
    const { ask } = await createTestApp({ documents: { order } });
    const answer = await ask("POST", `/api/v1/estimates/${id}/documents/pdf`);
    expect(answer.status).toBe(202);
    expect(order).toHaveBeenCalledWith(id, "pdf", { chatId: testTelegramId });
    expect((await ask("POST", `/api/v1/estimates/${id}/documents/exe`)).status).toBe(404);
  });

  it.each([
    ["invalid", 400],
    ["unauthenticated", 401],
    ["forbidden", 403],
    ["not_found", 404],
    ["conflict", 409],
    ["frozen", 423],
    ["limit", 422],
    ["unavailable", 503],
  ] as const)("map %s to %i with its sentence", async (code, status) => {
    const { ask } = await createTestApp({
      estimates: {
        card: async () => {
          throw new AppError(code, "Так нельзя.");
        },
      },
    });
    const answer = await ask("GET", `/api/v1/estimates/${id}/card`);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ error: { code, message: "Так нельзя." } });
  });

  it("say nothing of what was not expected", async () => {
    const { ask } = await createTestApp({
      estimates: {
        card: async () => {
          throw new Error("password of the database is 1234");
        },
      },
    });
    const answer = await ask("GET", `/api/v1/estimates/${id}/card`);
    expect(answer.status).toBe(500);
    expect(await answer.clone().text()).not.toContain("1234");
    expect(await errorOf(answer)).toEqual({ status: 500, code: "internal" });
  });

  it("may not be framed, cached by others or sniffed", async () => {
    const { ask } = await createTestApp();
    const { headers } = await ask("GET", "/api/v1/me");
    expect(headers.get("Content-Security-Policy")).toContain("frame-ancestors 'none'");
    expect(headers.get("Content-Security-Policy")).toContain("default-src 'none'");
    expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(headers.get("Strict-Transport-Security")).toContain("max-age=31536000");
  });

  it("are errors of the API for pages that do not exist", async () => {
    const { ask } = await createTestApp();
    expect(await errorOf(await ask("GET", "/api/v1/nothing"))).toMatchObject({ status: 404 });
    expect(await errorOf(await ask("GET", "/nothing"))).toMatchObject({ status: 404 });
  });
});

describe("health", () => {
  it("tells alive from ready", async () => {
    let isReady = false;
    const { app } = await createTestApp({}, { readiness: async () => isReady });
    expect((await app.request("/healthz")).status).toBe(200);
    expect((await app.request("/readyz")).status).toBe(503);
    isReady = true;
    expect((await app.request("/readyz")).status).toBe(200);
  });

  it("is not ready when the check itself fails", async () => {
    const readiness = () => Promise.reject(new Error("no database"));
    const { app } = await createTestApp({}, { readiness });
    expect((await app.request("/readyz")).status).toBe(503);
  });
});
