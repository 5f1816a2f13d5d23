import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDocumentRenderer, type DocumentRenderer } from "../documents/renderer.ts";
import { newId } from "../new_id.ts";
import { newEstimate } from "../services/testing_agreement.ts";
import { createShareStage, renderOrdered, type ShareStage } from "./testing_share.ts";

let stage: ShareStage;
let renderer: DocumentRenderer;
let key: string;

beforeAll(async () => {
  stage = await createShareStage();
  renderer = createDocumentRenderer();
  key = await newKey("read-write");
});

afterAll(async () => {
  await renderer.close();
  await stage.close();
});

async function newKey(name: string, actor = stage.people.owner): Promise<string> {
  const { token } = await stage.work.asActor(actor, ({ apiKeys }) =>
    apiKeys.create({ name, scope: "write" }),
  );
  return token;
}

function ask(method: string, path: string, token = key, headers: Record<string, string> = {}) {
  return stage.app.request(`/api/v1${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, ...headers },
  });
}

async function order(estimateId: string, format = "pdf"): Promise<string> {
  const answer = await ask("POST", `/estimates/${estimateId}/documents/${format}`);
  expect(answer.status).toBe(202);
  return ((await answer.json()) as { id: string }).id;
}

describe("a document ordered by a program", () => {
  it("is asked for until it is ready, and fetched; it goes to nobody's chat", async () => {
    const { id: estimateId } = await newEstimate(stage.work, stage.people.foreman);
    const [pdf, xlsx] = [await order(estimateId), await order(estimateId, "xlsx")];
    expect(await order(estimateId)).toBe(pdf);
    const early = await ask("GET", `/documents/${pdf}/file`);
    expect(early.status).toBe(409);
    expect(await (await ask("GET", `/documents/${pdf}`)).json()).toMatchObject({
      id: pdf,
      estimateId,
      status: "ordered",
    });
    expect(await renderOrdered(stage, renderer)).toEqual([]);
    for (const [id, type, beginning] of [
      [pdf, "application/pdf", "%PDF"],
      [xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "PK"],
    ] as const) {
      expect(await (await ask("GET", `/documents/${id}`)).json()).toMatchObject({
        status: "ready",
      });
      const file = await ask("GET", `/documents/${id}/file`);
      expect(file.status).toBe(200);
      expect(file.headers.get("Content-Type")).toBe(type);
      expect(file.headers.get("Content-Disposition")).toMatch(
        /^attachment; filename="smeta\.\w+"; filename\*=UTF-8''%D0%A1%D0%9C-/,
      );
      expect(Buffer.from(await file.arrayBuffer()).toString("latin1")).toMatch(
        new RegExp(`^${beginning}`),
      );
    }
  });

  it("is found by nobody who may not see its estimate", async () => {
    const { id: estimateId } = await newEstimate(stage.work, stage.people.foreman);
    const id = await order(estimateId);
    const foreign = await newKey("чужой", stage.people.stranger);
    for (const path of [`/documents/${id}`, `/documents/${id}/file`]) {
      expect((await ask("GET", path, foreign)).status).toBe(404);
    }
    const { companyId } = stage.people.owner;
    const other = await stage.work.newActor({ companyId, role: "foreman" });
    const asked = stage.work.asActor(other, ({ documents }) => documents.get(id));
    await expect(asked).rejects.toMatchObject({ code: "not_found" });
    await stage.work.asActor(stage.people.foreman, ({ estimates }) => estimates.remove(estimateId));
    expect((await ask("GET", `/documents/${id}/file`)).status).toBe(404);
  });

  it.each([newId(), "..%2f..%2fetc%2fpasswd", "%00", "1"])("is not found as %s", async (name) => {
    expect((await ask("GET", `/documents/${name}/file`)).status).toBe(404);
  });
});

describe("what is read as JSON", () => {
  it.each(["/me", "/estimates", "/clients", "/catalogue", "/search?q=x"])(
    "%s carries a tag, and is not sent again to who has it",
    async (path) => {
      const first = await ask("GET", path);
      expect(first.status).toBe(200);
      const tag = first.headers.get("ETag") ?? "";
      expect(tag).toMatch(/^W\/"[\w-]{22}"$/);
      const again = await ask("GET", path, key, { "If-None-Match": `"other", ${tag}` });
      expect(again.status).toBe(304);
      expect(await again.text()).toBe("");
      expect(again.headers.get("ETag")).toBe(tag);
      expect((await ask("GET", path, key, { "If-None-Match": '"other"' })).status).toBe(200);
    },
  );

  it("gets another tag when it changes", async () => {
    const { id } = await newEstimate(stage.work, stage.people.foreman);
    const read = () => ask("GET", `/estimates/${id}/card`);
    const before = (await read()).headers.get("ETag");
    await stage.work.asActor(stage.people.foreman, ({ estimates }) =>
      estimates.change(id, {
        baseVersion: null,
        source: "bot",
        changes: [{ id: newId(), type: "estimate.set", set: { title: "Другая" } }],
      }),
    );
    const after = (await read()).headers.get("ETag");
    expect(before).not.toBeNull();
    expect(after).not.toBe(before);
  });
});
