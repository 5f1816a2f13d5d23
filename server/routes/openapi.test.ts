import { afterAll, beforeAll, expect, it } from "vitest";
import { z } from "zod";
import { tenantTransaction } from "../../db/transactions.ts";
import { putDocumentFile } from "../../db/documents.ts";
import { insertSession } from "../../db/sessions.ts";
import { makeToken } from "../auth/tokens.ts";
import { newId } from "../new_id.ts";
import { newEstimate } from "../services/testing_agreement.ts";
import { authorizeAs } from "./testing.ts";
import { createShareStage, type ShareStage } from "./testing_share.ts";

type Json = Record<string, unknown>;
interface Described {
  readonly responses: Record<string, { content?: Record<string, { schema?: Json }> }>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Described>>;
}

let stage: ShareStage;
let document: Document;
let token: string;
/** "GET /estimates/{id}" of everything that was asked and answered as described. */
const called = new Set<string>();

beforeAll(async () => {
  stage = await createShareStage();
  const answer = await stage.app.request("/api/v1/openapi.json");
  document = (await answer.json()) as Document;
  token = makeToken();
  await insertSession(stage.work.database.sql, token, {
    ...stage.people.owner,
    kind: "miniapp",
    expiresAt: new Date("2100-01-01"),
  });
});

afterAll(() => stage.close());

const schemas = new Map<Json, z.ZodType>();

function schemaOf(json: Json): z.ZodType {
  const known = schemas.get(json) ?? z.fromJSONSchema(json);
  schemas.set(json, known);
  return known;
}

/** Asks and holds the answer against the document. `name` is the operation's, `path` its address. */
async function call(
  name: string,
  path: string,
  options: { body?: unknown; status?: number; headers?: Record<string, string> } = {},
): Promise<Json> {
  const { body, status = 200, headers = {} } = options;
  const [method = "", template = ""] = name.split(" ");
  const isJson = body !== undefined && !(body instanceof FormData || body instanceof Blob);
  const sent = isJson ? JSON.stringify(body) : body;
  const answer = await stage.app.request(`/api/v1${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${token}`,
      ...(isJson ? { "Content-Type": "application/json" } : {}),
      ...headers,
    },
    ...(sent === undefined ? {} : { body: sent }),
  });
  const text = await answer.text();
  expect({ name, status: answer.status, text }).toMatchObject({ status });
  const described = document.paths[template]?.[method.toLowerCase()]?.responses[status];
  expect(described, `${name} describes ${status}`).toBeDefined();
  called.add(name);
  const schema = described?.content?.["application/json"]?.schema;
  if (!schema) return {};
  const json = JSON.parse(text) as Json;
  const read = schemaOf(schema).safeParse(json);
  expect(read.error?.issues ?? [], `${name}: ${text.slice(0, 300)}`).toEqual([]);
  return json;
}

const idOf = (json: Json) => String(json["id"]);
const revisionOf = (json: Json) => json["revision"] as { id: string; sha256: string };
const actOf = (json: Json) => json["act"] as { id: string; version: number };

it("describes whom the token is for, the company and its lists", async () => {
  const { work, people } = stage;
  const [row] = await work.database.sql`
    select telegram_id from telegram_users where user_id = ${people.owner.userId}
  `;
  await work.database.sql`
    update telegram_users set active_company_id = ${people.owner.companyId}
    where user_id = ${people.owner.userId}
  `;
  const authorization = authorizeAs(Number(row?.["telegram_id"]), work.clock.now);
  await call("POST /session", "/session", { headers: { Authorization: authorization } });
  const { path } = await work.asActor(people.owner, ({ logins }) => logins.create("miniapp"));
  const body = { token: path.split("=")[1] };
  const answer = await stage.app.request("/api/v1/session/link", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const cookie = answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  called.add("POST /session/link");
  await call("POST /session/browser", "/session/browser", { headers: { Cookie: cookie } });
  const logins = await call("GET /logins", "/logins");
  const [login] = logins["items"] as Json[];
  await call("DELETE /logins/{id}", `/logins/${idOf(login ?? {})}`, { status: 204 });
  await call("DELETE /logins", "/logins", { status: 204 });
  await call("DELETE /session/browser", "/session/browser", { status: 204 });
  await call("GET /me", "/me");
  await call("GET /company", "/company");
  await call("PATCH /company", "/company", { body: { inn: "" } });
  const mode = { kind: "on_top", rate: "standard" };
  await call("PUT /company/vat", "/company/vat", { body: { validFrom: "2027-01-01", mode } });
  await call("GET /company/team", "/company/team");

  const person = {
    name: "Иван Петров",
    kind: "person",
    phones: [{ raw: "8 912 345-67-89", e164: "+79123456789" }],
    emails: ["ivan@example.ru"],
    inn: "",
    address: "",
    note: "",
  };
  const client = await call("POST /clients", "/clients", { body: person, status: 201 });
  await call("GET /clients/{id}", `/clients/${idOf(client)}`);
  await call("PATCH /clients/{id}", `/clients/${idOf(client)}`, { body: { note: "Домофон 5" } });
  await call("GET /clients", "/clients?q=Иван&limit=1");
  const place = { title: "Ленина 12", address: "", clientId: idOf(client), note: "" };
  const project = await call("POST /projects", "/projects", { body: place, status: 201 });
  await call("GET /projects/{id}", `/projects/${idOf(project)}`);
  await call("PATCH /projects/{id}", `/projects/${idOf(project)}`, { body: { note: "3 этаж" } });
  await call("GET /projects", "/projects");
  const price = {
    kind: "work",
    name: "Штукатурка стен",
    unit: "м²",
    price: "450.00",
    cost: null,
    code: "",
    section: "",
  };
  const item = await call("POST /catalogue", "/catalogue", { body: price, status: 201 });
  await call("PATCH /catalogue/{id}", `/catalogue/${idOf(item)}`, { body: { cost: "300.00" } });
  await call("GET /catalogue", "/catalogue");
  const wanted = [
    { name: "Штукатурка стен", unit: "м²" },
    { name: "Неизвестно", unit: "" },
  ];
  await call("POST /catalogue/prices", "/catalogue/prices", { body: { wanted } });
  await call("GET /search", `/search?q=${encodeURIComponent("Иван")}`);
  expect([...called]).toContain("GET /search");
});

it("describes an estimate from its beginning to its copy", async () => {
  const created = await call("POST /estimates", "/estimates", {
    body: { projectId: null, title: "Кухня" },
    status: 201,
  });
  const id = idOf(created);
  const at = `/estimates/${id}`;
  const title = (text: string) => [{ id: newId(), type: "estimate.set", set: { title: text } }];
  const version = Number(created["version"]);
  const change = { baseVersion: version, changes: title("Кухня 2") };
  await call("POST /estimates/{id}/changes", `${at}/changes`, { body: change });
  const stale = { baseVersion: version, changes: title("Кухня 3") };
  await call("POST /estimates/{id}/changes", `${at}/changes`, { body: stale, status: 409 });
  await call("GET /estimates/{id}/changes", `${at}/changes?since=0`);
  await call("GET /estimates/{id}", at);
  const tag = (
    await stage.app.request(`/api/v1${at}`, { headers: { Authorization: `Bearer ${token}` } })
  ).headers.get("ETag");
  const headers = { "If-None-Match": tag ?? "" };
  await call("GET /estimates/{id}", at, { headers, status: 304 });
  await call("GET /estimates/{id}/card", `${at}/card`);
  await call("GET /estimates", "/estimates?status=draft");
  await call("POST /estimates/{id}/submit", `${at}/submit`, { body: {}, status: 422 });
  await call("DELETE /estimates/{id}", at, { status: 204 });
  await call("POST /estimates/{id}/restore", `${at}/restore`);
  await call("POST /estimates/{id}/duplicate", `${at}/duplicate`, { status: 201 });
  const ordered = await call("POST /estimates/{id}/documents/{format}", `${at}/documents/pdf`, {
    status: 202,
  });
  await call("GET /documents/{documentId}", `/documents/${idOf(ordered)}`);
  const { companyId } = stage.people.owner;
  await tenantTransaction(stage.work.database.sql, companyId, (tx) =>
    putDocumentFile(tx, companyId, idOf(ordered), {
      fileName: "СМ-2026-0001.pdf",
      bytes: new Uint8Array([1]),
      version: 1,
    }),
  );
  await call("GET /documents/{documentId}/file", `/documents/${idOf(ordered)}/file`);
  expect([...called]).toContain("POST /estimates/{id}/documents/{format}");
});

it("describes spreadsheets", async () => {
  const prices = new Blob(["Наименование;Ед. изм.;Цена\nСтяжка;м2;900\nБез цены;м2;"]);
  await call("POST /imports/catalogue", "/imports/catalogue", { body: prices });
  const unclear = new Blob(["яя;бб\nСтяжка;900"]);
  await call("POST /imports/catalogue", "/imports/catalogue", { body: unclear, status: 409 });
  const lines = new Blob(["Наименование;Ед. изм.;Кол-во;Цена\nСтяжка;м2;10;900\nНичего;;;"]);
  const options = { body: lines, status: 201 };
  const { estimate } = await call("POST /imports/estimates", "/imports/estimates", options);
  const at = `/imports/estimates/${idOf(estimate as Json)}`;
  await call("POST /imports/estimates/{id}", at, { body: lines });
  expect([...called]).toContain("POST /imports/estimates/{id}");
});

it("describes agreeing, links, photos and questions", async () => {
  const { work, people } = stage;
  const { id, chosenId } = await newEstimate(work, people.owner);
  const at = `/estimates/${id}`;
  const step = async (name: string, reference: object, more = {}) =>
    await call(`POST /estimates/{id}/${name}`, `${at}/${name}`, { body: reference, ...more });
  await call("GET /estimates/{id}/problems", `${at}/problems`);
  const submit = async () => {
    const { id: revisionId } = revisionOf(await step("submit", { audience: "client" }));
    return { revisionId };
  };
  const first = await submit();
  await step("submit", {}, { status: 409 });
  await step("withdraw", first);
  await step("reject", { ...first, reason: "Поздно" }, { status: 409 });
  await step("reject", { ...(await submit()), reason: "Дорого" });
  const last = await submit();
  const link = await call("POST /estimates/{id}/share", `${at}/share`, { body: {}, status: 201 });
  await call("GET /estimates/{id}/links", `${at}/links`);
  await stage.post(`${String(link["path"])}/questions`, {
    form: newId(),
    text: "Что с ценой?",
    about: "",
  });
  const { items } = await call("GET /estimates/{id}/questions", `${at}/questions`);
  const [question] = items as Json[];
  await call(
    "PUT /estimates/{id}/questions/{questionId}/answer",
    `${at}/questions/${idOf(question ?? {})}/answer`,
    { body: { text: "Материалы ваши." } },
  );
  await call("DELETE /estimates/{id}/links/{linkId}", `${at}/links/${idOf(link)}`, { status: 204 });
  await step("approve", last);
  const { items: revisions } = await call("GET /estimates/{id}/revisions", `${at}/revisions`);
  const [newest] = revisions as Json[];
  const document = `${at}/revisions/${idOf(newest ?? {})}`;
  await call("GET /estimates/{id}/revisions/{revisionId}", document);
  const hash = `"${String(newest?.["sha256"])}"`;
  await call("GET /estimates/{id}/revisions/{revisionId}", document, {
    headers: { "If-None-Match": hash },
    status: 304,
  });
  await step("revise", last);
  await call("GET /estimates/{id}/compare", `${at}/compare?from=1`);

  const form = new FormData();
  form.set("lineId", chosenId);
  form.set("picture", jpeg, "picture.jpg");
  form.set("thumbnail", jpeg, "thumbnail.jpg");
  const photoId = newId();
  await call("PUT /estimates/{id}/photos/{photoId}", `${at}/photos/${photoId}`, {
    body: form,
    status: 201,
  });
  await call("GET /estimates/{id}/photos", `${at}/photos`);
  await call("GET /estimates/{id}/photos/{photoId}/{size}", `${at}/photos/${photoId}/picture`);
  await call("DELETE /estimates/{id}/photos/{photoId}", `${at}/photos/${photoId}`, { status: 204 });
  await call("POST /estimates/{id}/archive", `${at}/archive`, { status: 204 });
  expect([...called]).toContain("POST /estimates/{id}/archive");
});

it("describes extra work, acts and payments", async () => {
  const { work, people } = stage;
  const { id } = await newEstimate(work, people.owner);
  const at = `/estimates/${id}`;
  await call("GET /estimates/{id}/contract", `${at}/contract`);
  const { id: revisionId } = revisionOf(
    await call("POST /estimates/{id}/submit", `${at}/submit`, { body: {} }),
  );
  await call("POST /estimates/{id}/approve", `${at}/approve`, { body: { revisionId } });
  const extra = await call("POST /estimates/{id}/extras", `${at}/extras`, {
    body: { reason: "Сырость" },
    status: 201,
  });
  const extraAt = `/estimates/${idOf(extra)}`;
  const put = { body: { reason: "Сырая стена" }, status: 204 };
  await call("PUT /estimates/{id}/extra", `${extraAt}/extra`, put);
  const form = new FormData();
  form.set("picture", jpeg, "picture.jpg");
  const photo = await call("POST /estimates/{id}/extra/photos", `${extraAt}/extra/photos`, {
    body: form,
    status: 201,
  });
  const details = await call("GET /estimates/{id}/extra", `${extraAt}/extra`);
  expect(details["photos"]).toEqual([photo]);
  const photoAt = `${extraAt}/extra/photos/${idOf(photo)}`;
  await call("GET /estimates/{id}/extra/photos/{photoId}", photoAt);
  await call("DELETE /estimates/{id}/extra/photos/{photoId}", photoAt, { status: 204 });
  await call("GET /estimates/{id}/contract", `${at}/contract`);

  await call("GET /estimates/{id}/remainder", `${at}/remainder`);
  const drop = actOf(await call("POST /estimates/{id}/acts", `${at}/acts`, { body: {} }));
  await call("DELETE /acts/{actId}", `/acts/${drop.id}`, { status: 204 });
  const act = actOf(await call("POST /estimates/{id}/acts", `${at}/acts`, { body: {} }));
  const actAt = `/acts/${act.id}`;
  await call("GET /acts/{actId}", actAt);
  const set = { version: act.version, acceptedBy: "Петров И. С." };
  await call("PATCH /acts/{actId}", actAt, { body: set });
  await call("PATCH /acts/{actId}", actAt, { body: { ...set, version: 99 }, status: 409 });
  await call("POST /acts/{actId}/sign", `${actAt}/sign`, { body: {} });
  await call("GET /estimates/{id}/acts", `${at}/acts`);
  await call("POST /acts/{actId}/documents/{form}/{format}", `${actAt}/documents/ks2/pdf`, {
    status: 202,
  });
  const size = { kind: "percent", percent: "30" };
  const stageBody = { title: "Аванс", size, dueOn: "2026-12-01" };
  const planned = await call("POST /estimates/{id}/stages", `${at}/stages`, {
    body: stageBody,
    status: 201,
  });
  const paid = await call("POST /estimates/{id}/payments", `${at}/payments`, {
    body: { amount: "100.00" },
    status: 201,
  });
  await call("GET /estimates/{id}/payments", `${at}/payments`);
  await call("DELETE /payments/{paymentId}", `/payments/${idOf(paid)}`);
  await call("POST /payments/{paymentId}/restore", `/payments/${idOf(paid)}/restore`);
  const stageAt = `/stages/${idOf(planned)}`;
  await call("DELETE /stages/{stageId}", stageAt, { status: 204 });
  await call("POST /acts/{actId}/cancel", `${actAt}/cancel`);
  expect([...called]).toContain("POST /acts/{actId}/cancel");
});

it("describes every route and no other, and every operation was called above", () => {
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const routed = stage.app.routes
    .filter(({ path, method }) => path.startsWith("/api/v1/") && method !== "ALL")
    .map(({ method, path }) => `${method} ${path.slice("/api/v1".length)}`)
    .map((name) => name.replace(/:(\w+)/g, "{$1}"))
    .filter((name) => name !== "GET /openapi.json");
  expect(document.openapi).toBe("3.1.0");
  expect(described.toSorted()).toEqual([...new Set(routed)].toSorted());
  expect([...called].toSorted()).toEqual(described.toSorted());
});

/** A JPEG as far as its header tells: 3 × 2 pixels. */
const jpeg = new Blob([
  new Uint8Array([
    0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc0, 0, 11, 8, 0, 2, 0, 3, 1, 1, 0x11, 0,
  ]),
]);
