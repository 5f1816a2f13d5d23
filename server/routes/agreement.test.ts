import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "../../domain/access.ts";
import { insertSession } from "../../db/sessions.ts";
import { makeToken } from "../auth/tokens.ts";
import { newId } from "../new_id.ts";
import { newEstimate } from "../services/testing_agreement.ts";
import { createShareStage, type ShareStage } from "./testing_share.ts";

let stage: ShareStage;
const tokens = new Map<Actor, string>();

beforeAll(async () => {
  stage = await createShareStage();
  for (const actor of Object.values(stage.people) as Actor[]) {
    const token = makeToken();
    await insertSession(stage.work.database.sql, token, {
      ...actor,
      kind: "miniapp",
      expiresAt: new Date("2100-01-01"),
    });
    tokens.set(actor, token);
  }
});

afterAll(() => stage.close());

async function ask(actor: Actor, method: string, path: string, body?: unknown) {
  const response = await stage.app.request(`/api/v1/estimates/${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${tokens.get(actor)}`,
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const answer = (text === "" ? {} : JSON.parse(text)) as Record<string, never>;
  return { status: response.status, body: answer as Record<string, unknown> };
}

interface Sent {
  readonly revision: { readonly id: string; readonly sha256: string };
}

async function submitted() {
  const { foreman } = stage.people;
  const { id } = await newEstimate(stage.work, foreman);
  const { body } = await ask(foreman, "POST", `${id}/submit`, {});
  return { id, revision: (body as unknown as Sent).revision };
}

describe("the API of agreeing", () => {
  it("submits, approves with the hash, revises and compares", async () => {
    const { foreman, manager } = stage.people;
    const { id } = await newEstimate(stage.work, foreman);
    const sent = await ask(foreman, "POST", `${id}/submit`, { audience: "client" });
    expect(sent).toMatchObject({
      status: 200,
      body: {
        revision: { revision: 1, status: "submitted", total: "196736.26", audience: "client" },
        warnings: [],
      },
    });
    const { revision } = sent.body as unknown as Sent;
    const reference = { revisionId: revision.id, sha256: revision.sha256 };
    const approved = await ask(manager, "POST", `${id}/approve`, { ...reference, remark: "Да" });
    expect(approved).toMatchObject({
      status: 200,
      body: {
        revision: {
          status: "approved",
          decidedByName: "Пётр Начальник",
          decisions: [{ channel: "api", side: "company", reason: "Да", total: "196736.26" }],
        },
      },
    });
    const revised = await ask(foreman, "POST", `${id}/revise`, { revisionId: revision.id });
    expect(revised).toMatchObject({ status: 200, body: { revision: { replacedBy: 2 } } });
    const compared = await ask(foreman, "GET", `${id}/compare?from=1`);
    expect(compared).toMatchObject({
      status: 200,
      body: { added: [], removed: [], changed: [], difference: "0.00" },
    });
    const listed = await ask(foreman, "GET", `${id}/revisions`);
    expect(listed.body["items"]).toMatchObject([{ id: revision.id, status: "superseded" }]);
  });

  it("gives the document of a revision as the very bytes that were hashed", async () => {
    const { foreman, otherForeman } = stage.people;
    const { id, revision } = await submitted();
    const read = (actor: Actor, headers: Record<string, string> = {}) =>
      stage.app.request(`/api/v1/estimates/${id}/revisions/${revision.id}`, {
        headers: { Authorization: `Bearer ${tokens.get(actor)}`, ...headers },
      });
    const answer = await read(foreman);
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(revision.sha256);
    const tag = answer.headers.get("ETag") ?? "";
    expect((await read(foreman, { "If-None-Match": tag })).status).toBe(304);
    expect((await read(otherForeman, { "If-None-Match": tag })).status).toBe(404);
    expect((await ask(foreman, "GET", `${newId()}/revisions/${revision.id}`)).status).toBe(404);
  });

  it("answers 409 with what happened to who comes late", async () => {
    const { manager, owner } = stage.people;
    const { id, revision } = await submitted();
    const reason = { revisionId: revision.id, reason: "Дорого" };
    expect((await ask(manager, "POST", `${id}/reject`, reason)).status).toBe(200);
    const late = await ask(owner, "POST", `${id}/approve`, { revisionId: revision.id });
    expect(late).toMatchObject({
      status: 409,
      body: {
        error: { code: "conflict" },
        revision: { status: "returned", decidedByName: "Пётр Начальник" },
      },
    });
  });

  it("answers 422 with the problems of what can't be sent", async () => {
    const { foreman } = stage.people;
    const { id } = await stage.work.asActor(foreman, ({ estimates }) =>
      estimates.create({ projectId: null }),
    );
    const problems = [{ kind: "no_lines", isBlocking: true }, { kind: "no_client" }];
    expect(await ask(foreman, "POST", `${id}/submit`, {})).toMatchObject({
      status: 422,
      body: { error: { code: "invalid" }, problems },
    });
    expect(await ask(foreman, "GET", `${id}/problems`)).toMatchObject({
      body: { items: problems },
    });
  });

  it("makes, lists and revokes links", async () => {
    const { foreman } = stage.people;
    const { id } = await submitted();
    const made = await ask(foreman, "POST", `${id}/share`, {});
    expect(made.status).toBe(201);
    const path = String(made.body["path"]);
    expect(made.body["url"]).toBe(`https://smetka.example${path}`);
    expect((await stage.get(path)).status).toBe(200);
    const listed = await ask(foreman, "GET", `${id}/links`);
    expect(JSON.stringify(listed.body)).not.toContain(path);
    const linkId = String(made.body["id"]);
    expect((await ask(foreman, "DELETE", `${id}/links/${linkId}`)).status).toBe(204);
    expect((await stage.get(path)).status).toBe(404);
  });

  it("shows and lets decide nothing of another company's or another foreman's", async () => {
    const { stranger, otherForeman } = stage.people;
    const { id, revision } = await submitted();
    const reference = { revisionId: revision.id };
    for (const actor of [stranger, otherForeman]) {
      for (const [method, path, body] of [
        ["POST", "submit", {}],
        ["POST", "approve", reference],
        ["POST", "reject", { ...reference, reason: "x" }],
        ["POST", "withdraw", reference],
        ["POST", "revise", reference],
        ["POST", "archive", {}],
        ["POST", "share", {}],
        ["GET", "revisions"],
        ["GET", "links"],
        ["GET", "problems"],
        ["GET", "compare?from=1"],
      ] as const) {
        const found = await ask(actor, method, `${id}/${path}`, body);
        expect([path, found.status]).toEqual([path, 404]);
        const missing = await ask(actor, method, `${newId()}/${path}`, body);
        expect(found.body["error"]).toMatchObject({ code: "not_found" });
        expect(Object.keys(found.body)).toEqual(Object.keys(missing.body));
      }
    }
  });

  it("refuses foremen to approve, and a revision under another estimate's address", async () => {
    const { foreman, manager } = stage.people;
    const { id, revision } = await submitted();
    const other = await submitted();
    const reference = { revisionId: revision.id };
    expect((await ask(foreman, "POST", `${id}/approve`, reference)).status).toBe(403);
    expect((await ask(manager, "POST", `${other.id}/approve`, reference)).status).toBe(404);
    expect((await ask(manager, "POST", `${id}/approve`, {})).status).toBe(400);
    const wrong = { ...reference, sha256: "0".repeat(64) };
    expect((await ask(manager, "POST", `${id}/approve`, wrong)).status).toBe(409);
  });
});
