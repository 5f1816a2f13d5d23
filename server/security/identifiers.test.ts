import { inspectRoutes } from "hono/dev";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { insertSession } from "../../db/sessions.ts";
import { fillTestCompany, type TestThings } from "../../db/testing_company.ts";
import type { Actor } from "../../domain/access.ts";
import { makeToken } from "../auth/tokens.ts";
import { newId } from "../new_id.ts";
import { createShareStage, type ShareStage } from "../routes/testing_share.ts";

/** Every identifier in every address of the API, asked for by people whom it does not concern. */

const revision = () => ({ revisionId: newId() });
const act = { date: "2026-11-20" };

/** A right body of each operation that takes one and names a thing in its address. */
const BODIES: Readonly<Record<string, () => unknown>> = {
  "POST /estimates/:id/changes": () => ({
    baseVersion: 0,
    changes: [{ id: newId(), type: "line.remove", lineId: newId() }],
  }),
  "POST /estimates/:id/submit": () => ({ audience: "manager" }),
  "POST /estimates/:id/approve": revision,
  "POST /estimates/:id/reject": () => ({ ...revision(), reason: "Дорого" }),
  "POST /estimates/:id/withdraw": revision,
  "POST /estimates/:id/revise": revision,
  "POST /estimates/:id/share": () => ({ days: 30 }),
  "POST /estimates/:id/extras": () => ({ reason: "x" }),
  "PUT /estimates/:id/extra": () => ({ reason: "x" }),
  "POST /estimates/:id/acts": () => act,
  "POST /estimates/:id/payments": () => ({ amount: "1.00" }),
  "POST /estimates/:id/stages": () => ({
    title: "x",
    size: { kind: "amount", amount: "1.00" },
    dueOn: null,
  }),
  "PATCH /acts/:actId": () => ({ version: null }),
  "POST /acts/:actId/sign": () => ({}),
  "PATCH /projects/:id": () => ({ title: "взлом" }),
  "PATCH /clients/:id": () => ({ name: "взлом" }),
  "PATCH /catalogue/:id": () => ({ price: "1.00" }),
  "PUT /estimates/:id/questions/:questionId/answer": () => ({ text: "взлом" }),
};
const QUERIES: Readonly<Record<string, string>> = {
  "GET /estimates/:id/changes": "?since=0",
  "GET /estimates/:id/compare": "?from=1",
};
const SPREADSHEET = "Наименование;Ед. изм.;Кол-во;Цена\nСтяжка;м2;10;900";
/** Parts of addresses that name no thing. */
const WORDS: Readonly<Record<string, string>> = { form: "ks2", format: "pdf", size: "thumbnail" };
/** Not of one foreman: the whole company works with them. */
const COMMON = /^\/(projects|clients|catalogue)\//;

interface Operation {
  readonly method: string;
  readonly path: string;
}

let stage: ShareStage;
let theirs: TestThings;
let colleague: Actor;
const tokens = new Map<Actor, string>();

async function signIn(actor: Actor): Promise<void> {
  const token = makeToken();
  const expiresAt = new Date("2100-01-01");
  const { sql } = stage.work.database;
  await insertSession(sql, token, { ...actor, kind: "miniapp", expiresAt });
  tokens.set(actor, token);
}

beforeAll(async () => {
  stage = await createShareStage();
  theirs = await fillTestCompany(stage.work.database.sql, "Чужедальнее", 1);
  colleague = await stage.work.newActor({ companyId: theirs.companyId, role: "foreman" });
  await stage.work.database.sql`
    insert into telegram_users (telegram_id, user_id, first_name)
    values (7100000001, ${colleague.userId}, 'x')
  `;
  await signIn(colleague);
  await signIn(stage.people.owner);
});
afterAll(() => stage.close());

/** The operations whose address names something. */
function operations(): Operation[] {
  const found = inspectRoutes(stage.app)
    .filter(({ path, method, isMiddleware }) => {
      return !isMiddleware && method !== "ALL" && /^\/api\/v1\/.*:/.test(path);
    })
    .map(({ method, path }) => ({ method, path: path.slice("/api/v1".length) }));
  return [...new Map(found.map((operation) => [keyOf(operation), operation])).values()];
}

function keyOf({ method, path }: Operation): string {
  return `${method} ${path}`;
}

/** The address with the other company's things in it. */
function fill({ path }: Operation): string {
  const things: Readonly<Record<string, string>> = {
    linkId: theirs.linkId,
    revisionId: theirs.revisionId,
    photoId: theirs.photoId,
    questionId: theirs.questionId,
    actId: theirs.actId,
    paymentId: theirs.paymentId,
    stageId: theirs.stageId,
    documentId: theirs.documentId,
    ...WORDS,
  };
  return path.replace(/:(\w+)/g, (_, name: string) => {
    if (name !== "id") return things[name] ?? newId();
    if (path.startsWith("/projects")) return theirs.projectId;
    if (path.startsWith("/clients")) return theirs.clientId;
    return path.startsWith("/catalogue") ? theirs.itemId : theirs.estimateId;
  });
}

/** The same address about things that nobody has. */
function fillWithNothing({ path }: Operation): string {
  return path.replace(/:(\w+)/g, (_, name: string) => {
    return WORDS[name] ?? newId();
  });
}

async function ask(actor: Actor, operation: Operation, path: string) {
  const key = keyOf(operation);
  const form = photoForm(key);
  const body = BODIES[key]?.();
  const response = await stage.app.request(`/api/v1${path}${QUERIES[key] ?? ""}`, {
    method: operation.method,
    headers: {
      Authorization: `Bearer ${tokens.get(actor)}`,
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(form ? { body: form } : {}),
    ...(path.startsWith("/imports/") ? { body: SPREADSHEET } : {}),
  });
  return { status: response.status, text: withoutRequest(await response.text()) };
}

function photoForm(key: string): FormData | null {
  const form = new FormData();
  form.set("picture", new File([new Uint8Array(9)], "picture"));
  if (key === "POST /estimates/:id/extra/photos") return form;
  if (key !== "PUT /estimates/:id/photos/:photoId") return null;
  form.set("thumbnail", new File([new Uint8Array(9)], "thumbnail"));
  form.set("lineId", theirs.lineId);
  return form;
}

function withoutRequest(text: string): string {
  return text.replace(/"requestId":"[^"]*"/, "");
}

describe("a thing of another company", () => {
  it("has addresses to try", () => {
    expect(operations().length).toBeGreaterThan(40);
  });

  it("is under every address of the API the same as one that does not exist", async () => {
    for (const operation of operations()) {
      const found = await ask(stage.people.owner, operation, fill(operation));
      expect([keyOf(operation), found.status]).toEqual([keyOf(operation), 404]);
      const nothing = await ask(stage.people.owner, operation, fillWithNothing(operation));
      expect([keyOf(operation), found]).toEqual([keyOf(operation), nothing]);
      expect(found.text).not.toContain("Чужедальнее");
    }
  });
});

describe("an estimate of a colleague", () => {
  it("is for another foreman, under every address, one that does not exist", async () => {
    for (const operation of operations().filter(({ path }) => !COMMON.test(path))) {
      const found = await ask(colleague, operation, fill(operation));
      const nothing = await ask(colleague, operation, fillWithNothing(operation));
      expect([keyOf(operation), found]).toEqual([keyOf(operation), nothing]);
      expect([keyOf(operation), [403, 404].includes(found.status)]).toEqual([
        keyOf(operation),
        true,
      ]);
      expect(found.text).not.toContain("Чужедальнее");
    }
  });
});
