import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { KeyScope } from "../../domain/api_keys.ts";
import { newEstimate } from "../services/testing_agreement.ts";
import { createShareStage, type ShareStage } from "./testing_share.ts";

let stage: ShareStage;

beforeAll(async () => {
  stage = await createShareStage();
});

afterAll(() => stage.close());

const client = {
  name: "Иван",
  kind: "person",
  phones: [],
  emails: [],
  inn: "",
  address: "",
  note: "",
};

async function newKey(scope: KeyScope) {
  return stage.work.asActor(stage.people.owner, ({ apiKeys }) =>
    apiKeys.create({ name: "1С", scope }),
  );
}

async function ask(
  token: string,
  method: string,
  path: string,
  options: { body?: unknown; headers?: Record<string, string> } = {},
) {
  const { body, headers = {} } = options;
  const answer = await stage.app.request(`/api/v1${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const json = (text === "" ? {} : JSON.parse(text)) as Record<string, unknown>;
  return { status: answer.status, headers: answer.headers, json };
}

describe("an API key", () => {
  it("reads what a manager sees, and is kept as a hash only", async () => {
    const { token } = await newKey("read");
    expect(token).toMatch(/^sk_[A-Za-z0-9_-]{54}$/);
    const { id } = await newEstimate(stage.work, stage.people.foreman);
    expect((await ask(token, "GET", `/estimates/${id}`)).status).toBe(200);
    const me = await ask(token, "GET", "/me");
    expect(me.json).toMatchObject({ name: "1С", role: "manager" });
    const rows = await stage.work.database
      .sql`select row_to_json(api_keys)::text as row from api_keys`;
    expect(rows.map(({ row }) => String(row)).join()).not.toContain(token.slice(25));
  });

  it("for reading changes nothing, by whatever route", async () => {
    const { token } = await newKey("read");
    for (const [method, path] of [
      ["POST", "/clients"],
      ["POST", "/estimates"],
      ["PATCH", "/company"],
      ["POST", "/catalogue/prices"],
    ] as const) {
      expect((await ask(token, method, path, { body: client })).status).toBe(403);
    }
  });

  it("for writing works on estimates, and neither agrees nor touches the team", async () => {
    const { token } = await newKey("write");
    expect((await ask(token, "POST", "/clients", { body: client })).status).toBe(201);
    const made = await ask(token, "POST", "/estimates", { body: { projectId: null } });
    expect(made.status).toBe(201);
    const { id } = await newEstimate(stage.work, stage.people.foreman);
    const sent = await ask(token, "POST", `/estimates/${id}/submit`, { body: {} });
    expect(sent.status).toBe(200);
    const { revision } = sent.json as { revision: { id: string } };
    const reference = { body: { revisionId: revision.id } };
    expect((await ask(token, "POST", `/estimates/${id}/approve`, reference)).status).toBe(403);
    expect((await ask(token, "GET", "/company/team")).status).toBe(403);
    expect((await ask(token, "PATCH", "/company", { body: { name: "Чужие" } })).status).toBe(403);
  });

  it("does not find another company's", async () => {
    const { token } = await newKey("write");
    const { id } = await newEstimate(stage.work, stage.people.stranger);
    expect((await ask(token, "GET", `/estimates/${id}`)).status).toBe(404);
  });

  it("loses its next request when it is revoked", async () => {
    const { token, key } = await newKey("read");
    expect((await ask(token, "GET", "/me")).status).toBe(200);
    await stage.work.asActor(stage.people.owner, ({ apiKeys }) => apiKeys.revoke(key.id));
    expect((await ask(token, "GET", "/me")).status).toBe(401);
  });

  it("ends with the ownership of who made it", async () => {
    const { companyId } = stage.people.owner;
    const second = await stage.work.newActor({ companyId, role: "owner" });
    await stage.work.database.sql`
      insert into telegram_users (telegram_id, user_id, first_name)
      values (800001, ${second.userId}, 'x')
    `;
    const { token } = await stage.work.asActor(second, ({ apiKeys }) =>
      apiKeys.create({ name: "Сайт", scope: "read" }),
    );
    expect((await ask(token, "GET", "/me")).status).toBe(200);
    await stage.work.asActor(stage.people.owner, ({ team }) =>
      team.setRole(second.userId, "manager"),
    );
    expect((await ask(token, "GET", "/me")).status).toBe(401);
  });

  it("is made by owners only, and tells when it was used", async () => {
    const { manager, owner } = stage.people;
    const refused = stage.work.asActor(manager, ({ apiKeys }) =>
      apiKeys.create({ name: "1С", scope: "read" }),
    );
    await expect(refused).rejects.toMatchObject({ code: "forbidden" });
    const { token, key } = await newKey("read");
    const usedAt = async () => {
      const keys = await stage.work.asActor(owner, ({ apiKeys }) => apiKeys.list());
      return keys.find(({ id }) => id === key.id)?.usedAt;
    };
    expect(await usedAt()).toBeNull();
    await ask(token, "GET", "/me");
    expect(await usedAt()).toEqual(stage.work.clock.now);
  });

  it("counts its requests for itself", async () => {
    const [busy, calm] = [await newKey("read"), await newKey("read")];
    let last = await ask(busy.token, "GET", "/openapi.json");
    for (let count = 0; count <= 1200; count += 50) {
      const answers = Array.from({ length: 50 }, () => ask(busy.token, "GET", "/nothing"));
      last = (await Promise.all(answers)).at(-1) ?? last;
    }
    expect(last).toMatchObject({ status: 429, json: { error: { code: "limit" } } });
    expect(last.headers.get("Retry-After")).toBe("60");
    expect((await ask(calm.token, "GET", "/me")).status).toBe(200);
  });
});

describe("a request with an Idempotency-Key", () => {
  const countClients = async (name: string) => {
    const [row] = await stage.work.database.sql`
      select count(*)::int as count from clients where name = ${name}
    `;
    return Number(row?.["count"]);
  };
  const create = (token: string, key: string, name: string) =>
    ask(token, "POST", "/clients", {
      body: { ...client, name },
      headers: { "Idempotency-Key": key },
    });

  it("has one effect and one answer, also twelve times at once", async () => {
    const { token } = await newKey("write");
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => create(token, "k-1", "Однажды")),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ json }) => json["id"])).size).toBe(1);
    const replayed = answers.filter(({ headers }) => headers.get("Idempotency-Replayed"));
    expect(replayed).toHaveLength(11);
    expect(await countClients("Однажды")).toBe(1);
  });

  it("is refused with another body", async () => {
    const { token } = await newKey("write");
    await create(token, "k-2", "Первый");
    expect(await create(token, "k-2", "Второй")).toMatchObject({
      status: 422,
      json: { error: { code: "limit" } },
    });
    expect(await countClients("Второй")).toBe(0);
  });

  it("may be tried again after a refusal, which had no effect", async () => {
    const { token } = await newKey("write");
    expect((await create(token, "k-3", "")).status).toBe(400);
    expect((await create(token, "k-3", "Третий")).status).toBe(201);
  });

  it("is forgotten after a day", async () => {
    const { token } = await newKey("write");
    const { clock } = stage.work;
    const before = clock.now;
    await create(token, "k-4", "Каждый день");
    clock.now = new Date(before.getTime() + 24 * 3600 * 1000);
    expect((await create(token, "k-4", "Каждый день")).status).toBe(201);
    clock.now = before;
    expect(await countClients("Каждый день")).toBe(2);
  });

  it("needs a key that can be read", async () => {
    const { token } = await newKey("write");
    expect((await create(token, "k 5", "Пятый")).status).toBe(400);
    expect((await create(token, "k".repeat(201), "Пятый")).status).toBe(400);
  });
});
